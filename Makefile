# Each target makes the environment from requirements.lock when it is missing or older.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test bench simulate serve lint lock clean

run: .venv/ready
	PACTWATCH_OFFLINE=$${PACTWATCH_OFFLINE:-1} $(BIN)/pactwatch run

# Two at a time, a file by one worker, as its fixtures are made once a worker.
test: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: .venv/ready
	$(BIN)/python -m tests.bench

# Real lists with cells printed otherwise: nobody may join or leave by a misprint.
simulate: .venv/ready
	$(BIN)/python -m tests.misprints

serve: .venv/ready
	$(BIN)/pactwatch serve

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/mypy

# Newer versions: needs uv on the path. The lock names no package index.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache *.egg-info

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Pactwatch needs Python 3.11 or newer: set PYTHON=/path/to/python3."; exit 1; }
	$(PYTHON) -m venv .venv
	@# The lock is whole, so nothing is left to resolve.
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements.lock
	$(BIN)/pip check --disable-pip-version-check
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

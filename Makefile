# Each target makes the environment from requirements.lock when it is missing or older.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help run serve test test-unit test-faults faults lint bench simulate misprints lock clean

help: ## Print what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready ## Build the record and write the newest weekly reports; no network needed
	PACTWATCH_OFFLINE=$${PACTWATCH_OFFLINE:-1} $(BIN)/pactwatch run

serve: .venv/ready ## Keep running: lists every six hours, articles daily, the report on Mondays
	$(BIN)/pactwatch serve

# Two at a time, a file by one worker, as its fixtures are made once a worker.
test: .venv/ready ## Run all tests but the fault campaign
	$(PYTEST) -n 2 --dist loadfile

test-unit: .venv/ready ## Run the tests of steps and models by themselves
	$(PYTEST) -n 2 --dist loadfile tests/unit tests/sql

test-faults: .venv/ready ## Kill every run at every point and break every file, in turn
	$(PYTEST) -n 2 --dist worksteal -m faults

faults: .venv/ready ## Try some 350 faults: kills, errors, hostile files, commands at once, a month
	$(BIN)/python -m tests.faults

lint: .venv/ready ## Check format, rules, the layers of imports, and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/mypy

bench: .venv/ready ## Measure times and memory as ratios; writes tests/bench/RESULTS.md
	$(BIN)/python -m tests.bench

simulate: .venv/ready ## Play years of lists whose truth is known, and score what is told of them
	$(BIN)/python -m tests.world.ice --results tests/bench/RESULTS.md

misprints: .venv/ready ## Print cells of real lists otherwise, 1,000 times: nobody may join or leave by it
	$(BIN)/python -m tests.misprints

lock: ## Pin newer versions in requirements.lock; needs uv on the path
	uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --extra dev pyproject.toml -o requirements.lock

clean: ## Remove the environment and what the tools keep
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

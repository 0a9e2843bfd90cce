"""The command line: the only module that reads the environment.

Exit codes: 0 fine, 1 failed, 2 wrong use, 3 ran but something is held.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

from flows.steps.records import Job, Layout, PactwatchError, UsageError

HELD = 3
ROOM_FOR_PREFECT = 50_000_000
PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Four cold starts at once need far longer than the 20 seconds Prefect allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}

app = App(
    name="pactwatch",
    help="The public record of 287(g) agreements: every list archived, what changed, how fast.",
    result_action="return_value",
)
# Piped output is read by programs and pages, not by an 80-column terminal.
console = Console(width=None if sys.stdout.isatty() else 200)
errors = Console(stderr=True)
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for a script.")]


@app.command
def run() -> int:
    """Do the main job: articles, lists, warehouse, weekly reports. Needs no network."""
    from flows.jobs import summary_lines
    from flows.report import finding as report_of
    from flows.steps import archive

    job = _job()
    with archive.only_one(Layout(Path(job.data))):
        pass  # a busy or broken folder is told before Prefect takes its time to start
    if "--debug" not in sys.argv:  # an error is told once, as a sentence, by main()
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    prepare_prefect(Path(job.data))
    from flows import track

    with _bars():
        track.run(job)
    summary = track.last_summary("run")
    for line in summary_lines(summary):
        console.print(f"  {line}", highlight=False, markup=False)
    if newest := summary.newest_report:
        console.print(f"\n{report_of(newest)}", highlight=False, markup=False)
        console.print(f"\nThe newest report: {newest.folder / 'index.html'}", soft_wrap=True)
    failed = any(capture.outcome == "failed" for capture in summary.captures)
    return 1 if failed and not summary.built else 0


@app.command
def snapshot(*, as_json: Json = False) -> int:
    """Fetch the lists from ICE's page, archive them, and build."""
    from flows import ask, jobs
    from flows.build import build
    from flows.snapshot import in_words
    from flows.snapshot import snapshot as take

    job, places = _job(), _places()
    if job.offline:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    wanted, summary = telling(), jobs.Summary()
    with jobs.at_work(places.layout, "snapshot", wanted):
        taken = take(places, jobs.bounds_of(job), jobs.utc_now(), job.page)
        built = build(places)
        summary.captures, summary.built = taken.captures, built
        jobs.tell_news(places, summary, wanted)
    for line in summary.untold:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)
    if as_json:
        captures = [asdict(capture) for capture in taken.captures]
        print(ask.as_json({"captures": captures, "built": asdict(built)}))
    else:
        lines = [in_words(capture) for capture in taken.captures]
        for line in [*lines, *jobs.summary_lines(jobs.Summary(built=built))]:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    if taken.count("failed"):
        return 1
    is_held = taken.count("rejected") or _held_of(built.held, taken.captures)
    return HELD if is_held else 0


@app.command
def backfill(
    *,
    first: Annotated[str, Parameter(name="--from")],
    last: Annotated[str, Parameter(name="--to")],
    dry_run: Annotated[
        bool, Parameter(negative="", help="Only say how many and how long.")
    ] = False,
) -> int:
    """Take the lists' captures from the Internet Archive, between two days, and build."""
    from flows import from_archive, jobs, progress, show
    from flows.steps.internet_archive import Archive

    job, places, days = _job(), _places(), (_day(first), _day(last))
    if job.offline:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    if days[0] > days[1]:
        raise UsageError(f"{first} is after {last}: give the earlier day as --from.")
    if dry_run:
        access = jobs.access_of(job)
        with Archive(access) as source:
            planned = from_archive.plan(places, source, [days], jobs.utc_now())
        show.plan(console, planned, planned.seconds(access.pause))
        return 0
    with _bars():
        planned, filled, built = jobs.backfill(job, days, progress.of("captures"))
    show.backfill_summary(console, filled, planned, places)
    if filled.stopped:
        return 1
    return HELD if _held_of(built.held, filled.captures) else 0


@app.command(name="import")
def import_(
    path: Path | None = None,
    /,
    *,
    git: Annotated[
        str | None, Parameter(help="A git repository, by path or address: its whole history.")
    ] = None,
) -> int:
    """Import lists from a folder, a file (.xlsx, .csv, .html) or a git history, and build.

    A file without a date in its name is dated by the folder it was saved to: 2025-05-28T14-03-11Z,
    2025-05-28_1403, 20250528140311, "2025-05-28 14.03", 2025-05-28 or 2025/05/28, in UTC unless an
    offset such as -0400 follows. In a git history the time of the commit counts.
    """
    from flows import backfill as filling
    from flows import from_git, jobs, progress, show
    from flows.build import build

    if (path is None) == (git is None):
        raise UsageError("Say what to import: a folder or a file, or --git with a repository.")
    job, places, tell = _job(), _places(), progress.of("import")
    if job.offline and git and "://" in git:
        raise UsageError("PACTWATCH_OFFLINE is set: unset it to use the network.")
    with _bars(), jobs.at_work(places.layout, "import"):
        if path:
            taken = filling.import_path(places, path, jobs.utc_now(), tell)
        else:
            http = job.allow_http
            taken = from_git.import_git(places, git or "", jobs.utc_now(), tell, allow_http=http)
        built = build(places)
    show.import_summary(console, taken, places)
    if taken.captures and taken.count("rejected") == len(taken.captures):
        return 1
    is_held = taken.count("rejected") or _held_of(built.held, taken.captures)
    return HELD if is_held else 0


@app.command
def ingest(*sources: str) -> int:
    """Read articles (files, folders or addresses) and check their figures against the record."""
    from flows import ingest as reading
    from flows import jobs
    from flows.build import build

    if not sources:
        raise UsageError("Say which articles to read: files, folders or addresses.")
    places = _places()
    wanted, summary = telling(), jobs.Summary()
    with jobs.at_work(places.layout, "ingest", wanted):
        captures = reading.ingest(places, list(sources), jobs.bounds_of(_job()), jobs.utc_now())
        build(places)
        jobs.tell_news(places, summary, wanted)
    for line in summary.untold:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)
    for capture in captures:
        console.print(f"  {capture.outcome}: {capture.why or capture.file_name}", markup=False)
    if captures and all(capture.outcome == "failed" for capture in captures):
        return 1
    return HELD if any(c.outcome in ("failed", "rejected") for c in captures) else 0


@app.command
def build(*, force: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Build the warehouse from archive and seeds; a no-op when nothing changed."""
    from flows import jobs
    from flows.build import build as make

    places = _places()
    with jobs.at_work(places.layout, "build"):
        built = make(places, force=force)
    for line in jobs.summary_lines(jobs.Summary(built=built)):
        console.print(f"  {line}", highlight=False, markup=False)
    return 0


@app.command
def report(*, week: str | None = None, every: Annotated[bool, Parameter("--all")] = False) -> int:
    """Write the weekly report: the newest week, one ISO week (2025-W22), or all of them."""
    from flows import around, jobs, progress
    from flows import report as reporting

    places = _places()
    newest = reporting.newest_week(places)
    weeks = reporting.weeks_of_record(places) if every else [week or newest]
    with _bars(), jobs.at_work(places.layout, "report"):
        tell = progress.of("reports")
        written = reporting.write_reports(places, weeks, tell, jobs.utc_now())
        if (places.layout.reports / newest).exists():  # else latest/ would show an old week
            around.write(places, _settings().site_url)
    for one in written[-1:] if every else written:
        console.print(reporting.finding(one), highlight=False, markup=False)
        console.print(str(one.folder / "index.html"), soft_wrap=True)
    return 0


@app.command
def query(
    sql: str, /, *, as_json: Json = False, csv: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Run SQL on the warehouse, read-only and without access to files or the network."""
    from flows import ask, show
    from flows.steps import warehouse

    rows = warehouse.query(_places().layout.database, sql)
    if as_json:
        print(ask.as_json(rows.to_dicts()))
    elif csv:
        sys.stdout.write(show.flat(rows).write_csv())
    else:
        show.table(console, rows)
    return 0


@app.command
def tables(name: str | None = None, /, *, as_json: Json = False) -> int:
    """Print the dictionary: every public table, what a row is, and what each column means."""
    from flows import ask, show

    described = ask.dictionary(_places().sql)
    if name is not None and name not in described:
        raise UsageError(f"There is no table {name}: there are {', '.join(described)}.")
    chosen = {name: described[name]} if name else described
    if as_json:
        print(ask.as_json(chosen))
    else:
        show.dictionary(console, chosen, is_whole=name is not None)
    return 0


@app.command
def explain(
    agency: str,
    /,
    *,
    as_json: Json = False,
    csv: Annotated[bool, Parameter(negative="", help="Print the events as CSV.")] = False,
) -> int:
    """Show all that is known of one agency: spellings, agreements, joins and events, in order."""
    from flows import ask, show

    found = ask.explain(_places(), agency)
    if as_json:
        print(ask.as_json(found))
    elif csv:
        sys.stdout.write(show.flat(show.event_rows(found)).write_csv())
    else:
        show.explanation(console, found)
    return 0


@app.command
def claims(article: str | None = None, /, *, as_json: Json = False) -> int:
    """Show the figures that articles quote and what the record says of them.

    With an article's id each card also shows the readings tried and the query that proves it.
    """
    from flows import ask, cards

    database = _places().layout.database
    found = cards.claim_cards(database, article)
    if article and not found:
        raise UsageError(f"No claim is of an article called {article}: see `pactwatch claims`.")
    if as_json:
        print(ask.as_json(found))
    else:
        cards.show_cards(
            console, found, cards.disagreements(database, article), is_whole=bool(article)
        )
    return 0


review = App(name="review", help="List what waits for a decision, and decide.")
app.command(review)


@review.default
def review_list(
    *, as_json: Json = False, csv: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """List held versions and undecided joins, with their evidence."""
    from flows import ask, show

    waiting = {"versions": ask.held(_places()), "joins": ask.candidates(_places())}
    if as_json:
        print(ask.as_json(waiting))
    elif csv:
        sys.stdout.write(show.flat(show.waiting_rows(waiting)).write_csv())
    else:
        show.reviews(console, waiting)
    return 0


@review.command
def accept(version: str, /, *, reason: str) -> int:
    """Accept a held version; written to seeds, applied by the next build."""
    return _decide("accept", version, reason)


@review.command
def reject(version: str, /, *, reason: str) -> int:
    """Reject a held version for good; written to seeds, applied by the next build."""
    return _decide("reject", version, reason)


@review.command
def same(left: str, right: str, /, *, reason: str) -> int:
    """Say that two keys or agencies are one; written to seeds, applied by the next build."""
    return _settle("same", left, right, reason)


@review.command
def distinct(left: str, right: str, /, *, reason: str) -> int:
    """Say that two keys or agencies are two; written to seeds, applied by the next build."""
    return _settle("distinct", left, right, reason)


@app.command
def status(
    *, as_json: Json = False, settings: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Show how fresh the record is, the last runs, and what is held (or all settings)."""
    from flows import ask, show
    from flows.telling import waiting

    known = _settings()
    if settings:
        show.settings(console, known)
        return 0
    found = ask.status(_places(), date.today(), known.silent_days)
    found["notices"] = waiting(_places().layout, telling())
    if as_json:
        print(ask.as_json(found))
    else:
        show.status(console, found)
    return HELD if found.get("held") else 0


@app.command
def doctor(*, as_json: Json = False) -> int:
    """Check pins, server, lock, disk, archive and warehouse, each with its mend."""
    from flows import ask, show

    findings = ask.doctor(_places(), os.environ.get("PREFECT_API_URL"), telling())
    if as_json:
        print(ask.as_json([asdict(finding) for finding in findings]))
    else:
        show.findings(console, findings)
    return 0 if all(finding.is_well for finding in findings) else 1


@app.command
def export() -> int:
    """Write every public table as Parquet and CSV, with a datapackage.json."""
    from flows import exports, jobs

    places = _places()
    with jobs.at_work(places.layout, "export"):
        written = exports.export(places)
    for table, rows in written:
        console.print(f"  {table}: {rows:,} rows", highlight=False)
    return 0


@app.command
def publish(
    *,
    to: Path,
    serve: Annotated[bool, Parameter(negative="", help="Then serve it on 127.0.0.1.")] = False,
    port: int = 8287,
) -> int:
    """Write everything as a static site: reports, feeds, state pages, data and the database."""
    from flows import jobs
    from flows import publish as publishing

    places, settings = _places(), _settings()
    with jobs.at_work(places.layout, "publish"):
        done = publishing.publish(places, to, settings.site_url, jobs.utc_now())
    console.print(
        f"  {done.files:,} files in {done.folder}: {done.written:,} written, {done.removed:,}"
        f" removed, the others unchanged.\n\nThe site: {done.folder / 'index.html'}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if serve:
        publishing.serve(to, port, lambda url: console.print(f"Serving {url} until Ctrl-C."))
    return 0


@app.command
def export_seeds() -> int:
    """Write seeds/publications.csv and seeds/listings.csv from the archived lists."""
    from flows import exports, jobs

    places = _places()
    with jobs.at_work(places.layout, "export-seeds"):
        written = exports.export_seeds(places)
    for name, rows in written:
        console.print(f"  seeds/{name}: {rows:,} lines", highlight=False)
    return 0


@app.command
def serve(*, port: int = 4200) -> int:
    """Run the schedule: lists every six hours, articles daily, the report Monday 12:00 UTC."""
    settings = _settings()
    job = replace(_job(), busy_wait_seconds=settings.busy_wait_seconds)
    lines = {name: getattr(settings, f"schedule_{name}") for name in ("snapshot", "ingest", "run")}
    data = Path(job.data)
    prepare_prefect(data)
    from flows import schedule

    if os.environ.get("PREFECT_API_URL"):
        schedule.serve_all(job, lines, has_server=lambda: True)
        return 0
    with schedule.server(port, os.environ, data / "prefect-server.log") as (address, is_up):
        os.environ["PREFECT_API_URL"] = address
        console.print(f"A Prefect server of our own: {address.removesuffix('/api')}")
        schedule.serve_all(job, lines, has_server=is_up)
    return 0


def prepare_prefect(data: Path) -> None:
    """Set Prefect's defaults before it is imported; what the user set stays."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    home = Path(os.environ.setdefault("PREFECT_HOME", str((data / "prefect").resolve())))
    try:
        home.mkdir(parents=True, exist_ok=True)  # Prefect makes the folder, but not those above it
    except OSError as problem:
        raise PactwatchError(
            f"Prefect's folder {home.name}/ cannot be made ({problem.strerror}): mend the rights of"
            " the folder above it, or set PREFECT_HOME to a folder of your own."
        ) from problem
    if (free := shutil.disk_usage(home).free) < ROOM_FOR_PREFECT:
        raise PactwatchError(  # Prefect itself would only time out, minutes later
            f"Only {free / 1e6:.0f} MB are free for Prefect's database in {home.name}/: free some"
            f" disk space ({ROOM_FOR_PREFECT / 1e6:.0f} MB at least), then run again; nothing"
            " was changed."
        )


def main() -> None:
    """Run a command; print errors as one sentence, and leave with the exit code."""
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    is_debugging = len(arguments) < len(sys.argv) - 1
    try:
        code = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as problem:
        errors.print(f"{problem} See `pactwatch --help`.", style="red", markup=False)
        code = UsageError.exit_code
    except PactwatchError as problem:
        if is_debugging:
            raise
        errors.print(str(problem), style="red", highlight=False, markup=False, soft_wrap=True)
        code = problem.exit_code
    except KeyboardInterrupt:
        code = 130
    except Exception as problem:
        if is_debugging:
            raise
        said = f"{type(problem).__name__}: {problem}".splitlines()[0]
        errors.print(
            f"Something we did not expect went wrong ({said}): run again with --debug and report"
            " what it prints.",
            style="red",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _settings() -> Any:
    import tomllib

    from pydantic import ValidationError

    from flows.steps.settings import Settings

    try:
        return Settings()
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"pactwatch.toml is no valid TOML ({problem}): mend that line.") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"The setting {name} is not right ({first['msg']}):"
            " `pactwatch status --settings` lists the settings and their defaults."
        ) from None


def telling() -> Any:
    """Return whom to tell of news, from this process's own settings.

    A served run asks here too: addresses hold secrets, and the Prefect server shows a job's values.
    """
    from flows.telling import Telling

    known = _settings()
    addresses = tuple(address.get_secret_value() for address in known.notify)
    return Telling(addresses, known.site_url, known.silent_days, known.offline)


def _job() -> Job:
    settings = _settings()
    chosen = settings.model_dump(include=set(Job.__dataclass_fields__) - {"busy_wait_seconds"})
    return Job(**{**chosen, "data": str(settings.data.resolve())})


def _places() -> Any:
    from flows.places import Places

    return Places(Layout(_settings().data))


def _settle(decision: str, left: str, right: str, reason: str) -> int:
    from flows import ask

    decided = ask.settle_identity(_places(), decision, (left, right), reason, date.today())
    console.print(
        f"  {decision}: {decided['left']} and {decided['right']}, written to"
        f" seeds/identity_links.csv; `pactwatch build` applies it ({reason}).",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return 0


def _decide(decision: str, version: str, reason: str) -> int:
    from flows import ask

    decided = ask.settle_version(_places(), decision, version, reason, date.today())
    console.print(
        f"  {decision}: {version}, written to seeds/version_reviews.csv;"
        f" `pactwatch build` applies it ({decided['reason']}).",
        highlight=False,
        markup=False,
    )
    return 0


def _held_of(held: list[dict[str, Any]], captures: list[Any]) -> bool:
    names = {capture.file_name for capture in captures}
    return any(one["file_name"] in names for one in held)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is no date: write it as 2025-05-28.") from None


@contextmanager
def _bars() -> Iterator[None]:
    """Show a progress bar for each long stage."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from flows import progress

    columns = TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def watch(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        with progress.watching(watch):
            yield

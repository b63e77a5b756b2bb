"""Writing one analysis into the tables; its caller holds the transaction."""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection

from rca.history.executions import FAILING, Execution, executions
from rca.history.names import SEPARATOR, enrolled
from rca.history.packed import CODES, write
from rca.model import Issue, Report, TestRun
from rca.when import to_ns

TESTS_KEPT = 500  # per issue; a storm of failures is known by fewer


def record(connection: Connection, report: Report, runs: Sequence[TestRun], key: str) -> bool:
    """Add `report` under `key`, and its test runs; False when the key is there already."""
    tests, until = report.tests, to_ns(report.window.until or report.window.since or "") or 0
    found = connection.execute(
        "INSERT OR IGNORE INTO runs (key, at, verdict, summary, anchor, version, total, failed, at_ns, began_ns)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (key, report.window.until or report.window.since or "", report.verdict.status, report.verdict.summary, report.window.anchor, report.tool.version, tests.total, tests.failed + tests.errors, until, _began(report, until)),
    )  # fmt: skip
    if not found.rowcount:
        return False
    run = found.lastrowid
    assert run is not None
    _issues(connection, run, report)
    for each in executions(report, runs):
        execute(connection, each)
    connection.executemany(
        "INSERT OR IGNORE INTO changes (id, run, kind, at, title, at_ns) VALUES (?,?,?,?,?,?)",
        [
            (one.id, run, one.kind, at, one.title, to_ns(at or ""))
            for one in report.changes
            if one.kind != "commit" and not one.part_of
            for at in [one.live_at or one.at]
        ],
    )
    amounts = [(one.service, one.unit, sum(n for _, n, _ in one.minutes)) for one in report.traffic]
    connection.executemany("INSERT OR IGNORE INTO exposures VALUES (?,?,?,?)", [(run, *row) for row in amounts])
    return True


def execute(connection: Connection, each: Execution) -> None:
    """Add one test run, once: the same report may be read by several analyses."""
    made = connection.execute(
        "INSERT OR IGNORE INTO executions (key, at_ns, told) VALUES (?,?,?)",
        (each.key, each.at_ns, each.told.model_dump_json(exclude_defaults=True, exclude={"moves"})),
    )
    if made.rowcount:
        assert made.lastrowid is not None
        store(connection, made.lastrowid, each.outcomes)


def store(connection: Connection, execution: int, outcomes: Mapping[str, str]) -> None:
    """Outcomes by test id of one execution."""
    ids = enrolled(connection, outcomes)
    write(
        connection,
        execution,
        dict(zip(map(ids.__getitem__, outcomes), map(CODES.__getitem__, outcomes.values()), strict=True)),
    )


def _began(report: Report, until: int) -> int:
    """The first instant of the evidence: minutes of traffic, test runs, issues; the printed window begins at its anchor."""
    told = [one.minutes[0][0] for one in report.traffic if one.minutes]
    told += [row.at for row in report.loop if row.at and not row.remembered]
    told += [one.first_at for one in report.issues if one.first_at]
    times = [at for text in told if (at := to_ns(text)) is not None]
    return min([*times, until])


def _issues(connection: Connection, run: int, report: Report) -> None:
    causes = {cause.issue: cause.statement for cause in report.causes if cause.issue}
    kept = [issue for issue in report.issues if issue.role != "background"]
    connection.executemany(
        "INSERT INTO issues (fingerprint, title, rule) VALUES (?,?,?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET title = excluded.title, rule = excluded.rule",
        [(issue.id, issue.title, issue.rule) for issue in kept],
    )
    failed = tuple(dict.fromkeys(one.id for one in report.tests.failures if one.outcome in FAILING))
    connection.executemany(
        "INSERT INTO seen (fingerprint, run, count, role, first_at, last_at, tests, minutes, services, cause) VALUES (?,?,?,?,?,?,?,?,?,?)",
        [
            (one.id, run, one.count, one.role, one.first_at, one.last_at, _tests(one, failed), max(len(one.minutes), 1), SEPARATOR.join(one.services), causes.get(one.id, ""))
            for one in kept
        ],
    )  # fmt: skip


def _tests(issue: Issue, failed: Sequence[str]) -> str:
    """Tests by which its absence can be told: its own, else, for an entry of the logs, all that failed with it."""
    return SEPARATOR.join((issue.tests or failed)[:TESTS_KEPT])

"""From paths and options to Facts: the composition that does the reading, so that the analysis need not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from rca import git, ingest, signatures
from rca.errors import NoAccessError, UsageError
from rca.ingest import revisions
from rca.ingest.absent import annotated, noticed
from rca.ingest.revisions_before import with_before
from rca.ingest.samerun import once
from rca.model import Change, Digest, Facts, Report, Source, TestRun
from rca.model.piece import Bundle, Cases, Changes, Earlier, Occurrences, Piece, Summary, Topology
from rca.model.progress import Progress
from rca.redact import bulk
from rca.safe import clean
from rca.vocabulary import in_change, in_digest, in_topology
from rca.when import to_ns

if TYPE_CHECKING:
    from rca.ingest.cloud import Live, Outcome
    from rca.ingest.cloud_query import Query


_TOPOLOGY = ("topology", "unknown")  # an empty file is neither, and does no harm
_CHANGES = ("changes", "entries", "git", "unknown")


@dataclass(frozen=True, slots=True)
class Request:
    """What to read."""

    paths: Sequence[str] = ()
    repo: Path | None = None
    ref: str | None = None
    changes: Sequence[str] = ()
    topology: str | None = None
    baseline: Sequence[str] = ()
    earlier: Sequence[str] = ()
    stdin: BinaryIO | None = None
    live: "LiveReading | None" = None
    environ: Mapping[str, str] = field(default_factory=dict)  # CI variables, for the last resort of `--since deploy`
    progress: Progress | None = None
    services: Mapping[str, Sequence[str]] = field(default_factory=dict)  # name to be shown → names in the logs (globs)


@dataclass(frozen=True, slots=True)
class LiveReading:
    """A window of Cloud Logging to read, and where to say how that ended."""

    query: "Query"
    live: "Live"
    outcome: "Outcome"


@dataclass(slots=True)
class _Read:
    """What the pieces of one reading add up to."""

    sources: list[Source] = field(default_factory=list)
    digests: signatures.Accumulator = field(default_factory=signatures.Accumulator)
    runs: list[TestRun] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    commits: list[Change] = field(default_factory=list)
    topology: dict[str, tuple[str, ...]] | None = None
    reports: list[Report] = field(default_factory=list)
    bundled: git.GitLog | None = None  # of the bundle whose Source comes next

    def _with_commits(self, source: Source) -> Source:
        if self.bundled is None or source.kind != "git":
            return source
        log, self.bundled = self.bundled, None
        count = len(log.commits)
        return source.model_copy(update={"read": count, "kept": count, "notes": (*source.notes, *log.notes)})

    def add(self, piece: Piece) -> None:
        match piece:
            case Source():
                self.sources.append(self._with_commits(piece))
            case Occurrences(rows, origins):
                self.digests.count(rows, origins)
            case Summary(digest):
                self.digests.add(digest)
            case Cases(run):
                self.runs.append(run)
            case Changes(changes):
                self.changes += [one for one in changes if one.kind != "commit"]
                self.commits += [one for one in changes if one.kind == "commit"]
            case Topology(calls):
                self.topology = {**(self.topology or {}), **calls}
            case Earlier(report):
                self.reports.append(report)
            case Bundle(path):
                self.bundled = git.from_bundle(path)
                self.commits += self.bundled.commits

    def name(self, services: Mapping[str, Sequence[str]]) -> None:
        """Services under the names of their project; what was counted under two names is one."""
        if services:
            named = in_digest(self.digests.digest, services)
            self.digests = signatures.Accumulator()
            self.digests.add(signatures.merge([named, Digest()]))
            self.changes = [in_change(one, services) for one in self.changes]
            self.topology = None if self.topology is None else in_topology(self.topology, services)


def gather(request: Request) -> Facts:
    """Read everything that was asked for. Order of inputs does not matter: all is sorted by time, then by name."""
    given = [*request.paths, *request.changes, *([request.topology] if request.topology else [])]
    if not given and request.repo is None and request.live is None:
        raise UsageError("nothing to read", hint="name a file, a folder or `-`, for example: rca analyze incident/")
    read = _all(ingest.read(given, stdin=request.stdin, progress=request.progress)) if given else _Read()
    _expect(request, read.sources)
    if request.live is not None:
        for piece in _live(request.live, request.environ, len(read.sources)):
            read.add(piece)
        if not read.sources[-1].read and not request.live.outcome.complete and not request.live.outcome.interrupted:
            why = request.live.outcome.stopped or "nothing could be read"
            raise NoAccessError(why, where="Cloud Logging", hint="check the network and the endpoint, then --resume")
    earlier = _all(ingest.read(list(request.earlier))) if request.earlier else _Read()
    baseline = _all(ingest.read(list(request.baseline))) if request.baseline else None
    for one in (read, earlier, *([baseline] if baseline else [])):
        one.name(request.services)
    notes: list[str] = []
    if request.repo is not None:
        log = git.commits(request.repo, ref=request.ref)
        read.commits += log.commits
        notes += log.notes
        ci = git.ci_change(request.environ)
        if ci is not None and not read.changes:
            read.changes.append(ci)  # the last resort: nothing else in the inputs tells of a deploy
    digest = read.digests.digest
    told = (*read.changes, *revisions.infer(digest.traffic, read.changes))
    changes = with_before(revisions.live_times(told, digest.traffic), digest.traffic)
    return Facts(
        sources=(
            *annotated(read.sources, digest, read.topology),
            *earlier.sources,
            *(baseline.sources if baseline else ()),
        ),
        digest=digest,
        runs=tuple(sorted(read.runs, key=_started)),
        earlier=tuple(sorted(earlier.runs, key=_started)),
        changes=tuple(sorted(_once(changes), key=_made)),
        commits=tuple(sorted(_once(read.commits), key=_made, reverse=True)),
        topology=read.topology,
        baseline=baseline.digests.digest if baseline else None,
        baseline_runs=tuple(baseline.runs) if baseline else (),
        reports=tuple(read.reports),
        missing=(*notes, *noticed(read.sources, digest, read.runs)),
    )


def _live(reading: LiveReading, environ: Mapping[str, str], source: int) -> Iterator[Piece]:
    """The only path to a socket: taken when a live source was asked for."""
    from rca.ingest import cloud

    return cloud.read(reading.query, reading.live, environ, source=source, outcome=reading.outcome)


def _all(pieces: Iterator[Piece]) -> _Read:
    read = _Read()
    for piece in pieces:
        read.add(piece)
    read.runs, read.sources = once(read.runs, read.sources)
    return read


def _started(run: TestRun) -> tuple[int, str]:
    return (run.started_ns or 0, run.path)


def _made(change: Change) -> tuple[int, str]:
    return (to_ns(change.live_at or change.at or "") or 0, change.id)


def _expect(request: Request, sources: Sequence[Source]) -> None:
    """A file given as a topology or a change list must be one: read as a log, it would be evidence nobody gave."""
    wanted: dict[str, tuple[str, str, tuple[str, ...]]] = dict.fromkeys(
        request.changes, ("--changes", "a list of changes", _CHANGES)
    )
    if request.topology:
        wanted[request.topology] = ("--topology", "a JSON object: service → list of the services it calls", _TOPOLOGY)
    for source in sources:
        option, what, kinds = wanted.get(source.path, ("", "", ()))
        if option and source.kind not in kinds:
            raise UsageError(
                f"{option} wants {what}; this reads as {source.kind}", where=source.path, hint="see --help"
            )


def _once(changes: Sequence[Change]) -> list[Change]:
    """Each change once; where two inputs tell of it, the one that says more."""
    best: dict[str, Change] = {}
    for change in changes:
        known = best.get(change.id)
        if known is None or _told(change) > _told(known):
            best[change.id] = change
    return list(best.values())


def _told(change: Change) -> int:
    return (
        len(change.files)
        + 10 * len(change.patches)
        + sum(value is not None for value in (change.at, change.live_at, change.commit))
    )


def line_signatures(request: Request) -> Iterator[str]:
    """JSON lines {"line", "id", "template", "insert_id"}, one for each line or entry of each input, in input order."""
    for lined in ingest.entries_by_line(list(request.paths), stdin=request.stdin):
        found = lined.occurrences
        signed = (
            signatures.line_signatures(found["message"], found["service"])
            if found.height
            else pl.DataFrame(schema={"id": pl.String, "template": pl.String})
        )
        blank = signatures.extract("")
        rows = (
            lined.index.join(signed.with_row_index("occurrence"), on="occurrence", how="left", maintain_order="left")
            .with_columns(pl.col("id").fill_null(blank.id), pl.col("template").fill_null(blank.template))
            .select("line", "id", "template", "insert_id")
        )
        shown = {text: clean(text) for text in rows["template"].unique(maintain_order=True)}
        yield rows.with_columns(
            pl.col("template").replace_strict(shown, return_dtype=pl.String), bulk.series(rows["insert_id"], clean)
        ).write_ndjson()

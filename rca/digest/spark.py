"""Spark: the same digest, file by file on the executors of a cluster; the only door to pyspark.

Executors get paths, not lines: starting and scheduling is what Spark costs, so a task is one file and its result one
small table. Of many files the executors merge most of it before the driver does. Merging is associative, so the
driver's result equals that of one process, byte for byte.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from rca.digest.file import frozen, thawed
from rca.digest.make import merge_parcels, parcel_of
from rca.digest.shard import Shard
from rca.errors import InputUnusableError, RcaError, UsageError
from rca.ingest.paths import expand
from rca.ingest.storage import listed
from rca.model import Parcel

EXTRA = "pip install 'rca[spark]' (Java 17 or later is needed, too)"
APP = "rca digest"
TASKS_MAX = 10_000  # one file a task, so that executors that join late find work; beyond this, several files
GROUP = 64  # digests merged by one executor; the driver takes 1 GB of results unless it is told otherwise
ROWS = 16  # digests in one Arrow batch, which may hold 2 GB
SCHEMA = "place long, parcel binary, error string"


def digest(paths: Sequence[str], shard: Shard | None = None, *, master: str | None = None) -> Parcel:
    """The parcel of the logs in `paths`, read by the executors of `master` (default: as spark-submit or SPARK_MASTER says).

    The files must be readable under the same paths on every executor: gs://, or a file system they share. Raises
    UsageError without pyspark, and the error of the first file that cannot be read.
    """
    session_of = _builder()
    part = shard or Shard()
    given = [(place, one.path) for place, one in part.take(list(expand(paths, None, listed)))]
    if not given:
        return Parcel()
    session, ours = session_of(master)
    try:
        tasks = min(len(given), TASKS_MAX)
        rows = session.createDataFrame(session.sparkContext.parallelize(given, tasks), "place long, path string")
        frame = rows.mapInArrow(_reading, SCHEMA)
        if tasks > GROUP:
            frame = frame.repartition(-(-tasks // GROUP)).mapInArrow(_merging, SCHEMA)
        made = _collected(frame)
    finally:
        if ours:
            session.stop()
    for row in sorted(made, key=lambda row: row["place"]):
        if row["error"]:
            raise InputUnusableError(row["error"], hint="see `rca ingest` on that file")
    return merge_parcels([thawed(bytes(row["parcel"])) for row in sorted(made, key=lambda row: row["place"])])


def _collected(frame: Any) -> list[Any]:
    """The rows of `frame`; what an executor's Python said when it could not even begin is one line."""
    from pyspark.errors import PySparkException

    try:
        rows: list[Any] = frame.collect()
    except PySparkException as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next(
            (line for line in reversed(lines) if "Error: " in line), lines[0] if lines else type(error).__name__
        )
        raise UsageError(
            f"the executors failed: {said[:200]}",
            hint="rca must be installed on every executor: see templates/scale/README.md",
        ) from error
    return rows


def _reading(batches: Iterator[Any]) -> Iterator[Any]:
    """Arrow batches of (place, path) to batches of (place, digest file, error); runs in a worker's Python."""
    for batch in batches:
        for row in batch.to_pylist():
            yield _row(row["place"], *_one(row["place"], row["path"]))


def _merging(batches: Iterator[Any]) -> Iterator[Any]:
    """All digests of one partition to one; of the files that could not be read the first is told."""
    failed: dict[int, str] = {}
    places: list[int] = []

    def good() -> Iterator[Parcel]:
        for batch in batches:
            for row in batch.to_pylist():
                places.append(row["place"])
                if row["error"]:
                    failed[row["place"]] = row["error"]
                else:
                    yield thawed(row["parcel"])

    merged = merge_parcels(good())
    if failed:
        yield _row(min(failed), None, failed[min(failed)])
    elif places:
        yield _row(min(places), frozen(merged), None)


def _row(place: int, parcel: bytes | None, error: str | None) -> Any:
    import pyarrow as pa

    columns = [pa.array([place], pa.int64()), pa.array([parcel], pa.binary()), pa.array([error], pa.string())]
    return pa.RecordBatch.from_arrays(columns, ["place", "parcel", "error"])


def _one(place: int, path: str) -> tuple[bytes | None, str | None]:
    try:
        return frozen(parcel_of(place, path)), None
    except RcaError as error:
        return None, str(error)


def _builder() -> Any:
    """A function from a master's address to (session, did we start it); UsageError when Spark cannot run here."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(f"--engine spark needs a package: {error}", hint=EXTRA) from error

    def start(master: str | None) -> tuple[Any, bool]:
        active = SparkSession.getActiveSession()
        builder = SparkSession.builder.appName(APP).config("spark.ui.enabled", "false")
        address = master or os.environ.get("SPARK_MASTER")
        builder = builder.master(address) if address else builder
        threads = os.environ.get("POLARS_MAX_THREADS", "1")  # a task has one core; polars would take them all
        try:
            builder = builder.config("spark.executorEnv.POLARS_MAX_THREADS", threads)
            session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", ROWS).getOrCreate()
        except (PySparkException, RuntimeError, OSError) as error:
            raise UsageError(f"Spark does not start: {str(error).splitlines()[0][:200]}", hint=EXTRA) from error
        session.sparkContext.setLogLevel("ERROR")
        return session, active is None

    return start

"""Spark: the same digest, file by file on the executors of a cluster; the only door to pyspark.

Executors get paths, not lines: starting and scheduling is what Spark costs, so a task is one file and its result one
small table. Merging is associative, so the driver's result equals that of one process, byte for byte.
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
        parts = max(1, min(len(given), 4 * session.sparkContext.defaultParallelism))
        rows = session.createDataFrame(given, "place long, path string").repartition(parts, "place")
        made = rows.mapInArrow(_on_executor, "place long, parcel binary, error string").collect()
    finally:
        if ours:
            session.stop()
    for row in sorted(made, key=lambda row: row["place"]):
        if row["error"]:
            raise InputUnusableError(row["error"], hint="see `rca ingest` on that file")
    return merge_parcels([thawed(bytes(row["parcel"])) for row in sorted(made, key=lambda row: row["place"])])


def _on_executor(batches: Iterator[Any]) -> Iterator[Any]:
    """Arrow batches of (place, path) to batches of (place, digest file, error); runs in a worker's Python."""
    import pyarrow as pa

    for batch in batches:
        places, paths = batch.column("place").to_pylist(), batch.column("path").to_pylist()
        for place, path in zip(places, paths, strict=True):
            parcel, error = _one(place, path)
            columns = [pa.array([place], pa.int64()), pa.array([parcel], pa.binary()), pa.array([error], pa.string())]
            yield pa.RecordBatch.from_arrays(columns, ["place", "parcel", "error"])


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
            session = builder.config("spark.executorEnv.POLARS_MAX_THREADS", threads).getOrCreate()
        except (PySparkException, RuntimeError, OSError) as error:
            raise UsageError(f"Spark does not start: {str(error).splitlines()[0][:200]}", hint=EXTRA) from error
        session.sparkContext.setLogLevel("ERROR")
        return session, active is None

    return start

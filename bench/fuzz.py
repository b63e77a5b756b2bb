"""Fuzzing the readers and the redaction: atheris where it is installed, else seeded mutations of the corpus.

    python bench/fuzz.py [SECONDS] [--mutate]

    coverage run --branch --source rca.ingest,rca.redact bench/fuzz.py SECONDS --mutate     what of our own code is reached

Oracles: only InputUnusableError may be raised; read == kept + duplicates + skipped; an input and the same input in gzip
give the same counts; what the fast path makes of a line is what the slow path makes of it; redacting by the gate is
redacting by a full scan. A finding is printed as a case to add to tests/corpus/broken.py.
"""

import gzip
import importlib.util
import io
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

INSTALLED = importlib.util.find_spec("atheris") is not None
LONG = 60  # seconds
SEEDS_MAX = 20_000  # bytes; longer seeds teach nothing and cost time
if INSTALLED and "--mutate" not in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["rca"]):
        from rca import ingest, redact
        from rca.errors import InputUnusableError
        from rca.ingest import entries
        from rca.ingest.batch import Batch
        from rca.ingest.salvage import UnreadableError, mended
        from rca.ingest.tally import Tally
        from rca.model import Source
else:
    from rca import ingest, redact
    from rca.errors import InputUnusableError
    from rca.ingest import entries
    from rca.ingest.batch import Batch
    from rca.ingest.salvage import UnreadableError, mended
    from rca.ingest.tally import Tally
    from rca.model import Source
from corpus.broken import cases  # noqa: E402  # the instrumentation must come first


def counts(raw: bytes) -> list[tuple[str, int, int, int]] | str:
    """Kind, read, kept, skipped of every source, or why the input is refused."""
    with tempfile.NamedTemporaryFile(suffix=".input") as file:
        file.write(raw)
        file.flush()
        try:
            pieces = list(ingest.read([file.name]))
        except InputUnusableError as error:
            return error.what
    found = [one for one in pieces if isinstance(one, Source)]
    assert all(one.read == one.kept + one.duplicates + one.skipped for one in found), found
    return [(one.kind, one.read, one.kept, one.skipped) for one in found]


def rows(raw: bytes, *, slow: bool) -> list[dict[str, Any]]:
    """Records of lines of entries: in one chunk, or each line mended and read by itself."""
    tally = Tally(0, "x", "entries")
    found: list[Any] = []
    if not slow:
        found = list(entries.read(0, "x", io.BytesIO(raw)))
    for place, text in enumerate(raw.split(b"\n"), 1) if slow else ():
        try:
            found += entries.through([mended(text)], [place], tally) if text.strip() else []
        except UnreadableError:
            continue
    frames = [piece.frame for piece in found if isinstance(piece, Batch)]
    return pl.concat(frames).to_dicts() if frames else []


def once(raw: bytes) -> None:
    """Every oracle over one input."""
    plain = counts(raw)
    packed = counts(gzip.compress(raw, 1, mtime=0))
    if not raw.startswith((b"\x1f\x8b", b"# v")):  # packed already; a git bundle is wanted plain
        assert plain == packed or isinstance(plain, str) or not raw.strip(), (plain, packed)
    if raw.startswith(b'{"insertId"') and b"\r" not in raw and b"\x00" not in raw:
        assert repr(rows(raw, slow=False)) == repr(rows(raw, slow=True))  # NaN is not itself
    text = raw[:2000].decode("utf-8", "replace")
    assert redact.scan(text) == redact.redact(text)


def mutated(draw: random.Random, seeds: list[bytes]) -> bytes:
    """One seed with one to four changes."""
    raw = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(raw) + 1)
        match draw.randrange(5):
            case 0:
                raw[at:at] = draw.randbytes(draw.randint(1, 6))
            case 1:
                del raw[at : at + draw.randint(1, 40)]
            case 2:
                raw[at : at + 1] = bytes([draw.randrange(256)])
            case 3:
                other = draw.choice(seeds)
                start = draw.randrange(len(other) + 1)
                raw[at:at] = other[start : start + 200]
            case _:
                raw[at:at] = raw[max(0, at - 60) : at]
    return bytes(raw)


def main() -> None:
    seconds = next((float(word) for word in sys.argv[1:] if not word.startswith("-")), 60.0)
    seeds = [case.content for case in cases() if 0 < len(case.content) <= SEEDS_MAX and not case.option]
    seeds = seeds if seconds >= LONG else seeds[::8]  # all of them take longer to read than a short run has
    if INSTALLED and "--mutate" not in sys.argv:
        folder = Path(tempfile.mkdtemp())
        for number, seed in enumerate(seeds):
            (folder / f"{number:04}").write_bytes(seed)
        atheris.Setup(
            [sys.argv[0], f"-max_total_time={int(seconds)}", f"-max_len={SEEDS_MAX}", "-timeout=60", str(folder)], once
        )
        atheris.Fuzz()
        return
    draw, began, runs, found = random.Random(1), time.monotonic(), 0, 0
    while time.monotonic() - began < seconds:
        raw = mutated(draw, seeds)
        runs += 1
        try:
            once(raw)
        except Exception as error:  # noqa: BLE001  # a fuzzer's whole purpose
            found += 1
            print(f"{type(error).__name__}: {str(error)[:300]}\n    {io.BytesIO(raw).getvalue()[:1500]!r}")
    print(f"{runs} runs, {len(seeds)} seeds, {found} findings in {seconds:.0f} s")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

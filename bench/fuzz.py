"""Fuzzing the readers and the redaction: atheris where it is installed, else seeded mutations of the corpus.

    python bench/fuzz.py [SECONDS] [--mutate]

Oracles: only InputUnusableError may be raised; read == kept + duplicates + skipped; an input and the same input in gzip
give the same counts; redacting twice changes nothing; a gate changes nothing. A finding is printed as a case to add to
tests/corpus/broken.py.
"""

import gzip
import importlib.util
import io
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

INSTALLED = importlib.util.find_spec("atheris") is not None
SEEDS_MAX = 20_000  # bytes; longer seeds teach nothing and cost time
if INSTALLED and "--mutate" not in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["rca"]):
        from rca import ingest, redact
        from rca.errors import InputUnusableError
        from rca.model import Source
else:
    from rca import ingest, redact
    from rca.errors import InputUnusableError
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
    return [(one.kind, one.read, one.kept, one.skipped) for one in pieces if isinstance(one, Source)]


def once(raw: bytes) -> None:
    """Every oracle over one input."""
    plain = counts(raw)
    packed = counts(gzip.compress(raw, 1, mtime=0))
    if not raw.startswith((b"\x1f\x8b", b"# v")):  # packed already; a git bundle is wanted plain
        assert plain == packed or isinstance(plain, str) or not raw.strip(), (plain, packed)
    text = raw[:4000].decode("utf-8", "replace")
    shown = redact.redact(text)
    assert redact.redact(shown) == shown
    assert redact.scan(text) == shown


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
    if INSTALLED and "--mutate" not in sys.argv:
        folder = Path(tempfile.mkdtemp())
        for number, seed in enumerate(seeds):
            (folder / f"{number:04}").write_bytes(seed)
        atheris.Setup(
            [sys.argv[0], f"-max_total_time={int(seconds)}", f"-max_len={SEEDS_MAX}", "-timeout=10", str(folder)], once
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


if __name__ == "__main__":
    main()

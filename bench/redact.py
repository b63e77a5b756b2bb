"""Redaction: recall and precision on the labelled corpus, and how fast a log passes the filter.

python bench/redact.py [MEGABYTES]
"""

import io
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from corpus.innocent import negatives
from corpus.secrets import positives

from rca.redact import redact, scan
from rca.redact.bulk import lines
from rca.redact.shape import MARK
from rca.safe import strip


def log(megabytes: int) -> bytes:
    """Log lines of which one in fifty holds a secret."""
    draw = random.Random(7)
    secret = [one.text for one in positives(3) if "\n" not in one.text]
    plain = negatives(6)
    out: list[str] = []
    size = 0
    while size < megabytes << 20:
        stamp = f"2025-09-09T19:{draw.randrange(60):02}:{draw.randrange(60):02}.{draw.randrange(10**6):06}Z"
        kind = draw.random()
        text = (
            draw.choice(secret)
            if kind < 0.02
            else draw.choice(plain)
            if kind < 0.12
            else f"GET /v1/items/{draw.randrange(10**6)}?page={draw.randrange(40)} 200 {draw.randrange(900)}ms trace={draw.getrandbits(128):032x}"
        )
        out.append(
            f'{{"timestamp":"{stamp}","severity":"INFO","textPayload":"{text}","insertId":"{draw.getrandbits(60):x}"}}'
        )
        size += len(out[-1]) + 1
    return "\n".join(out).encode()


def survives(secret: str, shown: str) -> bool:
    run = min(8, len(secret))
    return any(secret[start : start + run] in shown for start in range(len(secret) - run + 1))


def main() -> None:
    corpus, innocent = positives(), negatives()
    caught = sum(not any(survives(secret, redact(one.text)) for secret in one.secrets) for one in corpus)
    wrong = sum(redact(line).count(MARK) for line in innocent)
    print(f"secrets {len(corpus)}, kinds {len({one.kind for one in corpus})}, recall {caught / len(corpus):.4f}")
    print(f"negatives {len(innocent)}, marked {wrong}, precision {caught / (caught + wrong):.4f}")
    raw = log(int(sys.argv[1]) if len(sys.argv) > 1 else 64)
    began, busy = time.perf_counter(), time.process_time()
    shown = b"".join(lines(io.BytesIO(raw), strip))
    took, used = time.perf_counter() - began, time.process_time() - busy
    print(
        f"filter: {len(raw) / 1e6 / took:.0f} MB/s, {len(raw) / 1e6 / used:.0f} MB per second of processor time ({len(raw) / 1e6:.0f} MB, {shown.count(MARK.encode())} marks)"
    )
    part = raw[: 2 << 20].decode().split("\n")
    began = time.perf_counter()
    full = [scan(line) for line in part]
    print(f"every pattern on every line: {2 / (time.perf_counter() - began):.1f} MB/s")
    print(f"lines that differ between the two: {sum(a != redact(b) for a, b in zip(full, part, strict=True))}")


if __name__ == "__main__":
    main()

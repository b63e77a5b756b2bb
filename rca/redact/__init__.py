"""Secrets masked: credentials become `[secret:kind:tag]`, equal secrets the same tag."""

import hashlib
import re
from collections.abc import Iterable, Iterator

from rca.redact.patterns import GATE, PATTERNS

__all__ = ["redact", "stream"]

KEY_LINES = 200  # of a PEM block; a beginning without an end must not hold back the rest
_KEY_BEGINS, _KEY_ENDS = b"PRIVATE KEY-----", b"-----END"
_GATE = re.compile("|".join(re.escape(word) for word in GATE), re.IGNORECASE)


def _tag(secret: str) -> str:
    """Four hex digits of the secret's hash: equal secrets stay visibly equal, none can be read back.

    The key is fixed so that the same input gives the same bytes on any machine.
    """
    return hashlib.blake2s(secret.encode("utf-8", "surrogatepass"), digest_size=2, key=b"rca.redact/1").hexdigest()


def redact(text: str) -> str:
    """`text` with every credential replaced; the rest untouched."""
    if not _GATE.search(text):
        return text
    for kind, pattern in PATTERNS:
        text = pattern.sub(lambda match, kind=kind: _replace(match, kind), text)  # type: ignore[misc]  # bound now
    return text


def _replace(match: re.Match[str], kind: str) -> str:
    secret = match["secret"]
    if secret.startswith("[secret:"):
        return match[0]
    start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
    return f"{match[0][:start]}[secret:{kind}:{_tag(secret)}]{match[0][end:]}"


def stream(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of bytes with their secrets masked; what is no UTF-8 is kept as it is. A key over several lines is one secret."""
    held: list[bytes] = []
    for line in lines:
        if held or _KEY_BEGINS in line:
            held.append(line)
            if _KEY_ENDS not in line and len(held) < KEY_LINES:
                continue
            line, held = b"".join(held), []  # noqa: PLW2901  # the block takes the place of its last line
        yield redact(line.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if held:
        yield redact(b"".join(held).decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

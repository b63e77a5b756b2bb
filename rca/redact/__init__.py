"""Secrets masked: credentials become `[secret:kind:tag]`, equal secrets the same tag."""

import hashlib
import re

from rca.redact.patterns import GATE, PATTERNS

__all__ = ["redact"]

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

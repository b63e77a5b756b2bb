"""Encoded: one level of base64, undone to see whether a secret is inside; then the whole run is replaced."""

import base64
import binascii
import re
from collections.abc import Callable

from rca.redact.shape import BEFORE, mark

GROUP = "[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
"""Four characters that stand for three bytes below 128 (the first bit of each is 0): text, where hex digits and digests are not."""
LEAST = 6  # groups: 18 characters of text, the shortest pair of a key and a value worth hiding
_RUN = re.compile(rf"{BEFORE}(?:{GROUP}){{{LEAST},8000}}[A-Za-z0-9+/_-]{{0,3}}={{0,2}}")


def whole(text: str, masked: Callable[[str], str]) -> str:
    """`text` with every run of base64 replaced in which `masked` finds something to mask."""

    def told(match: re.Match[str]) -> str:
        inside = decoded(match[0])
        return mark("base64", match[0]) if inside and masked(inside) != inside else match[0]

    return _RUN.sub(told, text)


def decoded(run: str) -> str:
    """The text that `run` encodes, empty when it is none."""
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.decode("utf-8", "ignore")

"""Globs of the configuration: only `*` is special, since ids of tests hold brackets and question marks."""

from collections.abc import Sequence

CAP = 2_000  # characters of a name that a glob looks at; no honest test or service has more


def fits(glob: str, text: str) -> bool:
    """Whether the glob fits the whole text. Linear time: the parts between the stars are found one after another."""
    text = text[:CAP]
    head, *parts = glob.split("*")
    if not parts:
        return head == text
    at, end = len(head), len(text) - len(parts[-1])
    if at > end or not text.startswith(head) or not text.endswith(parts[-1]):
        return False
    for part in parts[:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def fits_any(globs: Sequence[str], text: str) -> bool:
    """Whether one of the globs fits."""
    return any(fits(glob, text) for glob in globs)

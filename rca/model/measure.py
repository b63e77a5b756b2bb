"""Measures as people write them: a percentage, and a quantity that may be a time."""

import re
from typing import Any

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")
_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) ?(ms|s|min|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}


def percent(value: Any) -> Any:
    """A share such as "99.5 %" as 99.5. ValueError for anything else, a bare number too: 1 could be 1 % or all."""
    if value is None:
        return None
    found = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or float(found[1]) > 100:
        raise ValueError(f'{value!r} is not a share; write it as a percentage, for example "99.5 %"')
    return float(found[1])


def quantity(value: Any) -> Any:
    """A time such as "250 ms", "2 s", "5 min" or "1 h" in seconds; a bare number stays. ValueError for anything else."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15):
        return value
    found = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{value!r} is not a number or a time; write for example 250 or "2 s"')
    return float(found[1]) * _SECONDS[found[2]]

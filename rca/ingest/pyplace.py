"""Where in the test's own code a Python failure happened, read from what pytest prints."""

import re

_PLACE = re.compile(r"^(?:E? {0,40})?([^\s:\"'(][^:\n\"']{0,400}\.py):(\d{1,8}): ", re.MULTILINE)
SEARCHED = 20_000


def place(text: str, classname: str = "") -> tuple[str, int] | None:
    """File and line of the outermost frame in the module that `classname` names, else in the project, else anywhere.

    A path from the root is a library's or the interpreter's (importlib, in collection errors).
    """
    if ".py:" not in text:
        return None
    found = [(match[1], int(match[2])) for match in _PLACE.finditer(text[:SEARCHED])]
    modules = set(classname.split("."))
    test = [place for place in found if _stem(place[0]) in modules]
    own = [place for place in found if not place[0].startswith(("/", "<"))]
    return next(iter(test or own or found), None)


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".py")

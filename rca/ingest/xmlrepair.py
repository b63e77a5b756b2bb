"""What hand-made XML gets wrong most often, put right: bare & and <, HTML entities, pseudo tags in texts, missing ends.

Only called where expat stopped. The commonest test reports that are no XML are well-formed but for one such place.
"""

import re
from html import unescape

INVALID_TOKEN = 4
TAG_MISMATCH = 7
UNDEFINED_ENTITY = 11

_TAG = re.compile(
    rb"<[A-Za-z_:][\w.:-]{0,200}(?:\s{1,99}[A-Za-z_:][\w.:-]{0,200}\s{0,9}=\s{0,9}(?:\"[^\"]*\"|'[^']*')){0,200}\s{0,99}/?>"
)
_VALUE = re.compile(rb"=\s{0,9}(\"[^\"]*\"|'[^']*')")
_END = re.compile(rb"</([^\s>]{1,400})\s{0,99}>")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,8}|#[xX][0-9a-fA-F]{1,8});)")
_OPENING = re.compile(rb"<[A-Za-z_:/!?]")
_REACH = 40
"""Bytes before the place where expat stopped in which the & that it complains of is looked for."""


def continued(code: int, text: bytes, at: int, path: list[str]) -> bytes | None:
    """What to parse on with, inside the elements `path`, when expat stopped at `at` of `text` for `code`; None: give up.

    Everything before the result was taken by the parser; the result begins where it has to go on.
    """
    if code == TAG_MISMATCH:
        return _closed(text, at, path)
    if code not in {INVALID_TOKEN, UNDEFINED_ENTITY}:
        return None
    start = text.rfind(b"<", 0, at)
    tag = _TAG.match(text, start) if start >= 0 else None
    if tag is not None and tag.end() > at:
        return _escaped(tag[0]) + text[tag.end() :]
    if start > 0 and text.find(b">", start, at) < 0:  # the beginning of a tag that never becomes one: it is text
        return b"&lt;" + _text(text, start + 1)
    return _referred(text, at)


def _text(text: bytes, at: int) -> bytes:
    """What begins at `at`, its bare & and < escaped as far as the next thing that looks like a tag."""
    tag = _OPENING.search(text, at)
    end = tag.start() if tag is not None else len(text)
    return _references(text[at:end]).replace(b"<", b"&lt;") + text[end:]


def _references(text: bytes) -> bytes:
    """Entities of HTML as characters, bare & escaped."""
    known = _ENTITY.sub(lambda found: found[0] if _BARE.match(found[0]) is None else _character(found[0]), text)
    return _BARE.sub(b"&amp;", known)


def _referred(text: bytes, at: int) -> bytes | None:
    """A bare & shortly before `at`, or an entity of HTML, written as XML can read it, and those that follow."""
    ampersand = text.rfind(b"&", max(0, at - _REACH), at + 1)
    if ampersand < 0:
        return None
    entity = _ENTITY.match(text, ampersand)
    if entity is None:
        return _text(text, ampersand)
    return _character(entity[0]) + text[entity.end() :]


def _character(entity: bytes) -> bytes:
    found = unescape(entity.decode("ascii"))
    return b"&amp;" + entity[1:] if found.startswith("&") else found.encode()


def _escaped(tag: bytes) -> bytes:
    """A tag with what its attribute values may not hold escaped."""

    def value(match: re.Match[bytes]) -> bytes:
        return b"=" + _references(match[1]).replace(b"<", b"&lt;")

    return _VALUE.sub(value, tag)


def _closed(text: bytes, at: int, path: list[str]) -> bytes | None:
    """An end tag that does not fit closes what is open above its element, or is dropped when nothing of its name is open."""
    start = text.rfind(b"</", 0, at + 2)
    end = _END.match(text, start) if start >= 0 else None
    if end is None:
        return None
    name = end[1].decode("utf-8", "replace")
    if name not in path:
        return text[end.end() :]
    above = path[len(path) - path[::-1].index(name) :]
    return b"".join(b"</%s>" % tag.encode() for tag in reversed(above)) + text[start:]

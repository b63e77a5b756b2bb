"""gs:// addresses: what they mean, in order of name, as inputs that are read one after the other; and where results go."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from rca.errors import InputUnusableError, UsageError
from rca.ingest.bucket import Bucket, Stored, StoreError
from rca.ingest.paths import Given
from rca.safe import clean

SCHEME = "gs://"
_BLOCK = 1 << 20
_SIGNS = re.compile(r"[*?\[]")


def remote(place: str) -> bool:
    """Whether a place is in a bucket."""
    return place.startswith(SCHEME)


def listed(address: str) -> Iterator[Given]:
    """The objects meant by an address: one object, a pattern (`*`, `?`, `[ab]`, `**` across folders), or all below a folder.

    Raises InputUnusableError when nothing is there, NoAccessError without a login or a permission.
    """
    bucket_name, key = _parts(address)
    try:
        bucket = Bucket(bucket_name)
        found = 0
        for name, size, generation in _meant(bucket, key):
            yield _given(bucket, f"{SCHEME}{bucket_name}/{name}", name, size, generation, member=name != key)
            found += 1
    except StoreError as wrong:
        raise wrong.told(address) from None
    if not found:
        raise InputUnusableError("nothing is there", where=clean(address), hint="check the bucket and the name")


def put(address: str, content: bytes) -> None:
    """Store `content` as the object `address`, whole or not at all; raises UsageError, NoAccessError, InputUnusableError."""
    bucket, key = _parts(address)
    if not key or key.endswith("/"):
        raise UsageError("not the name of an object", where=clean(address), hint="write gs://BUCKET/NAME")
    try:
        Bucket(bucket).put(key, content)
    except StoreError as wrong:
        raise wrong.told(address, "be written") from None


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise InputUnusableError("names no bucket", where=clean(address), hint="write gs://BUCKET/NAME")
    return bucket, key


def _meant(bucket: Bucket, key: str) -> Iterator[tuple[str, int, str]]:
    """Objects by name; those of no bytes that stand for a folder are none."""
    sign = _SIGNS.search(key)
    if sign is None and key and not key.endswith("/"):
        alone = bucket.object(key)
        if alone is not None:
            yield key, *alone
            return
    prefix = key[: sign.start()] if sign else f"{key.rstrip('/')}/" if key else ""
    fits = re.compile(_expression(key)).fullmatch if sign else None
    for name, size, generation in bucket.objects(prefix):
        if not name.endswith("/") and (fits is None or name == key or fits(name)):
            yield name, size, generation


def _expression(pattern: str) -> str:
    """A glob as a regular expression without nested repetition; object names have at most 1024 bytes."""
    made, at = [], 0
    while at < len(pattern):
        closing = pattern.find("]", at + 2)
        if pattern.startswith("**/", at):
            made.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            made.append(".*")
            at += 2
        elif pattern[at] == "[" and closing > 0:
            body = pattern[at + 1 : closing]
            negated = body.startswith("!")
            made.append(f"[{'^/' if negated else ''}{_in_class(body[negated:])}]")
            at = closing + 1
        else:
            made.append({"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at])))
            at += 1
    return "".join(made)


def _in_class(body: str) -> str:
    """The inside of a bracket: only `-` keeps its meaning."""
    return "".join(sign if sign == "-" else re.escape(sign) for sign in body)


def _given(bucket: Bucket, address: str, name: str, size: int, generation: str, *, member: bool) -> Given:
    def opened() -> BinaryIO:
        return io.BufferedReader(Stored(bucket, name, size, generation), _BLOCK)

    return Given(address, opened, member=member, size=size)

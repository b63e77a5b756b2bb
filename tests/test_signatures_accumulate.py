"""However the parts of a log come in, their sum is that of the whole; narrow rows say what wide ones said."""

import polars as pl
import pytest
from entries import SECOND, entries, request
from polars.testing import assert_frame_equal

from rca.model.digest import Digest
from rca.model.frames import EVENTS_KEPT
from rca.model.origins import Registry, narrowed, widened
from rca.signatures import Accumulator, accumulator, mask, merge, tally

PARTS = 40


def _log() -> pl.DataFrame:
    """More failures of each kind than are kept, of two services, their times running through the parts both ways."""
    rows = [
        {
            "message": f"cart {number} failed" if number % 3 else f"stored {number}",
            "service": ("shop", "cart", None)[number % 3 - 1],
            "revision": f"r{number % 2}",
            "logger": "app" if number % 5 else None,
            "at": (number * 7919 % 4000) * SECOND if number % 50 else None,
        }
        for number in range(6 * EVENTS_KEPT)
    ]
    return entries(*rows, *(request(f"https://h/x/{number}", 503, service="shop") for number in range(20)))


def _same(first: Digest, second: Digest) -> None:
    for name in ("shapes", "cells", "events", "traffic", "routes"):
        assert_frame_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("apart", [1, 10**9])
def test_parts_counted_one_by_one_are_the_whole(apart: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread of their own, or not; later failures of a group that is full are dropped early, and would be anyhow."""
    monkeypatch.setattr(accumulator, "APART", apart)
    log = _log()
    size = -(-log.height // PARTS)
    for order in (range(PARTS), reversed(range(PARTS))):
        union = Accumulator()
        for part in order:
            union.count(*narrowed(log[part * size : (part + 1) * size]))
        _same(union.digest, tally(log))
    _same(merge([tally(log[:1000]), tally(log[1000:])]), tally(log))


def test_an_error_while_counting_apart_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accumulator, "APART", 1)
    rows, origins = narrowed(_log())
    union = Accumulator()
    union.count(rows.drop("message"), origins)
    with pytest.raises(pl.exceptions.PolarsError):
        _ = union.digest


def test_narrow_rows_and_their_origins_are_the_entries_again() -> None:
    log = _log()
    assert_frame_equal(widened(*narrowed(log)), log)
    registry = Registry()
    later, first = log[500:], log[:500]
    for part in (later, first):
        rows, origins = narrowed(part)
        numbers = registry.number(origins)
        again = rows.with_columns(numbers.gather(rows["origin"]).alias("origin"))
        assert_frame_equal(widened(again, registry.frame), part)


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("several numbers with a meaning", "status=500 of 7, code 3, errno 12, exit code 4, status 9", None),
        ("none", "cart 12 stored", "cart <*> stored"),
        ("a control character that looks like our own mark", "close code: 1006 a\x01 9", "close code: 1006 a <*>"),
        ("a value that looks like a reference of a replacement", "GET /a$0/$1 HTTP/1.1 503 status 500", None),
        ("nothing", "", ""),
    ],
)
def test_numbers_with_a_meaning_are_put_back_where_they_stood(sentence: str, text: str, expected: str | None) -> None:
    found = mask.careful(pl.Series([text, "x 1", text]), block=False).to_list()
    wanted = text.replace("of 7", "of <*>") if expected is None else expected
    assert found == [wanted, "x <*>", wanted], sentence

"""Rows become counts; nothing is lost, failures are kept whole, healthy requests are not."""

import polars as pl
import pytest
from entries import SECOND, entries, request, texts
from polars.testing import assert_frame_equal

from rca.model.frames import CELLS, EVENTS, EVENTS_KEPT, ROUTES, SHAPES, TRAFFIC
from rca.signatures import sign, tally

NOTABLE = [
    ('Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x', True),
    ("ValueError: bad id", True),
    ("❌ SQL failed", True),
    ("could not open cart 7", True),
    ("login refused for 7", True),
    ("worker 7 exited with code 3", True),
    ("Container called exit(3).", True),
    ('10.0.0.1 - "GET /x HTTP/1.1" 503 Service Unavailable', True),
    ("received 1011 (internal error)", True),
    ("connection closed with code 1008", True),
    ("CRITICAL: disk", True),
    ("connect ECONNREFUSED 10.0.0.1:80", True),
    ("worker exited with code 0", False),
    ("0 errors, 0 failed in 3s", False),
    ("done errors=0 failed=0", False),
    ("done, no errors found", False),
    ("5 errors, 2 failed in 3s", True),
    ("error handler installed", False),
    ("error=None after 3 tries", False),
    ("uvicorn.error: started server", False),
    ('10.0.0.1 - "GET /x HTTP/1.1" 200 OK', False),
    ("cart 7 stored", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "expected"), NOTABLE)
def test_a_text_looks_like_a_failure_or_not(text: str, expected: bool) -> None:
    assert tally(texts([text])).shapes["notable"].to_list() == [expected]


def test_the_frames_have_the_pinned_schemas_even_for_no_rows() -> None:
    for frame in (texts([]), texts(["a 1"])):
        digest = tally(frame)
        schemas = (
            digest.shapes.schema,
            digest.cells.schema,
            digest.events.schema,
            digest.traffic.schema,
            digest.routes.schema,
        )
        assert schemas == (SHAPES, CELLS, EVENTS, TRAFFIC, ROUTES)


def test_every_row_is_counted_once() -> None:
    rows = [
        {"message": f"cart {number} lost", "service": "a" if number % 2 else "b", "lines": 3} for number in range(10)
    ]
    digest = tally(entries(*rows, {"message": "quiet", "at": None}, request("https://h/x/1", 200)))
    assert digest.shapes["count"].sum() == digest.cells["count"].sum() == digest.traffic["entries"].sum() == 12
    lost = digest.shapes.filter(pl.col("text") == "cart <*> lost").row(0, named=True)
    assert (lost["count"], lost["lines"], lost["first_at"], lost["last_at"], lost["sample"]) == (
        10,
        30,
        SECOND,
        10 * SECOND,
        "cart 0 lost",
    )


def test_the_value_stays_on_the_occurrence() -> None:
    digest = tally(texts(["Invalid user_id format: u_17", "Invalid user_id format: u_18"]))
    assert digest.shapes["text"].to_list() == ["Invalid user_id format: <*>"]
    assert digest.events["message"].to_list() == ["Invalid user_id format: u_17", "Invalid user_id format: u_18"]


def test_severity_or_status_keep_a_row_that_does_not_look_like_a_failure() -> None:
    digest = tally(
        entries(
            {"message": "quiet 1"},
            {"message": "odd 1", "severity": 400},
            request("/x", 404),
            request("/x", 200),
            request("/x", 302),
        )
    )
    assert digest.events["line"].to_list() == sorted(digest.events["line"].to_list()) or digest.events.height == 2
    assert set(digest.events["line"].to_list()) == {2, 3}


def test_requests_of_one_route_and_status_are_one_signature() -> None:
    rows = [request(f"https://h/api/v2/carts/{number}?page=3", 503) for number in range(5)]
    digest = tally(entries(*rows, request("https://h/api/v2/carts/9", 500), request("https://h/api/v1/carts/9", 503)))
    assert sorted(digest.shapes["text"]) == [
        "HTTP 500 GET /api/v2/carts/<*>",
        "HTTP 503 GET /api/v1/carts/<*>",
        "HTTP 503 GET /api/v2/carts/<*>",
    ]
    assert {one.template for one in sign(digest).values()} == set(digest.shapes["text"])
    counts = dict(digest.routes.filter(pl.col("status") == 503).group_by("route").agg(pl.col("count").sum()).rows())
    assert counts == {"GET /api/v2/carts/<*>": 5, "GET /api/v1/carts/<*>": 1}
    assert digest.traffic["failed"].sum() == 7


def test_the_earliest_events_of_each_shape_service_and_revision_are_kept() -> None:
    rows = [
        {"message": f"cart {number} failed", "revision": "r1" if number % 2 else "r2", "at": (5000 - number) * SECOND}
        for number in range(3 * EVENTS_KEPT)
    ]
    kept = tally(entries(*rows)).events
    assert kept.group_by("revision").len().sort("revision")["len"].to_list() == [EVENTS_KEPT, EVENTS_KEPT]
    assert kept["at"].max() == (5000 - EVENTS_KEPT) * SECOND, "the higher numbers are the earlier ones"


def test_the_order_of_rows_does_not_show() -> None:
    rows = texts([f"{verb} cart {number % 7}" for number in range(60) for verb in ("failed", "stored")], service="shop")
    first, second = tally(rows), tally(rows.sample(fraction=1.0, shuffle=True, seed=7))
    for name in ("shapes", "cells", "events", "traffic", "routes"):
        assert_frame_equal(getattr(first, name), getattr(second, name))


def test_a_line_over_the_cap_is_cut_and_the_cut_can_be_counted() -> None:
    shapes = tally(texts(["failed " + "x" * 20_000, "short"])).shapes
    cut = shapes.filter(pl.col("text").str.ends_with("…[cut]"))
    assert cut["count"].to_list() == [1]
    assert cut["text"].str.len_chars().item() < 10_100


def test_a_partial_text_is_another_shape_and_its_signature_says_so() -> None:
    text = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\n    call()'
    digest = tally(entries({"message": text, "partial": True}, {"message": text + "\nValueError: x"}))
    assert digest.shapes.height == 2
    assert sorted(one.partial for one in sign(digest).values()) == [False, True]

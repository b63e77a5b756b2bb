"""What holds for any text and any way to cut the input."""

import string

import polars as pl
from entries import SECOND, entries, texts
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rca.model import Digest
from rca.signatures import extract, line_signatures, merge, sign, tally
from rca.signatures.shapes import templates

WORDS = st.sampled_from(
    [
        "cart",
        "failed",
        "user",
        "17",
        "10.0.0.1:80",
        "status",
        "503",
        "(a)",
        "[b]",
        "=",
        "'x'",
        "true",
        "Jun",
        "5",
        "bytes",
        "-1",
        "12ms",
        "a@b.c1",
        "#",
        "@",
        ".....",
        "<*>",
        "e.g.",
        "1.5KB",
        "/",
        "\\",
        "é",
        "中",
        "\x1b[31m",
        "\x07",
    ]
)
LINES = st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=60)
FAST = settings(max_examples=60, deadline=None)


@FAST
@given(st.lists(LINES, min_size=1, max_size=20))
@example(["a Jun 5 5 5 5 5 5 5 B", "1 (2) 3", "<*> bytes (1 KB)", "1 ()", "():1:2"])
def test_masking_twice_is_masking_once(lines: list[str]) -> None:
    once = templates(lines)
    assert templates(once) == once


@FAST
@given(st.lists(LINES, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_signatures_do_not_depend_on_the_order_of_lines(lines: list[str], random: object) -> None:
    shuffled = sorted(range(len(lines)), key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis types it as object
    straight = line_signatures(pl.Series(lines, dtype=pl.String))
    mixed = line_signatures(pl.Series([lines[place] for place in shuffled], dtype=pl.String))
    assert [straight.row(place) for place in shuffled] == mixed.rows()


@FAST
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                "Traceback (most recent call last):",
                '  File "a.py", line 1, in f',
                "    x()",
                "ValueError: x",
                "\tat a.B.c(D.java:1)",
                "Caused by: a.B: x",
                "    at f (/a/b.js:1:2)",
                "   at A.B() in /a.cs:line 3",
                " ---> A.B: x",
                "goroutine 1 [running]:",
                "main.f(0x1)",
                "\t/a/b.go:1 +0x1",
                "panic: x",
                "a.rb:1:in `f': x (E)",
                "\tfrom a.rb:1:in `g'",
                "E   assert 1",
                "a.py:1: E",
                "  | x",
                "  +-+---- 1 ----",
                "",
                "The above exception was the direct cause of the following exception:",
                "  [Previous line repeated 9 more times]",
            ]
        ),
        max_size=25,
    ).map("\n".join)
)
def test_no_text_raises_and_every_text_has_one_signature(text: str) -> None:
    signature = extract(text)
    assert signature == extract(text)
    assert signature.id.startswith("v1:")
    assert any(part.contributes for part in signature.parts)


@FAST
@given(
    st.integers(0, 10**12), st.integers(0, 10**12), st.uuids(), st.uuids(), st.ip_addresses(v=4), st.ip_addresses(v=4)
)
def test_what_a_mask_covers_does_not_change_the_signature(
    a: int, b: int, c: object, d: object, e: object, f: object
) -> None:
    assert extract(f"cart {a} of {c} lost by {e}").id == extract(f"cart {b} of {d} lost by {f}").id


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "message": LINES,
            "at": st.none() | st.integers(0, 200).map(lambda second: second * SECOND),
            "service": st.none() | st.sampled_from(["a", "b"]),
            "revision": st.sampled_from(["r1", "r2"]),
            "severity": st.sampled_from([0, 200, 500]),
            "partial": st.booleans(),
        }
    ),
    max_size=25,
)


def same(first: Digest, second: Digest) -> None:
    for name in ("shapes", "cells", "events", "traffic", "routes"):
        assert_frame_equal(getattr(first, name), getattr(second, name))


@FAST
@given(ROWS, st.integers(0, 25), st.integers(0, 25))
def test_merging_is_associative_commutative_and_equal_to_the_digest_of_the_union(
    rows: list[dict[str, object]], one: int, two: int
) -> None:
    frame = entries(*rows)
    low, high = sorted((one, two))
    a, b, c = tally(frame[:low]), tally(frame[low:high]), tally(frame[high:])
    whole = tally(frame)
    same(merge([a, b, c]), whole)
    same(merge([merge([c, a]), b]), whole)
    same(merge([a, merge([b, c])]), whole)
    assert sign(merge([b, c, a])) == sign(whole)


def test_merging_nothing_is_the_empty_digest() -> None:
    same(merge([]), Digest())
    same(merge([Digest(), tally(texts(["a 1"]))]), tally(texts(["a 1"])))


@FAST
@given(
    st.lists(st.text(string.ascii_letters + " ", max_size=30), max_size=12),
    st.sampled_from(["other service", "elsewhere"]),
)
def test_unrelated_lines_do_not_change_an_id(extra: list[str], prefix: str) -> None:
    """Related are only texts with the same separators and words in common."""
    lines = ["payment 7 failed: card [declined]", "cart 9 lost {why=stock}"]
    alone = line_signatures(pl.Series(lines)).rows()
    among = line_signatures(pl.Series([*lines, *(f"{prefix} {text}" for text in extra)])).rows()
    assert among[: len(lines)] == alone

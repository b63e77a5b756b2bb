"""Nothing in a text can make it slow: sizes at which a quadratic step would take minutes."""

import random
import string
import time

import polars as pl
import pytest
from entries import texts
from signature_texts import java, python

from rca.signatures import extract, hints, line_signatures, sign, similar, tally

MEGABYTE = 1_000_000
LONG = [
    ("one word of 10 MB", "x" * (10 * MEGABYTE)),
    ("10 MB of numbers", "1 " * (5 * MEGABYTE)),
    ("dotted words", "Aa." * 130_000 + "Error: x"),
    ("names of exceptions", "A1.B2Error: " * 500_000),
    ("requests", "GET /" * (2 * MEGABYTE)),
    ("lines that begin like frames", "\n  at a.b(" * 500_000),
    ("lines of dots and capitals", "\n".join(["Aa." * 600] * 600)),
    ("lines of colons", "\n".join(["A::" * 650] * 200)),
    ("open quotes", '\n  File "' * 500_000),
    ("bars of a group", "\n".join(["| " * 1000 + "x"] * 200)),
    ("line feeds only", "\n" * (5 * MEGABYTE)),
    ("escapes", "\x1b[" * (2 * MEGABYTE)),
]


@pytest.mark.parametrize(("what", "text"), LONG, ids=[row[0] for row in LONG])
def test_a_long_text_costs_processor_seconds_not_minutes(what: str, text: str) -> None:
    started = time.process_time()
    assert extract(text).id.startswith("v1:")
    assert sign(tally(texts([text]))), what
    assert time.process_time() - started < 8


def test_a_traceback_of_a_thousand_frames_is_read_whole() -> None:
    places = [(f"/app/m{number}.py", number, f"f{number}") for number in range(1000)]
    signature = extract(python("ValueError: x", *places))
    assert len(signature.frames) == 1000
    assert signature.location is not None
    assert signature.location.function == "f999"
    assert (
        len(
            extract(java("a.B: x", *((f"C{number}.java", number, f"p.C{number}.run") for number in range(1000)))).frames
        )
        == 1000
    )


def test_ten_thousand_classes_of_exceptions_stay_ten_thousand_signatures() -> None:
    lines = pl.Series([f"shop.part{number % 7}.Case{number}Error: cart {number} lost" for number in range(10_000)])
    assert line_signatures(lines)["id"].n_unique() == 10_000


def test_the_cost_of_free_text_grows_with_its_size_not_with_its_square() -> None:
    """Doubling the distinct texts may cost 3 times as much (2 is linear, 4 would be quadratic)."""
    choice = random.Random(5)

    def cost(count: int) -> float:
        words = ["".join(choice.choices(string.ascii_lowercase, k=7)) for _ in range(3 * count)]
        lines = [
            f"user {a} could not open the {b} of {c}"
            for a, b, c in zip(words[::3], words[1::3], words[2::3], strict=True)
        ]
        started = time.process_time()
        line_signatures(pl.Series(lines))
        return time.process_time() - started

    cost(500)
    small = min(cost(4_000) for _ in range(2))
    assert cost(16_000) < 9 * small + 1


def test_hints_name_near_texts_and_merge_nothing() -> None:
    found = similar(
        {"a": "connection to database opened", "b": "connection to database closed", "c": "cart is empty now"}
    )
    assert [(one.first, one.second) for one in found] == [("a", "b")]
    assert hints({"a": "connection to database opened", "b": "connection to database closed"}) == {
        "a": ("b",),
        "b": ("a",),
    }

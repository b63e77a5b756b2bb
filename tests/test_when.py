"""Times: what is read, what is refused and how instants and spans are printed."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca.errors import UsageError
from rca.when import DeployAnchor, Instant, from_epoch, parse, rfc3339, seconds, span, to_ns

NOW = 1_772_600_767_000_000_000  # 2026-03-04T05:06:07Z
S = 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T05:06:07Z", NOW),
        ("2026-03-04t05:06:07z", NOW),
        ("2026-03-04 05:06:07", NOW),
        ("2026-03-04 05:06:07 UTC", NOW),
        ("2026-03-04 05:06:07 +0000 UTC", NOW),
        ("2026-03-04T05:06Z", NOW - 7 * S),
        ("2026-03-04T05:06:07.123456789Z", NOW + 123_456_789),
        ("2026-03-04T05:06:07.1234567899999Z", NOW + 123_456_789),
        ("2026-03-04T05:06:07,5Z", NOW + 500_000_000),
        ("2026-03-04T10:36:07+05:30", NOW),
        ("2026-03-04T10:36:07+0530", NOW),
        ("2026-03-03T22:06:07-07", NOW),
        ("2026-03-04T05:06:07-00:00", NOW),
        ("2026-03-04", NOW - (5 * 3600 + 6 * 60 + 7) * S),
        ("2026-03-03T24:00:00Z", NOW - (5 * 3600 + 6 * 60 + 7) * S),
        ("2016-12-31T23:59:60Z", 1_483_228_800 * S - 1),
        ("1969-12-31T23:59:59.5Z", -500_000_000),
    ],
)
def test_rfc_3339_and_its_relatives_are_read(text: str, expected: int) -> None:
    assert to_ns(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "2026-13-01",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-03-04T25:00:00Z",
        "2026-03-04T24:00:01Z",
        "2026-03-04T05:60:00Z",
        "2026-03-04T05:06:61Z",
        "2026-03-04T05:06:07+99:00",
        "2026-03-04T05:06:07 CET",
        "03/04/2026",
        "1772600767",
        "x" * 10_000,
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert to_ns(text) is None


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_what_is_printed_reads_back_exactly(ns: int) -> None:
    assert to_ns(rfc3339(ns)) == ns


@given(st.text(max_size=60))
def test_no_text_makes_the_fast_reader_raise(text: str) -> None:
    to_ns(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deploy", DeployAnchor(None)),
        ("deploy[-2]", DeployAnchor(-2)),
        ("2026-03-04T05:06:07Z", Instant(NOW)),
        ("@1772600767", Instant(NOW)),
        ("@1772600767.25", Instant(NOW + S // 4)),
        ("@1772600767000", Instant(NOW)),
        ("@1772600767000000000", Instant(NOW)),
        ("now", Instant(NOW)),
        ("2h", Instant(NOW - 7200 * S)),
        ("-2h", Instant(NOW - 7200 * S)),
        ("90m", Instant(NOW - 5400 * S)),
        ("1d12h", Instant(NOW - 129_600 * S)),
        ("2 hours ago", Instant(NOW - 7200 * S)),
        ("  An  Hour ago ", Instant(NOW - 3600 * S)),
        ("today", Instant(NOW - 18_367 * S, date_only=True)),
        ("yesterday", Instant(NOW - (18_367 + 86_400) * S, date_only=True)),
        ("2026-03-04", Instant(NOW - 18_367 * S, date_only=True)),
        (
            "2016-12-31T23:59:60Z",
            Instant(1_483_228_800 * S - 1, note="leap second read as the last nanosecond before it"),
        ),
    ],
)
def test_the_grammar_of_options(text: str, expected: Instant | DeployAnchor) -> None:
    assert parse(text, now_ns=NOW) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/2026", "two dates"),
        ("4.3.2026", "two dates"),
        ("10:30", "no date"),
        ("1772600767", "bare number"),
        ("12", "bare number"),
        ("deploy[0]", "backwards"),
        ("deploy[2]", "backwards"),
        ("soon", "not a time"),
        ("2 fortnights ago", "not a time"),
        ("", "not a time"),
        ("@9999999999999999999", "outside the years"),
        ("999999999w", "outside the years"),
    ],
)
def test_what_could_be_two_times_or_none_is_refused_with_examples(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        parse(text, now_ns=NOW)
    assert "deploy[-2]" in caught.value.hint


def test_relative_times_need_a_now() -> None:
    with pytest.raises(UsageError, match="--now"):
        parse("2h", now_ns=None)


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        (NOW, "2026-03-04T05:06:07Z"),
        (NOW + 1_000, "2026-03-04T05:06:07.000001Z"),
        (NOW + 1, "2026-03-04T05:06:07.000000001Z"),
        (0, "1970-01-01T00:00:00Z"),
    ],
)
def test_instants_are_printed_in_utc_as_precisely_as_needed(ns: int, expected: str) -> None:
    assert rfc3339(ns) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.24, "240 ms"),
        (0.9996, "1 s"),
        (2, "2 s"),
        (2.54, "2.5 s"),
        (59.6, "1 min"),
        (184, "3 min 4 s"),
        (3599.7, "1 h"),
        (7300, "2 h 2 min"),
        (90_000, "1 d 1 h"),
        (-3, "-3 s"),
    ],
)
def test_spans_are_for_people(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_772_600_767, NOW),
        (1_772_600_767.5, NOW + S // 2),
        (1_772_600_767_000, NOW),
        (NOW, NOW),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
    ],
)
def test_epochs_are_told_apart_by_magnitude(value: float, expected: int | None) -> None:
    assert from_epoch(value) == expected


@pytest.mark.parametrize(("text", "expected"), [("60s", 60), ("2m", 120), ("1h30m", 5400)])
def test_spans_that_users_write(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["60", "-60s", "0s", "", "soon", "2 hours ago"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="60s"):
        seconds(text)


def test_importing_it_loads_nothing_but_the_standard_library() -> None:
    code = "import sys; import rca.when; print([m for m in ('polars', 'pydantic', 'msgspec') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )

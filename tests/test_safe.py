"""Every text passes one place on its way out: stripped, redacted, shown, cut, then escaped for its target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca.safe import clean, command, cut, fence, line

ESC = "\x1b"
JWT = ".".join(("ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiJ1c2VyLTEifQ", "c2lnbmF0dXJlLXBhcnQ"))


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("colours vanish", f"{ESC}[31mred{ESC}[0m", "red"),
        ("a window title vanishes", f"{ESC}]0;title\x07text", "text"),
        ("an 8-bit control sequence vanishes", "\x9b31mred", "red"),
        ("zero-width characters vanish", "a\u200bb\ufeffc", "abc"),
        ("a bell is shown", "a\x07b", "a<U+0007>b"),
        ("a bidi override is shown", "a\u202eb", "a<U+202E>b"),
        ("a lone surrogate is shown", "a\ud800b", "a<U+D800>b"),
        ("a lone carriage return is shown", "a\rb", "a<U+000D>b"),
        ("newlines and tabs stay", "a\n\tb", "a\n\tb"),
        ("DOS line ends become plain", "a\r\nb", "a\nb"),
        ("an unfinished escape is shown", f"a{ESC}", "a<U+001B>"),
    ],
)
def test_controls_never_reach_an_output(sentence: str, text: str, expected: str) -> None:
    assert clean(text) == expected, sentence


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {JWT}",
        f"token={JWT}",
        "password=hunter2hunter2",
        '{"api_key": "abcdef0123456789"}',
        "postgres://app:s3cr3tpass@db/app",
        "Cookie: session=abcdefabcdef",
        "X-E2E-Bypass-Key: abcdef0123456789",
    ],
)
def test_a_credential_is_replaced_and_its_neighbours_stay(text: str) -> None:
    cleaned = clean(f"before {text} after")
    assert "[secret:" in cleaned
    assert cleaned.startswith("before ")
    assert not any(secret in cleaned for secret in (JWT, "hunter2", "abcdef0123", "s3cr3tpass", "abcdefabcdef"))


def test_a_secret_split_by_an_escape_sequence_or_a_zero_width_space_is_still_found() -> None:
    for wedge in (f"{ESC}[0m", "\u200b"):
        split = JWT[:20] + wedge + JWT[20:]
        assert JWT[:20] not in clean(f"token: {split}")


def test_equal_secrets_get_equal_names_and_different_ones_do_not() -> None:
    first, second, third = (clean(f"password={word}") for word in ("correcthorse", "correcthorse", "batterystaple"))
    assert first == second != third


@pytest.mark.parametrize(
    "text",
    [
        "commit 3f9a1c2b4d5e6f708192a3b4c5d6e7f801234567",
        "trace 0af7651916cd43dd8448eb211c80319c",
        "image sha256:9b74c9897bac770ffc029102a200c5de1b2d3c4e5f60718293a4b5c6d7e8f901",
        "revision chat-backend-00012-abc at 2025-09-09T19:09:34.123456Z",
        "request 123e4567-e89b-12d3-a456-426614174000",
        "the token expired",
        "password must not be empty",
        "https://example.com/a?b=c",
    ],
)
def test_what_an_engineer_needs_survives(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "::error::boom",
        "  ::add-mask::x",
        "a ##[error]b",
        "##vso[task.setvariable]x",
        "##teamcity[testFailed]",
        "x\n\t::stop-commands::y",
    ],
)
def test_log_text_cannot_speak_to_the_ci_host(text: str) -> None:
    shown = command(text)
    assert not any(one.lstrip().startswith("::") for one in shown.splitlines())
    assert not any(word in shown for word in ("##[", "##vso[", "##teamcity["))


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(), st.integers(min_value=30, max_value=200))
def test_cut_keeps_head_and_tail_and_says_how_much_is_missing(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert shown == text if len(text) <= limit else shown.startswith(text[: limit // 2]) and "left out" in shown


@given(st.text(alphabet="`ab\n"))
def test_a_fence_is_longer_than_any_run_of_ticks_inside(text: str) -> None:
    block = fence(text)
    ticks = block.split("\n", 1)[0]
    assert set(ticks) == {"`"}
    assert ticks not in text


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    assert "\n" not in line(text)

"""Redaction measured: recall and precision on a labelled corpus, and a gate that changes nothing."""

import io
from collections import Counter

import polars as pl
import pytest
from corpus.draw import Draw
from corpus.innocent import negatives
from corpus.secrets import Labelled, positives
from hypothesis import given, settings
from hypothesis import strategies as st

from rca.redact import redact, scan
from rca.redact.bulk import gate, lines
from rca.redact.shape import MARK
from rca.safe import strip

RUN = 8  # consecutive characters of a secret that may not survive


def survives(secret: str, shown: str) -> bool:
    run = min(RUN, len(secret))
    return any(secret[start : start + run] in shown for start in range(len(secret) - run + 1))


def missed(corpus: list[Labelled]) -> list[Labelled]:
    return [one for one in corpus if any(survives(secret, redact(one.text)) for secret in one.secrets)]


def test_the_corpus_is_large_and_varied() -> None:
    assert len(positives()) >= 600
    assert len({one.kind for one in positives()}) >= 30
    assert len(negatives()) >= 1000


def test_of_a_hundred_secrets_ninety_nine_are_masked() -> None:
    corpus = positives()
    lost = missed(corpus)
    assert len(lost) <= len(corpus) * 0.01, Counter(one.kind for one in lost)


def test_of_a_hundred_marks_ninety_seven_stand_for_a_secret() -> None:
    extra = sum(
        max(0, redact(one.text).count(MARK) - max(1, len(one.secrets))) for one in positives() if "pem" not in one.kind
    )
    wrong = extra + sum(redact(line).count(MARK) for line in negatives())
    right = len(positives()) - len(missed(positives()))
    assert right / (right + wrong) >= 0.97, (extra, [line for line in negatives() if MARK in redact(line)][:5])


def test_hard_negatives_are_left_as_they_are() -> None:
    changed = Counter(line for line in negatives() if redact(line) != line)
    assert sum(changed.values()) <= len(negatives()) * 0.01, changed.most_common(5)


def test_redacting_twice_changes_nothing_more() -> None:
    for text in [*(one.text for one in positives(4)), *negatives(4)]:
        once = redact(text)
        assert redact(once) == once


def test_the_gate_of_single_texts_changes_nothing() -> None:
    for text in [*(one.text for one in positives(6)), *negatives(6)]:
        assert redact(text) == scan(text), text


_DRAWN = Draw(11)
FRAGMENTS = (
    *("password", "passphrase", "bypass_key", "Secret", "apiToken", "x-api-key", "account", "key", "creds", "Cookie: ", "Authorization", "Bearer ", "Basic "),
    *("=", ":", '"', "'", ",", " ", "\n", "<", ">", "</", "&quot;", "%3D", "%22", "\\", "?code=", "https://", "@", "--", "curl -u ", "|\n  ", ".", "-"),
    *("name", "value", "data:\n", "kind: Secret\n", "[secret:x:0000]", "-----BEGIN PRIVATE " + "KEY-----", "\u0130", "\u017f", "\u212a", "\u00a0"),
    *(_DRAWN.of("abcdefXYZ0123456789", 20), _DRAWN.jwt(), "hunter2", "cGFzc3dvcmQ9YWJjMTIz" + "NDU2Nzg5MGFiYw==", _DRAWN.of("0123456789abcdef", 40), "34.117.59.81", "a.b@corp.de"),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_the_gate_and_a_full_scan_agree_on_whatever_is_put_together(text: str) -> None:
    shown = redact(text)
    assert shown == scan(text)
    if shown != text and "\n" not in text:
        assert gate(pl.Series("line", [text.encode("utf-8").decode("latin-1")]))[0]


def test_the_gate_over_many_lines_lets_every_secret_through() -> None:
    texts = [line for one in positives(6) for line in one.text.split("\n")] + negatives(6)
    stopped = pl.Series("line", texts).filter(~gate(pl.Series("line", texts)))
    assert [text for text in stopped if scan(text) != text] == []


def test_the_filter_gives_the_same_as_line_by_line_and_keeps_the_number_of_lines() -> None:
    texts = [text for text in (*(one.text for one in positives(4)), *negatives(4)) if "\n" not in text]
    given = "\n".join(texts).encode()
    shown = b"".join(lines(io.BytesIO(given), strip)).decode().split("\n")
    assert shown == [redact(text) for text in texts]


@pytest.mark.parametrize("kind", ["pem", "pem with prefixes", "kubernetes secret"])
def test_a_block_over_several_lines_of_a_stream_is_masked(kind: str) -> None:
    for one in [one for one in positives(4) if one.kind == kind]:
        shown = b"".join(lines(io.BytesIO(f"before\n{one.text}\nafter".encode()), strip)).decode()
        assert not any(survives(secret, shown) for secret in one.secrets), one
        assert shown.startswith("before\n")
        assert shown.endswith("\nafter")
        assert shown.count("\n") == one.text.count("\n") + 2

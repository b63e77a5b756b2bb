"""Test reports that are damaged or mean harm: salvaged or refused, never a traceback, and counted."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporting import report

from rca.errors import InputUnusableError
from rca.ingest import testdraft

WHOLE = (
    '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="s" tests="3">'
    + "".join(
        f'<testcase classname="c" name="n{i}" time="1"><failure message="m">größer &lt; {i}</failure></testcase>'
        for i in range(3)
    )
    + "</testsuite></testsuites>"
)

REFUSED = [
    (
        "an internal subset is refused",
        '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "b">]><testsuite/>',
        "internal subset",
    ),
    (
        "an external entity is refused",
        '<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite/>',
        "internal subset",
    ),
    ("XML of another kind is refused", '<?xml version="1.0"?><project/>', "not the root of a test report"),
    ("nesting without end is refused", "<testsuites>" + "<testsuite>" * 6000, "nested deeper"),
]


@pytest.mark.parametrize(("sentence", "text", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_used_is_refused_with_file_position_and_advice(sentence: str, text: str, reason: str) -> None:
    with pytest.raises(InputUnusableError, match=re.escape(reason)) as error:
        report(text, "some/report")
    assert re.match(r"some/report:\d+", error.value.where), sentence
    assert error.value.hint


ENCODED = [
    ("a UTF-8 mark", b"\xef\xbb\xbf" + WHOLE.encode()),
    ("UTF-16 with a mark", WHOLE.replace("utf-8", "utf-16").encode("utf-16")),
    ("UTF-16 without a mark", WHOLE.encode("utf-16-le")),
    ("Latin-1 as declared", WHOLE.replace("utf-8", "iso-8859-1").encode("latin-1")),
    ("an encoding nobody knows", WHOLE.replace("utf-8", "x-nonsense").encode()),
    ("UTF-16 declared, UTF-8 written", WHOLE.replace("utf-8", "utf-16").encode()),
    ("a comment before the declaration", b"<!-- made by hand -->\n" + WHOLE.encode()),
    ("lines of a shell before it", b"npm warn something\n> test\n" + WHOLE.encode()),
    (
        "an external document type",
        WHOLE.replace("<testsuites>", '<!DOCTYPE testsuites SYSTEM "https://x.invalid/a.dtd"><testsuites>').encode(),
    ),
]


@pytest.mark.parametrize(("sentence", "raw"), ENCODED, ids=[row[0] for row in ENCODED])
def test_every_encoding_and_preamble_gives_the_same_cases(sentence: str, raw: bytes) -> None:
    assert [case.text for case in report(raw).run.cases] == [f"größer < {i}" for i in range(3)], sentence


def test_characters_that_xml_forbids_are_taken_out_with_the_colours_and_counted() -> None:
    read = report(WHOLE.replace("größer", "\x1b[31mred\x1b[0m \x08&#27;[1mbold&#x1b;[0m#x1B[32m"))
    assert read.run.cases[0].text == "red bold < 0"
    assert any("characters that XML forbids" in note for note in read.source.notes)


def test_bytes_that_are_no_utf8_do_not_stop_the_reading() -> None:
    read = report(WHOLE.encode().replace("größer".encode(), b"gr\xf6\xdfer"))
    assert len(read.run.cases) == 3
    assert "\ufffd" in read.run.cases[0].text


REPAIRED = [
    ("a bare ampersand in an attribute", '<testcase name="a & b"/>', "a & b"),
    ("a bare angle in an attribute", '<testcase name="List<String>"/>', "List<String>"),
    ("an ampersand in a text", '<testcase name="n"><failure>R&D &nbsp; <3</failure></testcase>', "n"),
    ("a pseudo tag in a text", '<testcase name="n"><failure>expected <foo bar> got <baz></failure></testcase>', "n"),
    ("an end tag too many", '<testcase name="n"/></what>', "n"),
]


@pytest.mark.parametrize(("sentence", "middle", "name"), REPAIRED, ids=[row[0] for row in REPAIRED])
def test_one_broken_place_does_not_cost_the_rest(sentence: str, middle: str, name: str) -> None:
    read = report(f'<testsuite><testcase name="before"/>{middle}<testcase name="after"/></testsuite>')
    assert [case.name for case in read.run.cases] == ["before", name, "after"], sentence
    assert read.source.complete
    assert any("repaired" in note for note in read.source.notes)


def test_cut_off_anywhere_the_complete_cases_are_kept_and_it_is_said() -> None:
    raw = WHOLE.encode()
    begin = raw.index(b"<testsuites>") + len(b"<testsuites>")
    for end in range(begin, raw.index(b"</testsuites>"), 7):
        read = report(raw[:end])
        assert read.source.kept == raw[:end].count(b"</testcase>"), end
        assert not read.source.complete
        assert any(note.startswith("line 1, column") for note in read.source.notes)


def test_several_documents_in_one_file_are_all_read() -> None:
    read = report(WHOLE + "\n" + WHOLE.replace('name="n', 'name="m'))
    assert read.counts == (6, 6, 0, 0)


def test_a_huge_output_is_kept_by_its_head_and_tail() -> None:
    out = "begin " + "x" * 3_000_000 + " end"
    case = report(
        f'<testsuite><testcase name="n"><failure/><system-out>{out}</system-out></testcase></testsuite>'
    ).case("n")
    assert len(case.output) < 101_000
    assert case.output.startswith("begin")
    assert case.output.endswith(" end")
    assert "2900010 characters left out" in case.output


def test_of_a_huge_report_the_failures_are_kept_and_the_passes_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rca.ingest.testfold.HELD", 10)
    passes = "".join(f'<testcase classname="c" name="p{i}"/>' for i in range(50))
    late = '<testcase classname="c" name="late"><error message="m"/></testcase><testcase classname="c" name="late"/>'
    read = report(f"<testsuite>{passes}{late}{passes}</testsuite>")
    assert read.counts == (101, 0, 0, 0)
    assert [attempt.outcome for attempt in read.case("late").attempts] == ["error", "passed"]
    assert read.run.more == {"passed": 90}
    assert (read.source.read, read.source.kept, read.source.duplicates) == (102, 101, 1)
    assert testdraft.HELD > 10


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE.encode())), st.binary(max_size=12), st.integers(0, 40))
def test_any_damage_is_survived(at: int, junk: bytes, gone: int) -> None:
    raw = WHOLE.encode()
    try:
        read = report(raw[:at] + junk + raw[at + gone :])
    except (InputUnusableError, AssertionError) as error:
        assert isinstance(error, InputUnusableError) or "not recognised" in str(error)  # noqa: PT017 - either is an answer
    else:
        assert read.source.read == read.source.kept + read.source.duplicates + read.source.skipped

"""The manifest of broken and hostile inputs: what each file holds, and what must come of it."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

USABLE, REFUSED, EITHER = (0,), (2,), (0, 2)
N = 10  # good records around every broken one


@dataclass(frozen=True, slots=True)
class Case:
    """One input: `content` of a file called `name`; statuses allowed; records that must be kept at least."""

    id: str
    content: bytes
    status: tuple[int, ...] = USABLE
    kept: int = 0
    name: str = "input"
    option: str = ""
    more: dict[str, bytes] = field(default_factory=dict)


def entry(number: int, text: object = "worker failed", **more: object) -> bytes:
    row = {
        "insertId": f"a{number}",
        "timestamp": f"2025-09-09T19:09:{number % 60:02}.5Z",
        "severity": "ERROR",
        "textPayload": f"{text} {number}",
        "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
        "resource": {
            "type": "cloud_run_revision",
            "labels": {"service_name": "shop", "revision_name": "shop-00001-abc"},
        },
        **more,
    }
    return json.dumps(row).encode()


GOOD = [entry(number) for number in range(N)]
NDJSON = b"\n".join(GOOD) + b"\n"
ARRAY = b"[" + b",\n".join(GOOD) + b"]"
XML = ('<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="s" tests="10">' + "".join(
    f'<testcase classname="c" name="n{n}" time="1"><failure message="m &lt; {n}">größer {n}</failure></testcase>' for n in range(N)
) + "</testsuite></testsuites>\n").encode()  # fmt: skip
LINES = b"".join(f"2025-09-09T19:09:{n:02}Z ERROR shop worker {n} failed\n".encode() for n in range(N))
PYTEST = (
    "=" * 20 + " test session starts " + "=" * 20 + "\nplatform linux -- Python 3.11.9, pytest-9.0.0\ncollected 10 items\n\n"
    + "".join(f"tests/test_a.py::test_{n} {'FAILED' if n % 2 else 'PASSED'} [ {n * 10}%]\n" for n in range(N))
    + "=" * 20 + " 5 failed, 5 passed in 1.00s " + "=" * 20 + "\n"
).encode()  # fmt: skip
CHANGES = json.dumps(
    [{"kind": "deploy", "at": f"2025-09-09T19:0{n}:00Z", "service": "shop", "id": f"d{n}"} for n in range(5)]
).encode()

BAD_LINES: tuple[bytes, ...] = (
    b"{", b"}", b"[", b"]", b"[]", b"[1,2]", b"null", b"true", b"1", b"-", b"1e400", b'"text"', b"{'a':1}", b'{"a":}', b'{"a" 1}', b'{"a":1,}', b'{"a":1}}',
    b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}', b'{"a":0x1F}', b'{"a":1}garbage', b'{"a":"\\x41"}',
    b'{"a":"\\u12"}', b'{"a":"\\ud800"}', b'{"a":"\\udc00\\ud800"}', b'{"a":"\x01"}', b'{"a":"tab\tinside"}', b'{"a":"\xff\xfe"}', b"\xff\xfe\x00", b'{"\xc3\x28":1}',
    b'{"a":"\xed\xa0\x80"}', b'{"a":"\xf4\x90\x80\x80"}', b'{"a":' + b"9" * 400 + b"}", b'{"a":' + b"[" * 5000 + b"}", b'{"a":' * 3000 + b"1", b'{"a":"unclosed', b"\x00\x00\x00\x00",
    b'{"timestamp":', b'{"insertId":"z","timestamp":"2025-', b'{"textPayload":"\\', b"<html><body>502 Bad Gateway</body></html>", b"Killed", b"ERROR: (gcloud.logging.read) PERMISSION_DENIED",
    b"\xe2\x80\xa8", b"/* comment */", b"// comment", b"{a:1}", b'{"a":1;"b":2}', b'{"a":"b"', b'{"a":"b",', b'{"a":"b","c', b'{"a":truth}', b'{"a":nul}', b"\x1b[31m{\x1b[0m", b"\xef\xbb\xbf{",
)  # fmt: skip

ODD_FIELDS: tuple[dict[str, object], ...] = (
    {"timestamp": 5}, {"timestamp": "yesterday"}, {"timestamp": ""}, {"timestamp": None}, {"timestamp": "0000-00-00T00:00:00Z"}, {"timestamp": "9999-12-31T23:59:59Z"}, {"timestamp": "10000-01-01T00:00:00Z"},
    {"timestamp": "2016-12-31T23:59:60Z"}, {"timestamp": "2025-02-30T00:00:00Z"}, {"timestamp": "2025-09-09T25:61:61Z"}, {"timestamp": "2025-09-09T19:09:34.123456789123Z"}, {"timestamp": "-1"}, {"timestamp": 1757444974}, {"timestamp": 1e300},
    {"timestamp": ["2025"]}, {"timestamp": {"seconds": 1757444974, "nanos": 5}}, {"timestamp": {"seconds": "x"}}, {"timestamp": "2025-09-09 19:09:34"}, {"timestamp": "2025-09-09T19:09:34+99:99"}, {"timestamp": "1970-01-01T00:00:00Z"},
    {"severity": 5}, {"severity": "LOUD"}, {"severity": None}, {"severity": []}, {"severity": "x" * 100_000}, {"severity": 10**30}, {"insertId": 5}, {"insertId": None}, {"insertId": ""}, {"insertId": ["a"]}, {"insertId": "x" * 1_000_000},
    {"textPayload": 5}, {"textPayload": None}, {"textPayload": ["a"]}, {"textPayload": {"a": 1}}, {"textPayload": "\x00\x1b[2J"}, {"textPayload": ""}, {"textPayload": "x" * 3_000_000}, {"textPayload": "\ud800"}, {"textPayload": "a\u2028b\u202e"},
    {"jsonPayload": 5}, {"jsonPayload": []}, {"jsonPayload": "text"}, {"jsonPayload": {"message": 5}}, {"jsonPayload": {"message": {"a": [1]}}}, {"jsonPayload": {"": ""}}, {"jsonPayload": {"message": None, "stack": 7}},
    {"protoPayload": 5}, {"protoPayload": {"@type": 7}}, {"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog"}}, {"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": 5, "request": "x", "status": []}},
    {"resource": 5}, {"resource": None}, {"resource": []}, {"resource": {"labels": 5}}, {"resource": {"labels": {"service_name": 5}}}, {"resource": {"labels": {"service_name": None, "revision_name": ["x"]}}}, {"resource": {"type": {"a": 1}}},
    {"labels": 5}, {"labels": []}, {"labels": {"commit-sha": 5}}, {"labels": {"": ""}}, {"httpRequest": 5}, {"httpRequest": []}, {"httpRequest": {"status": "x"}}, {"httpRequest": {"status": 99999999}}, {"httpRequest": {"status": 500, "requestUrl": 5}},
    {"httpRequest": {"status": 500, "requestUrl": "::::", "latency": "NaN"}}, {"httpRequest": {"status": -1, "latency": {"seconds": "x"}}}, {"trace": 5}, {"trace": {}}, {"logName": 5}, {"logName": ""}, {"logName": "%"}, {"logName": "projects/%zz/logs/%00"},
    {"labels": {f"k{n}": "v" for n in range(5000)}}, {"sourceLocation": 5}, {"operation": []}, {"spanId": 10**400}, {"split": {"uid": 5}},
)  # fmt: skip

BAD_RULES: tuple[bytes, ...] = (
    b"id = ", b"id = 5", b"", b"[match]\n", b"id='x'\n[match]\nmessage='('\n", b"id='x'\n[match]\nmessage='(?=a)'\n", b"id='x'\n[match]\nmessage='(a)\\1'\n", b"\xff\xfe", b"id='x'\nid='y'\n",
    b"a = " + b"[" * 5000, b"id='x'\nunknown=1\n", b"x" * (2 << 20), b"id='x'\ntitle='{nothing}'\n[match]\nmessage='m'\n", b"id='../../x'\ntitle='t'\n[match]\nmessage='m'\n", b'id="\x1b[31m"\n',
)  # fmt: skip
BAD_CHANGES: tuple[bytes, ...] = (
    b"", b"{", b"[", b"5", b"null", b'"x"', b"[5]", b'[{"kind":5}]', b'[{"kind":"deploy"}]', b'[{"kind":"deploy","at":"never"}]', b'[{"at":"2025-09-09T19:00:00Z"}]', b'[{"kind":"deploy","at":"2025-09-09T19:00:00Z","files":5}]',
    b"\xff\xfe", b"[" * 100_000, b'[{"kind":"deploy","at":1e999}]', b'{"kind":"deploy","at":"2025-09-09T19:00:00Z"}\n{"kind":',
)  # fmt: skip
BAD_TOPOLOGIES: tuple[bytes, ...] = (
    b"", b"{", b"[]", b"5", b'{"a":5}', b'{"a":[5]}', b'{"a":"b"}', b'{"a":["a"]}', b'{"":[""]}', b"\xff", b'{"a":' * 5000, b'{"a":["b"],"a":["c"]}'
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them; ids are unique."""
    yield from _entries()
    yield from _arrays()
    yield from _tests()
    yield from _texts()
    yield from _packed()
    yield from _others()


def _entries() -> Iterator[Case]:
    for number, bad in enumerate(BAD_LINES):
        raw = b"\n".join([*GOOD[:5], bad, *GOOD[5:]]) + b"\n"
        yield Case(f"ndjson-line-{number}", raw, kept=N)
    for number, odd in enumerate(ODD_FIELDS):
        yield Case(f"ndjson-field-{number}", b"\n".join([*GOOD[:5], entry(99, **odd), *GOOD[5:]]) + b"\n", kept=N)
    for number, cut in enumerate(range(60, len(NDJSON), 397)):
        yield Case(f"ndjson-cut-{number}", NDJSON[:cut], kept=NDJSON[:cut].count(b"\n"))
    for name, raw in _encoded(NDJSON):
        yield Case(f"ndjson-{name}", raw, kept=N)
    yield Case("ndjson-all-garbage", b"{broken\n" * 50, EITHER)
    yield Case("ndjson-duplicates", NDJSON * 3, kept=N)
    yield Case("ndjson-blank-lines", NDJSON.replace(b"\n", b"\n\n \n"), kept=N)
    yield Case(
        "ndjson-100-mb-line", NDJSON + b'{"textPayload":"' + b"x" * (100 << 20) + b'"}\n' + entry(77) + b"\n", kept=N
    )
    yield Case(
        "ndjson-many-keys", NDJSON + b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(100_000)) + b"}\n", kept=N
    )


def _encoded(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "utf8-mark", b"\xef\xbb\xbf" + raw
    yield "crlf", raw.replace(b"\n", b"\r\n")
    yield "no-last-newline", raw.rstrip(b"\n")
    yield "nul-lines", raw.replace(b"\n", b"\n\x00\x00\n", 1)


def _arrays() -> Iterator[Case]:
    for number, cut in enumerate(range(400, len(ARRAY), 401)):
        yield Case(f"array-cut-{number}", ARRAY[:cut], kept=max(0, ARRAY[:cut].count(b'"insertId"') - 1))
    for name, middle in (
        ("null", b"null"),
        ("number", b"5"),
        ("text", b'"x"'),
        ("array", b"[1]"),
        ("empty", b"{}"),
        ("broken", b'{"a":}'),
        ("deep", b"[" * 500 + b"]" * 500),
    ):
        yield Case(f"array-{name}", b"[" + b",".join([*GOOD[:5], middle, *GOOD[5:]]) + b"]", kept=N)
    yield Case("array-pretty", json.dumps([json.loads(row) for row in GOOD], indent=2).encode(), kept=N)
    yield Case("array-twice", ARRAY + b"\n" + ARRAY.replace(b'"a', b'"b'), kept=N)
    yield Case("array-nothing", b"[]", EITHER)
    yield Case("array-trailing", ARRAY + b"garbage", kept=N)
    yield Case("array-trailing-comma", ARRAY[:-1] + b",]", kept=N)
    yield Case("array-deep-open", b"[" * 100_000, EITHER)
    yield Case("object-deep", b'{"a":' * 100_000, EITHER)
    yield Case("array-mark", b"\xef\xbb\xbf" + ARRAY, kept=N)


def _tests() -> Iterator[Case]:
    for number, cut in enumerate(range(120, len(XML), 37)):
        yield Case(f"junit-cut-{number}", XML[:cut], kept=XML[:cut].count(b"</testcase>"))
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10 if n else b"&a;") for n in range(12))
        + b"]>"
    )
    for name, raw, status in (
        ("entity-bomb", bomb + b"<testsuite name='s'><testcase name='&b11;'/></testsuite>", REFUSED),
        ("external-entity", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite name="s"><testcase name="&e;"/></testsuite>', REFUSED),
        ("parameter-entity", b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/x"> %e;]><testsuite name="s"/>', REFUSED),
        ("nested", b"<testsuites>" + b"<testsuite>" * 20_000, REFUSED),
        ("other-root", b'<?xml version="1.0"?><project/>', EITHER),
        ("only-root", b"<testsuite/>", USABLE), ("empty", b"", EITHER),
        ("attributes", b"<testsuite name='s'><testcase " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b" name='x'/></testsuite>", EITHER),
        ("huge-attribute", b"<testsuite name='s'><testcase name='" + b"x" * (20 << 20) + b"'/></testsuite>", EITHER),
        ("huge-text", b"<testsuite name='s'><testcase name='x'><failure>" + b"y" * (50 << 20) + b"</failure></testcase></testsuite>", USABLE),
        ("absurd-counts", XML.replace(b'tests="10"', b'tests="-5" failures="NaN" time="1e999"'), USABLE),
        ("absurd-times", XML.replace(b'time="1"', b'time="NaN"'), USABLE), ("comma-times", XML.replace(b'time="1"', b'time="1.234,5"'), USABLE),
        ("negative-times", XML.replace(b'time="1"', b'time="-99999999999999999999"'), USABLE), ("absurd-stamp", XML.replace(b"<testsuite ", b'<testsuite timestamp="0000-99-99T99:99:99" '), USABLE),
        ("same-names", XML.replace(b"n1", b"n0").replace(b"n2", b"n0"), USABLE), ("no-class", XML.replace(b'classname="c" ', b""), USABLE), ("cdata", XML.replace("größer".encode(), b"<![CDATA[ ]]]]><![CDATA[> ]]>"), USABLE),
        ("control", XML.replace("größer".encode(), b"\x08\x1b[31m&#27;&#x0;"), USABLE), ("twice", XML + XML, USABLE), ("trailing", XML + b"garbage", USABLE), ("processing", XML.replace(b"<testsuites>", b"<?x y?><testsuites>"), USABLE),
    ):  # fmt: skip
        yield Case(f"junit-{name}", raw, status)
    for name, raw in (
        ("utf16", XML.decode().replace("utf-8", "utf-16").encode("utf-16")),
        ("latin1", XML.decode().replace("utf-8", "iso-8859-1").encode("latin-1")),
        ("unknown", XML.replace(b"utf-8", b"x-none")),
        ("invalid", XML.replace("ö".encode(), b"\xf6")),
        *_encoded(XML),
    ):
        yield Case(f"junit-{name}", raw, kept=0 if name == "nul-lines" else N)


def _texts() -> Iterator[Case]:
    for number, cut in enumerate(range(150, len(PYTEST), 61)):
        yield Case(f"pytest-cut-{number}", PYTEST[:cut])
    for name, raw in (
        *_encoded(PYTEST),
        ("coloured", PYTEST.replace(b"FAILED", b"\x1b[31mFAILED\x1b[0m")),
        ("prefixed", b"".join(b"2025-09-09T19:09:34.1Z " + line + b"\n" for line in PYTEST.splitlines())),
        ("progress", PYTEST.replace(b"\n", b"\r\n\r")),
    ):
        yield Case(f"pytest-{name}", raw)
    for name, raw in (
        *_encoded(LINES),
        ("latin1", LINES.replace(b"worker", b"w\xf6rker")),
        ("endless-line", LINES + b"x" * (50 << 20)),
        ("controls", LINES.replace(b"worker", bytes(range(1, 9)))),
        ("bidi", LINES.replace(b"worker", "\u202e\u200b".encode())),
    ):
        yield Case(f"lines-{name}", raw, EITHER)
    yield Case("binary", bytes(range(256)) * 64, REFUSED)
    yield Case("one-byte", b"x", EITHER)
    yield Case("only-newlines", b"\n" * 100_000, EITHER)
    yield Case("only-spaces", b" " * 100_000, EITHER)
    yield Case("only-nul", b"\x00" * 100_000, EITHER)


def _packed() -> Iterator[Case]:
    packed = gzip.compress(NDJSON, mtime=0)
    yield Case("gzip", packed, kept=N)
    yield Case("gzip-members", packed + gzip.compress(NDJSON.replace(b'"a', b'"b'), mtime=0), kept=2 * N)
    yield Case("gzip-crc", packed[:-8] + b"\x00\x00\x00\x00" + packed[-4:], kept=N)
    yield Case("gzip-trailing", packed + b"garbage", kept=N)
    yield Case("gzip-in-gzip", gzip.compress(packed, mtime=0), EITHER)
    for number, cut in enumerate(range(12, len(packed) - 1, 23)):
        yield Case(f"gzip-cut-{number}", packed[:cut], EITHER)
    yield Case("gzip-header-only", packed[:10], EITHER)
    yield Case("gzip-wrong-name", packed, kept=N, name="x.txt")
    yield Case(
        "gzip-bomb", gzip.compress(NDJSON + b'{"textPayload":"' + b"A" * (400 << 20) + b'"}\n', 9, mtime=0), EITHER
    )
    yield Case("gzip-newlines", gzip.compress(NDJSON + b"\n" * (400 << 20), 9, mtime=0), EITHER)
    for name, members in (
        ("zip", {"a.jsonl": NDJSON}),
        ("zip-outside", {"../../../tmp/evil": NDJSON}),
        ("zip-absolute", {"/etc/evil": NDJSON}),
        ("zip-bomb", {"a": b"\x00" * (200 << 20)}),
        ("zip-empty", {}),
    ):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        yield Case(name, buffer.getvalue(), EITHER)


def _others() -> Iterator[Case]:
    good = {"logs": NDJSON}
    for number, raw in enumerate(BAD_RULES):
        yield Case(f"rule-{number}", raw, REFUSED, name="rules/x.toml", option="--rules", more=good)
    for number, raw in enumerate(BAD_CHANGES):
        yield Case(f"changes-{number}", raw, EITHER, name="changes.json", option="--changes", more=good)
    for number, raw in enumerate(BAD_TOPOLOGIES):
        yield Case(f"topology-{number}", raw, EITHER, name="topology.json", option="--topology", more=good)
    report = json.dumps(
        {
            "schema": "rca.report/1",
            "tool": {"version": "0", "rules": "", "command": ""},
            "window": {},
            "verdict": {"status": "x", "summary": ""},
        }
    ).encode()
    for number, raw in enumerate(
        (
            report,
            report.replace(b"report/1", b"report/9"),
            report[:60],
            b'{"schema":"rca.report/1"}',
            b'{"schema":"rca.report/1","issues":5}',
        )
    ):
        yield Case(f"report-{number}", raw, EITHER)
    for number, raw in enumerate(
        (
            b"PAR1",
            b"PAR1" * 100,
            b"PAR1" + b"\xff" * 500 + b"PAR1",
            b"# v2 git bundle\n",
            b"# v2 git bundle\n\x00",
            b"SQLite format 3\x00" * 9,
        )
    ):
        yield Case(f"container-{number}", raw, REFUSED)
    for number, raw in enumerate(
        (
            b"TAP version 13\n1..10\nnot ok",
            b"1..999999999999999999999\n",
            b'{"Action":"fail"}\n{"Action":5}\n',
            b'{"results":{"tests":[5]}}',
            b'{"numTotalTests":"x","testResults":[]}',
            b'{"resourceLogs":[5]}',
            b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"x","body":5}]}]}]}',
            b'"timestamp","textPayload"\n"x',
            b'timestamp,severity,textPayload\n,,\n2025,"unclosed',
        )
    ):
        yield Case(f"format-{number}", raw, EITHER)

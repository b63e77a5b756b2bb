"""Framing: the lines with which `go test` announces and closes a test, in its own output or in a JUnit report made of it."""

import re

_FRAMING = re.compile(r"^\s{0,40}(?:=== (?:RUN|PAUSE|CONT|NAME)\b|--- (?:PASS|FAIL|SKIP|BENCH): )")


def unframed(text: str) -> str:
    """What a test printed, without the runner's own lines: those name the test, so one failure of two tests would be two."""
    return "\n".join(line for line in text.splitlines() if line.strip() and not _FRAMING.match(line))

"""How printed exceptions look, line by line: what opens one, what continues it, what closes it. Lines are seen capped."""

import re
from typing import Final

SEEN = 2000  # characters of a line a pattern sees: no grammar needs more, and no line can be made to cost more

_PREFIX = re.compile(
    r'Step #\d{1,4}(?: - "[^"\n]{0,80}")?: |#\d{1,4} \d{1,6}\.\d{1,6} |\[pod/[^\]\s]{1,200}\] |[\w.-]{1,60} {1,20}\| '
)
"""What build steps, BuildKit, kubectl and compose put before every line."""

PREFIXED: Final = r"^(?:Step #\d|#\d+ \d|\[pod/)"

PYTHON = re.compile(
    r"^[ |+]{0,40}(?:Exception Group )?Traceback \(most recent call last\):|Traceback \(most recent call last\):\s*$"
)
PY_FILE = re.compile(r'^\s+File "[^"\n]{0,1000}", line \d+')
PY_GROUP = re.compile(r"^\s+[|+][ -]|^\s+\+-{8,}|^\s+\|\s*$")
PY_CLOSE = re.compile(r"^(?:\w+\.){0,20}[A-Za-z_]\w{0,120}(?:\.<locals>\.\w{1,100})?(?::(?: |$)|$)")
"""`Type: message` or a bare `Type`, not indented: the line that ends a Python traceback."""
PY_CHAIN = re.compile(
    r"^\s{0,20}\|?\s?(?:The above exception was the direct cause of the following exception:"
    r"|During handling of the above exception, another exception occurred:)"
)
PY_SYNTAX = re.compile(r"^(?:SyntaxError|IndentationError|TabError)\b")

STACK_AT = re.compile(r"^\s+at \S|^\s*\.\.\. \d+ (?:more|common frames)|^\s+--- End of |^--- End of ")
"""Java, Node, .NET."""
AT_MORE = re.compile(r"^\s*Caused by: |^\s*Suppressed: |^\s*---> |^Node\.js v\d|^\s*\[cause\]: |^\s*[\]}]\s*$")
AT_HEAD = re.compile(
    r"^(?:Exception in thread |Unhandled exception|Uncaught |\[?(?:[\w$]+[./])*[\w$]*(?:Exception|Error|Throwable|Fault)\b)"
    r"|\b(?:[\w$]+\.)*[\w$]*(?:Exception|Error|Throwable)(?:: |$| \[)"
)
NODE_SITE = re.compile(r"^(?:/|file://|[A-Za-z]:\\|node:)\S{0,500}:\d+$")

CONTEXT = re.compile(r"^(?:future|task|handle|protocol|transport|client_session|connections?): ")
"""asyncio prints these between its message and the traceback."""

GO = re.compile(r"^(?:panic: |fatal error: )|(?:^|\d )http: panic serving ")
GO_MORE = re.compile(
    r"^goroutine \d+ \[|^\s+\S|^\[signal |^created by |^[\w./*()\-{}\[\]·…]{1,400}\([^()]{0,300}\)$|^exit status \d+$|^panic: |^\.\.\.additional frames|^r(?:[a-z]{2}|\d{1,2})\s+0x"
)

RUST = re.compile(r"^thread '[^'\n]{0,200}'(?: \(\d+\))? panicked at ")
RUST_MORE = re.compile(r"^note: |^stack backtrace:|^\s+\d+: |^\s+at |^\s+(?:left|right): ")

RUBY = re.compile(
    r"^(?:\[[^\]\n]{0,60}\] )?\S{1,500}:\d+:in [`'][^'\n]{0,300}'?: .{0,1500}\([A-Z]\w*(?:::\w+)*\)\s*$"
    r"|(?:^|[\s\]])[A-Z]\w{0,100}(?:::[A-Z]\w{0,100}){0,6} \([^\n]{0,1500}\):\s*$"
)
"""A script's own print, and the form Rails logs: `Class (message):` above the frames."""
_TAGS = r"(?:\[[^\]\n]{0,80}\] ){0,4}"
RUBY_MORE = re.compile(
    rf"^\s+(?:from |\d+: from )|^{_TAGS}\S{{1,500}}\.(?:rb|erb|rake|ru):\d+:in [`']|^\s+\S{{1,500}}:\d+:in [`']"
    r"|^(?:\[[^\]\n]{0,80}\] ?){1,4}\s*$"
)

PHP = re.compile(r"^(?:PHP )?Fatal error: {1,2}Uncaught ")
PHP_MORE = re.compile(r"^Stack trace:|^#\d+ |^\s+thrown in ")

INTEREST = (
    r'Traceback \(most recent call last\):|^\s+File "|[:|\]] +File "|^\s+at \S|[:|\]] +at \S|^Caused by: |^(?:panic|fatal error): '
    r"|panicked at |:in [`']|Uncaught |^PHP Fatal|^goroutine \d|^\s+\S+\.go:\d+|^\s+from |http: panic serving "
    r"|\):\s*$|^(?:The above exception was the direct|During handling of the above)"
)
"""Rust syntax: lines worth a look; keys without one are not touched. A superset of what opens an occurrence."""

_RECORD = re.compile(
    r"^\[?\d{4}[-/]\d\d[-/]\d\d|^\d\d:\d\d:\d\d|^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3} "
    r"|^\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE|E|W|I)\b\]?[:\s|\]]|^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|^[EWIF]\d{4} |^\{"
)
_ALARM = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL|SEVERE|WARNING|WARN)\b|[Ee]xception|[Ee]rror\b|[Ff]ailed|[Ff]ailure|[Uu]nhandled|[Uu]ncaught|[Cc]rash|❌|💥"
)
_CALM = re.compile(r"^\W{0,3}(?:INFO|DEBUG|TRACE|NOTICE)\b|\[(?:INFO|DEBUG|TRACE)\]| (?:INFO|DEBUG|TRACE) ")
_DETAIL = re.compile(
    r"^\[(?:SQL|parameters|cached|raw)\b|^\(Background on|^(?:DETAIL|HINT|CONTEXT|LINE \d+|QUERY|STATEMENT): |^\s*\^\s*$|^Did you mean"
)


def bare(line: str) -> str:
    """The line without a shipper's prefix, capped."""
    found = _PREFIX.match(line)
    return line[found.end() if found else 0 :][:SEEN].rstrip("\r\n")


def is_record(line: str) -> bool:
    """Begins like a log record of its own: a time, an address, a level."""
    return bool(_RECORD.match(line))


def is_alarm(line: str) -> bool:
    """Could be what a logger says just before it prints a traceback."""
    return bool(_ALARM.search(line)) and not _CALM.search(line)


def is_detail(line: str) -> bool:
    """What database drivers add beneath the exception line."""
    return bool(_DETAIL.match(line))


def is_indented(line: str) -> bool:
    """Leading white space before something."""
    return line[:1] in {" ", "\t"} and bool(line.strip())

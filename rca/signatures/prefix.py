"""Prefixes that a logger puts before a message: time, level, logger, process and thread."""

import re

_LEVEL = r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|FATAL|SEVERE|ALERT|EMERGENCY|[Tt]race|[Dd]ebug|[Ii]nfo|[Nn]otice|[Ww]arn(?:ing)?|[Ee]rror|[Ff]atal|[Cc]ritical)"
_SYSLOG = re.compile(
    r"^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(?:[\w.\-]{1,64} )?[\w\-./]{1,40}(?:\([\w\-]{1,40}\))?\[\d{1,7}\]: "
)
_TIME = r"\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{1,9}|\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC))?\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?"
_STEPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_TIME})[ ,|:\-]{{1,4}}",
        rf"(?:\[{_LEVEL}\]|{_LEVEL}(?= ?[:|\]\-]| {{2,}}| \[| \d))\]?[ :|\-]{{1,8}}",
        rf"{_LEVEL} (?=[\w.]+(?:: | - | -- ))",
        r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE) {1,8}(?=\S)",
        r"\[(?:pid[: ]?)?[\d#]{1,10}\][ :|\-]{0,4}",
        r"\d{1,7} {1,6}\d{1,7} {1,4}[VDIWEF] [^:\s]{1,80} {0,20}: ",
        r"(?:--- )?\[[^\[\]]{1,200}\] (?=[\w.]{3,120} {0,20}(?:: | - ))",
        r"(?!\w*(?:Error|Exception|Warning|Fault|Exit|Interrupt|Timeout|exception|error)\b)[a-zA-Z_][\w$]*(?:\.[\w$\[\]]+){1,10} {0,40}(?:: | - | \| )",
        r"[a-zA-Z_]\w{1,60} - ",
        r"[-|:] ",
    )
)
_PYTHON = re.compile(r"^(?:ERROR|WARNING|CRITICAL|INFO|DEBUG):(?P<logger>[\w.\-]+):")
_RUBY = re.compile(r"^[DIWEFA], \[[^\]\n]{10,40} #\d{1,9}\] {1,2}[A-Z]{3,7} -- [^:\n]{0,60}: ?")
_NAMES_EXCEPTION = re.compile(r"(?:Error|Exception|Warning|Fault|Exit|Interrupt|Timeout): ")
BEGINNINGS = 3  # steps with which a prefix may begin: a time, or a level
ROUNDS = 8  # a prefix has at most time, level, pid, thread, logger and separators


def strip_prefix(text: str) -> str:
    """The message without its logger's prefix; the text itself when nothing but a prefix would be left."""
    first = text.split("\n", 1)[0][:400]
    start = _PYTHON.match(first) or _SYSLOG.match(first) or _RUBY.match(first)
    position = start.end() if start else 0
    timed = bool(start)
    for _ in range(ROUNDS):
        for step in _STEPS if timed else _STEPS[:BEGINNINGS]:
            found = step.match(first, position)
            if found is None or _NAMES_EXCEPTION.search(found[0]):
                continue
            timed = True
            position = found.end()
            break
        else:
            break
    return text[position:].lstrip() or text

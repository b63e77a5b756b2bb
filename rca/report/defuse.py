"""The last escape of each format: what a CI host or GitHub would read as a command, a mention or an issue number.

A report may be printed to a job's log in any format, and hosts look for commands in all that is printed.
"""

import re
from html import escape

from rca import safe

_HOST = re.compile(r"##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)
_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_MENTION = re.compile(r"&#64;(?=[\w-])")
_NUMBER = re.compile(r"\\#(?=\d)")
_PAUSE = "&#8203;"  # GitHub looks for mentions in the rendered text, where an entity is a character; this one parts it


def in_json(text: str) -> str:
    """JSON with the same content in which no string holds a command; `##[` occurs only inside strings."""
    return _HOST.sub(r"\\u0023#", text)


def in_html(text: str) -> str:
    """HTML that shows the same and holds no command; neither form occurs in the markup of the templates."""
    return _START.sub(r"\1&#58;", _HOST.sub("&#35;#", text))


def markdown(text: str) -> str:
    """`text` for Markdown; on GitHub it mentions nobody and points to no issue."""
    return _NUMBER.sub(rf"\\#{_PAUSE}", _MENTION.sub(f"&#64;{_PAUSE}", safe.markdown(text)))


def in_element(text: str) -> str:
    """`text` inside an HTML element of a Markdown document: on one line, so that the element is not left."""
    shown = re.sub(r"@(?=[\w-])", f"&#64;{_PAUSE}", escape(" ".join(text.split())))
    return re.sub(r"(?<!&)#(?=\d)", f"#{_PAUSE}", shown)


def cell(text: str) -> str:
    """The same on one line."""
    return markdown(" ".join(text.split()))

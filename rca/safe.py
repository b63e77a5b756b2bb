"""The one way out for text: strip, redact, show, cut, then escape for the target.

Order (reliability notes): stripping first, because a token split by an escape sequence would re-join after redaction;
redaction before cutting, because half a token is not recognised; leftovers are shown, not trusted to a regex.
"""

import re
from typing import Any, TypeVar

from pydantic import BaseModel

from rca.redact import pair, redact

CUT = 20_000  # characters of one text in any output
_ANSI = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x9b[0-?]{0,64}[ -/]{0,16}[@-~]"  # 8-bit CSI
    r"|\x1b[ -/]{0,16}[0-~]"  # two-character sequences
    r"|\\(?:x1[bB]|u001[bB]|033)\[[0-9;?]{0,32}[A-Za-z]"  # CSI that was escaped: in JSON within JSON, in a repr
    r"|%1[bB]%5[bB](?:[0-9;?]|%3[bBfF]){0,32}[A-Za-z]|%E2%80%8[B-D]|%EF%BB%BF"  # the same, percent-encoded
    r"|\\u(?:200[b-dB-D]|206[0-4]|00[aA][dD]|[fF][eE][fF][fF])"  # an invisible character, escaped
)
_ESCAPED = ("\\x1", "\\u", "\\033", "%1", "%E2%80%8", "%EF%BB")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_TICKS = re.compile("`+")
_COMMAND = re.compile(r"(##)(\[|vso\[|teamcity\[)|^(\s*)(::)", re.MULTILINE | re.IGNORECASE)

Model = TypeVar("Model", bound=BaseModel)


def strip(text: str) -> str:
    """`text` without terminal sequences and invisible characters; CR LF becomes LF."""
    plain = text.isascii() and "\x1b" not in text and "\r" not in text
    if plain and not any(word in text for word in _ESCAPED):
        return text
    return _INVISIBLE.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))


def show(text: str) -> str:
    """`text` with every remaining control, bidi or surrogate character as `<U+XXXX>`."""
    return _CONTROL.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def cut(text: str, limit: int = CUT) -> str:
    """Head and tail of a long text, with the number of characters left out between them."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    return f"{text[:head]}… [{len(text) - limit} characters left out] …{text[-tail:]}"


def clean(text: str, limit: int = CUT) -> str:
    """Strip, redact, show and cut: what any text must pass before it is escaped for its target."""
    return cut(show(redact(strip(text))), limit)


def clean_model(model: Model) -> Model:
    """`model` with every string in it cleaned, dictionary keys included."""
    return type(model).model_validate(clean_tree(model.model_dump(by_alias=True)))


def clean_tree(value: Any) -> Any:
    """`value`, as JSON has them, with every string in it cleaned, keys included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean_tree(key): _under(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(clean_tree(item) for item in value)
    return value


def _under(key: Any, value: Any) -> Any:
    """A value of a dictionary, which its key may name a secret."""
    if not (isinstance(value, str) and isinstance(key, str)):
        return clean_tree(value)
    return cut(show(pair(strip(key), strip(value))))


def command(text: str) -> str:
    """`text` in which no line is a workflow command of a CI host (`::cmd::`, `##[cmd]`, `##vso[`, `##teamcity[`).

    A visible space breaks the command; an invisible character would only move the trap.
    """
    return _COMMAND.sub(lambda match: f"# #{match[2]}" if match[1] else f"{match[3]}: :", text)


def line(text: str, limit: int = 300) -> str:
    """One line: cleaned, white space folded, cut."""
    return cut(" ".join(clean(text).split()), limit)


def fence(text: str, language: str = "") -> str:
    """A Markdown code block whose fence is longer than any run of back-ticks inside."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


_MARKDOWN = {character: f"\\{character}" for character in "\\`*_{}[]#!|~>"} | {"<": "&lt;", "&": "&amp;"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]#!|~<>&@]|:(?=//)|(?<=\bwww)\.")
_LEADING = re.compile(r"(?m)^(\s*)([-+=]|\d{1,9}[.)])(?=\s|$|=|-)")


def markdown(text: str) -> str:
    """`text` so that GitHub-flavoured Markdown shows it and makes nothing of it: no element, link, mention or heading."""
    shown = _SPECIAL.sub(lambda match: _MARKDOWN.get(match[0], f"&#{ord(match[0])};"), text)
    return _LEADING.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", shown)


def cell(text: str) -> str:
    """`text` for one cell of a Markdown table or one item of a list: on one line."""
    return markdown(" ".join(text.split()))


def code(text: str) -> str:
    """`text` as inline code on one line; the ticks are longer than any run inside, `|` stays harmless in tables."""
    inside = " ".join(text.split()).replace("|", "¦")
    longest = max((len(run) for run in _TICKS.findall(inside)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if inside.startswith("`") or inside.endswith("`") or not inside else ""
    return f"{ticks}{pad}{inside}{pad}{ticks}"


def mermaid(text: str, limit: int = 60) -> str:
    """`text` as a quoted Mermaid label: no quotes, brackets, back-ticks or line breaks inside."""
    short = cut_short(" ".join(text.split()), limit)
    return '"' + re.sub(r"[^\w .,:;/+=*%-]", lambda match: f"#{ord(match[0])};", short) + '"'


def cut_short(text: str, limit: int) -> str:
    """`text` on at most `limit` characters, an ellipsis where it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"

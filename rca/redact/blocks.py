"""Blocks: keys and secrets that are spread over several lines, or over several log entries."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rca.redact.encoded import GROUP
from rca.redact.shape import MARK, mark
from rca.redact.values import is_base64

BEGIN, END = "PRIVATE KEY", "-----END"
KEY_LINES = 200  # of one key; RSA 16384 in PEM has 193
IDLE = 8  # lines without a piece of a key after which it counts as over: the end was lost
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_WHOLE = re.compile(
    r"(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\,:-]{0,24000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
)
_RUN = re.compile(r"(?<![A-Za-z0-9+/=\[:])[A-Za-z0-9+/]{8,20000}={0,2}(?![A-Za-z0-9+/=\]])")
_BODY = re.compile(
    r"(?:^|(?<=\s)|(?<=[\"'|>]))(?P<secret>(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76}))(?=$|\\[rn]|[\r\n\"'])",
    re.MULTILINE,
)
_TEXT = re.compile(rf"(?:{GROUP})+[A-Za-z0-9+/]{{0,3}}")
_LONG = re.compile(r"[A-Za-z0-9+/]{64}")
_K8S_JSON = re.compile(r"\\{0,3}\"(?:data|stringData)\\{0,3}\"\s{0,4}:\s{0,4}\{[^{}]{0,60000}\}")
_K8S_PAIR = re.compile(
    r"(?P<head>\\{0,3}\"[A-Za-z0-9._-]{1,100}\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\")(?P<value>[^\"\\]{4,20000})"
)
_K8S_LINE = re.compile(r"^(?P<head>\s{1,20}[A-Za-z0-9._-]{1,100}:\s{1,4}[\"']?)(?P<value>[^\s\"']{4,20000})", re.ASCII)
_DATA = re.compile(r"(?P<indent>\s{0,20})(?:data|stringData):\s*")
_K8S_BLOCK = re.compile(r"^(?P<head>\s{2,40})(?P<value>[A-Za-z0-9+/]{12,20000}={0,2})(?=\s*$)")
"""A line of a value that begins with `|` or `>`."""
_SECRET_KIND = re.compile(r"\\{0,3}[\"']?kind\\{0,3}[\"']?\s{0,4}:\s{0,4}\\{0,3}[\"']?[Ss]ecret\b")


@dataclass(slots=True)
class Lines:
    """Goes over lines, or over the texts of neighbouring log entries, and remembers whether a block is open."""

    left: int = 0  # lines that may still belong to the open key
    idle: int = 0
    data: int | None = None  # how far `data:` of a manifest is indented, while inside it

    def take(self, line: str) -> str:
        """`line` with its part of an open block replaced."""
        if self.left:
            line = self._inside(line)
        if (found := _BEGIN.search(line)) and not _END.search(line, found.end()):
            rest = line[found.end() :]
            self.left, self.idle = KEY_LINES, 0
            line = line[: found.end()] + _RUN.sub(_piece, rest)
        return self._manifest(line)

    def _inside(self, line: str) -> str:
        ended = _END.search(line)
        body, after = (line[: ended.start()], line[ended.start() :]) if ended else (line, "")
        masked = _RUN.sub(_piece, body)
        self.idle = 0 if masked != body else self.idle + 1
        self.left = 0 if ended or self.idle > IDLE else self.left - 1
        return masked + after

    def _manifest(self, line: str) -> str:
        found = self.pair(line)
        if found is None or MARK in found["value"] or not is_base64(found["value"]):
            return line
        return found["head"] + mark("k8s", found["value"]) + line[found.end() :]

    def pair(self, line: str) -> re.Match[str] | None:
        """The key and the value on `line` of a manifest, or the value alone, if it is inside `data:`."""
        if begun := _DATA.fullmatch(line.rstrip("\r\n")):
            self.data = len(begun["indent"])
            return None
        if self.data is None:
            return None
        if line.strip() and len(line) - len(line.lstrip()) <= self.data:
            self.data = None
            return None
        return _K8S_LINE.match(line) or _K8S_BLOCK.match(line)


def _piece(match: re.Match[str]) -> str:
    return mark("pem", match[0]) if _keylike(match[0]) else match[0]


def _keylike(run: str) -> bool:
    """Not a word, a number or a hex id of a log prefix: both cases, or padding, or a full line."""
    return run.endswith("=") or (run.lower() != run and run.upper() != run) or len(run) >= 64


def whole(text: str) -> str:
    """`text` with the blocks in it replaced: whole keys by one mark, keys with other text between line by line."""
    if BEGIN in text:
        text = _WHOLE.sub(lambda match: mark("pem", match["secret"]), text)
        if _BEGIN.search(text):
            separator = "\n" if "\n" in text else "\\n"
            state = Lines()
            text = separator.join(state.take(line) for line in text.split(separator))
    if "ecret" in text and _SECRET_KIND.search(text):
        text = "\n---".join(_manifest(part) if _SECRET_KIND.search(part) else part for part in text.split("\n---"))
    return _BODY.sub(_bare, text) if len(text) >= 64 and _LONG.search(text) else text


def _bare(match: re.Match[str]) -> str:
    """A line that is nothing but 64 characters of base64 is a line of a key whose beginning went elsewhere."""
    body = match["secret"]
    mixed = any(c.isdigit() for c in body) and any(c.isupper() for c in body) and any(c.islower() for c in body)
    return mark("pem", body) if mixed and not _TEXT.fullmatch(body) else match[0]


def _manifest(text: str) -> str:
    """Every value of `data` in a Kubernetes Secret, as JSON or as YAML."""

    def pairs(match: re.Match[str]) -> str:
        return _K8S_PAIR.sub(_value, match[0])

    text = _K8S_JSON.sub(pairs, text)
    state = Lines()
    out: list[str] = []
    for line in text.split("\n"):
        found = state.pair(line)
        out.append(found["head"] + _shown(found["value"]) + line[found.end() :] if found else line)
    return "\n".join(out)


def _value(match: re.Match[str]) -> str:
    return match["head"] + _shown(match["value"])


def _shown(value: str) -> str:
    return value if MARK in value else mark("k8s", value)


def over(texts: Iterable[str], also: Callable[[str], str]) -> Iterator[str]:
    """Texts of neighbouring entries with the keys that run over them replaced; `also` is applied to each."""
    state = Lines()
    for text in texts:
        yield also(state.take(text))

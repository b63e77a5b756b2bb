"""Records of an XML report as small trees, for the dialects in which a case is more than a few attributes."""

from collections.abc import Iterator
from pyexpat import XMLParserType

from rca.errors import InputUnusableError
from rca.ingest.clip import Clip, clip
from rca.ingest.junit_outcome import NAME_KEPT, TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.xmltext import plain
from rca.ingest.xmlwalk import DEEPEST

CHILDREN_KEPT = 2_000


class Node:
    """One element: local name, attributes, children, and its own text."""

    __slots__ = ("attrs", "children", "clip", "tag")

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Node] = []
        self.clip: Clip | None = None

    def get(self, *names: str) -> str:
        """The first attribute of those that is not empty, cleaned and cut to the length of a name."""
        return plain(clip(next((value for name in names if (value := self.attrs.get(name))), ""), NAME_KEPT))

    def text(self) -> str:
        """Its own text."""
        return plain(self.clip.text()) if self.clip is not None else ""

    def find(self, path: str) -> "Node | None":
        """The first descendant at a path of local names, "failure/message"."""
        node: Node | None = self
        for name in path.split("/"):
            node = next((child for child in node.children if child.tag == name), None) if node is not None else None
        return node

    def all(self, name: str) -> Iterator["Node"]:
        """Children of that name."""
        return (child for child in self.children if child.tag == name)

    def read(self, path: str) -> str:
        """Text at a path, or ""."""
        node = self.find(path)
        return node.text().strip() if node is not None else ""


class TreeDialect:
    """Builds a tree for each outermost element named in `records`; all others are containers."""

    parser: XMLParserType
    records: frozenset[str]

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ready: list[Draft] = []
        self._path: list[str] = []
        self.containers: list[Node] = []
        self.stack: list[Node] = []

    @property
    def path(self) -> list[str]:
        """Names of the open elements."""
        return self._path

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element opens."""
        self._path.append(tag)
        node = Node(tag.rpartition(":")[2], attrs)
        if len(self.containers) + len(self.stack) > DEEPEST:
            raise InputUnusableError(
                f"elements are nested deeper than {DEEPEST}",
                where=f"{self.reading.path}:{self.parser.CurrentLineNumber}",
                hint="no test runner writes such a report",
            )
        if self.stack or node.tag in self.records:
            node.clip = Clip(TEXT_KEPT)
            if self.stack and len(self.stack[-1].children) < CHILDREN_KEPT:
                self.stack[-1].children.append(node)
            self.stack.append(node)
            self.parser.CharacterDataHandler = node.clip.add
        else:
            self.containers.append(node)
            self.opened(node)

    def end(self, _tag: str) -> None:
        """An element closes."""
        self._path.pop()
        if self.stack:
            node = self.stack.pop()
            outer = self.stack[-1].clip if self.stack else None
            self.parser.CharacterDataHandler = outer.add if outer is not None else None
            if not self.stack:
                self.record(node)
        else:
            self.closed(self.containers.pop())

    def close(self, *, cut: bool) -> None:
        """The document is over."""
        if cut and self.stack:
            self.reading.skipped["test case cut off in the middle"] += 1

    def opened(self, node: Node) -> None:
        """A container opened; it is the last of `containers`."""

    def closed(self, node: Node) -> None:
        """A container closed and is no longer in `containers`."""

    def record(self, node: Node) -> None:
        """A record is complete."""
        raise NotImplementedError

    def outer(self, tag: str, *names: str) -> str:
        """The first such attribute that is not empty of the innermost open container of that name."""
        for node in reversed(self.containers):
            if node.tag == tag and (value := node.get(*names)):
                return value
        return ""


def number(text: str) -> int:
    """A count, 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0

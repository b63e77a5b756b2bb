"""The one XML driver: feeds expat with clean chunks, refuses DTDs, salvages what precedes a break, knows no dialect."""

from collections.abc import Callable, Iterator, Mapping
from pyexpat import ErrorString, ExpatError, ParserCreate, XMLParserType
from typing import BinaryIO, Protocol

from rca.errors import InputUnusableError
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.xmlrepair import continued
from rca.ingest.xmltext import chunks

DEEPEST = 5_000
LONGEST_TAG = 1 << 24
_JUNK_AFTER_ROOT = 9  # XML_ERROR_JUNK_AFTER_DOC_ELEMENT: concatenated documents, or trailing garbage
_TEXT_BUFFER = 1 << 16
MOST_REPAIRS = 1_000


class Dialect(Protocol):
    """What one family of reports does with elements.

    Finished cases go to `ready`; `parser` lets it switch text on; `path` holds the names of the open elements.
    """

    ready: list[Draft]
    parser: XMLParserType

    @property
    def path(self) -> list[str]:
        """Names of the open elements."""

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element opens."""

    def end(self, tag: str) -> None:
        """An element closes."""

    def close(self, *, cut: bool) -> None:
        """The document is over; `cut`: in the middle, so that an open case is to be counted as skipped."""


Dialects = Mapping[str, Callable[[Reading], Dialect]]


def read(data: BinaryIO, reading: Reading, dialects: Dialects) -> Iterator[Draft]:
    """The cases of one XML file, which may be several documents one after the other.

    Raises InputUnusableError for a DTD with an internal subset, an unknown root, an over-long tag and over-deep nesting.
    """
    document = _Document(reading, dialects)
    for chunk in chunks(data, reading):
        rest = chunk
        while rest and not document.broken:
            rest = document.feed(rest)
            if document.dialect is not None and document.dialect.ready:
                yield from document.dialect.ready
                document.dialect.ready = []
            if rest:
                document = _Document(reading, dialects, number=document.number + 1, lines=document.lines_read)
                reading.seen["documents after the first in one file"] += 1
        if document.broken:
            break
    yield from document.finish()


class _Document:
    """One XML document on its way through expat."""

    def __init__(self, reading: Reading, dialects: Dialects, *, number: int = 1, lines: int = 0) -> None:
        self.reading = reading
        self.dialects = dialects
        self.number = number
        self.fed = 0  # bytes given to this parser
        self.lines = lines  # lines before those that this parser counts
        self.repairs = 0
        self.previous = b""
        self.broken = False
        self.dialect: Dialect | None = None
        self.parser = self._parser()
        self.parser.StartElementHandler = self._root

    def _parser(self) -> XMLParserType:
        parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = _TEXT_BUFFER
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def feed(self, chunk: bytes) -> bytes:
        """Parse one chunk; what is left belongs to a further document."""
        while chunk:
            before = self.fed
            self.fed += len(chunk)
            try:
                self.parser.Parse(chunk)
            except ExpatError as error:
                at = self.parser.ErrorByteIndex - before
                if error.code == _JUNK_AFTER_ROOT and chunk.startswith(b"<", max(0, at)):
                    self.close(cut=False)
                    return chunk[max(0, at) :]
                repaired = self._repaired(error, chunk, at)
                if repaired is None:
                    self._break(error)
                    break
                chunk = repaired
            else:
                self.previous = chunk
                break
        if self.fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise InputUnusableError(
                f"a single tag or attribute is longer than {LONGEST_TAG >> 20} MiB",
                where=self.where(),
                hint="no test runner writes such a report; cut that element out",
            )
        return b""

    def finish(self) -> Iterator[Draft]:
        """End of the file."""
        if not self.broken:
            try:
                self.parser.Parse(b"", True)
            except ExpatError as error:
                self._break(error)
        if self.dialect is None:
            if self.number == 1 and not self.fed:
                self.reading.notes.append("the file is empty: no tests")
            elif self.number == 1:
                raise InputUnusableError(
                    "no XML element could be read",
                    where=self.where(),
                    hint="give the report that the test runner wrote",
                )
            return
        self.close(cut=self.broken)
        yield from self.dialect.ready

    def close(self, *, cut: bool) -> None:
        """Tell the dialect that this document is over."""
        if self.dialect is not None:
            self.dialect.close(cut=cut)

    @property
    def lines_read(self) -> int:
        """Lines before where this document's parser stands."""
        return self.lines + self.parser.CurrentLineNumber - 1

    def line(self, number: int) -> int:
        """Line in the file of a line of this parser."""
        return self.reading.lines_before + self.lines + number

    def where(self) -> str:
        """File and position for messages."""
        parser = self.parser
        return f"{self.reading.path}:{self.line(parser.CurrentLineNumber)}:{parser.CurrentColumnNumber + 1}"

    def _repaired(self, error: ExpatError, chunk: bytes, at: int) -> bytes | None:
        """A new parser inside the same elements, and what it has to go on with; None when this cannot be repaired."""
        dialect, old = self.dialect, self.parser
        path = dialect.path if dialect is not None else []
        if self.repairs >= MOST_REPAIRS or (dialect is not None and not path):
            return None
        rest = continued(error.code, self.previous + chunk, len(self.previous) + at, path)
        if rest is None:
            return None
        self.repairs += 1
        if self.repairs == 1:
            self.reading.notes.append(f"line {self.line(error.lineno)}, column {error.offset + 1}: not XML, repaired")
        self.reading.seen["places repaired that are no XML"] += 1
        old.buffer_text = False  # hands over the text that it still holds
        prefix = "".join(f"<{tag}>" for tag in path).encode()
        self.parser = self._parser()
        self.parser.Parse(prefix)
        self.parser.StartElementHandler = self._root
        if dialect is not None:
            self.parser.StartElementHandler = dialect.start
            self.parser.EndElementHandler = dialect.end
            self.parser.CharacterDataHandler = old.CharacterDataHandler
            dialect.parser = self.parser
        self.fed, self.previous = len(prefix), b""
        self.lines += error.lineno - 1
        return rest

    def _break(self, error: ExpatError) -> None:
        self.broken = True
        at = f"line {self.line(error.lineno)}, column {error.offset + 1}"
        if error.code == _JUNK_AFTER_ROOT:
            self.reading.notes.append(f"{at}: text after the end of the report is left out")
        elif self.dialect is not None:
            self.reading.incomplete(f"{at}: {ErrorString(error.code)}; the cases complete before it are kept")

    def _doctype(self, name: str, _system: str | None, _public: str | None, subset: bool | int) -> None:
        if subset:
            raise InputUnusableError(
                f"the document type {name!r} has an internal subset, which may declare entities; it is never expanded",
                where=self.where(),
                hint="remove the <!DOCTYPE …[…]> from the report",
            )

    def _root(self, tag: str, attrs: dict[str, str]) -> None:
        build = self.dialects.get(tag.rpartition(":")[2])
        if build is None:
            raise InputUnusableError(
                f"<{tag[:80]}> is not the root of a test report that rca reads",
                where=self.where(),
                hint="JUnit, NUnit, xUnit.net, TRX and Jenkins results are read",
            )
        self.dialect = build(self.reading)
        self.dialect.parser = self.parser
        self.parser.StartElementHandler = self.dialect.start
        self.parser.EndElementHandler = self.dialect.end
        self.dialect.start(tag, attrs)

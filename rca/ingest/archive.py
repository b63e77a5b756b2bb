"""Compressed and oddly encoded files as plain bytes: gzip by its magic with caps, UTF-16 by its byte order mark."""

import codecs
import io
import zlib
from typing import BinaryIO

RATIO_MAX = 300  # logs shrink 10 to 40 times, 100 when they repeat themselves; bombs 1000 times
RATIO_FROM = 64 << 20  # bytes of output before the ratio is looked at
TOTAL_MAX = 64 << 30  # bytes out of one file
_STEP = 1 << 20
_BLOCK = 256 << 10
GZIP = b"\x1f\x8b"


class Plain(io.RawIOBase):
    """What the readers read: decompressed, in UTF-8. `trouble` says why it ended early, if it did."""

    def __init__(self, raw: BinaryIO, head: bytes) -> None:
        super().__init__()
        self.trouble = ""
        self.compressed = head.startswith(GZIP)
        self._raw = raw
        self._ready = b""
        self._head = head
        self._inflate = zlib.decompressobj(wbits=31) if head.startswith(GZIP) else None
        self._recode: codecs.IncrementalDecoder | None = None
        self._came = self._went = 0
        self._ended = False
        first = self._more()
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._recode = codecs.getincrementaldecoder("utf-16")("replace")
            first = self._recode.decode(first).encode("utf-8", "replace")
        self._ready = first.removeprefix(codecs.BOM_UTF8)
        as_it_is = self._inflate is None and self._recode is None
        self._direct = raw if as_it_is and isinstance(raw, io.BufferedReader) else None

    @property
    def came(self) -> int:
        """Bytes taken from the file so far, as they lie on disk."""
        return self._came

    @property
    def head(self) -> bytes:
        """What comes first, for the sniffer; it is not used up."""
        return self._ready

    def peek(self, size: int) -> bytes:
        """About the first `size` bytes, or all there are; they are not used up. To be asked before anything is read."""
        parts, held = [self._ready], len(self._ready)
        while held < size and not self._ended:
            block = self._more()
            parts.append(self._recode.decode(block).encode("utf-8", "replace") if self._recode else block)
            held += len(parts[-1])
        self._ready = b"".join(parts)
        return self._ready[:size]

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than typeshed's Buffer
        """Fill `buffer` as far as bytes are at hand."""
        if self._direct is not None and not self._ready and not self._head:
            return self._straight(self._direct, buffer)
        while not self._ready:
            block = self._more()
            if self._ended and not block:
                return 0
            self._ready = self._recode.decode(block).encode("utf-8", "replace") if self._recode else block
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _straight(self, raw: io.BufferedReader, buffer: bytearray | memoryview) -> int:
        """Plain bytes go where they are wanted, without a copy in between."""
        try:
            size = raw.readinto(buffer)
        except OSError as wrong:
            self.trouble = _in_part(wrong)
            return 0
        self._came += size
        return size

    def _take(self) -> bytes:
        try:
            block, self._head = self._head or self._raw.read(_BLOCK) or b"", b""
        except OSError as wrong:
            self.trouble = _in_part(wrong)
            return b""
        self._came += len(block)
        return block

    def _more(self) -> bytes:
        """The next bytes; empty only at the end, or while the decompressor needs more."""
        if self._inflate is None:
            block = self._take()
            self._ended = not block
            return block
        return self._inflated()

    def _inflated(self) -> bytes:
        engine = self._inflate
        if engine is None or self._ended:
            return b""
        block = engine.unconsumed_tail or engine.unused_data.lstrip(b"\x00") or self._take()
        if not block:
            cut = "" if engine.eof else f"gzip data cut off after {self._went} bytes of text"
            return self._end(self.trouble or cut)
        if engine.eof:  # another member follows, as `cat a.gz b.gz` and log shippers make them
            if not block.startswith(GZIP):
                return self._end("bytes after the end of the gzip data were ignored")
            engine = self._inflate = zlib.decompressobj(wbits=31)
        before = engine.copy()
        try:
            out = engine.decompress(block, _STEP)
        except zlib.error as wrong:
            out = _rescued(before, block)
            self._end(f"damaged gzip data after {self._went + len(out)} bytes of text ({wrong})")
        self._went += len(out)
        if self._went > RATIO_FROM and self._went > RATIO_MAX * self._came:
            return self._end(f"unpacks to more than {RATIO_MAX} times its size: stopped after {self._went} bytes")
        if self._went > TOTAL_MAX:
            return self._end(f"unpacks to more than {TOTAL_MAX >> 30} GiB: stopped there")
        return out

    def _end(self, trouble: str) -> bytes:
        self._ended = True
        self.trouble = trouble
        return b""


def _in_part(wrong: OSError) -> str:
    """A disk or a store that fails in the middle: what came before it is used."""
    return f"could be read in part only: {(wrong.strerror or 'read error').lower()}"


def plain(raw: BinaryIO, head_size: int = _BLOCK) -> tuple[Plain, BinaryIO]:
    """The file behind `raw` as text bytes: the layer that knows of trouble, and a buffered stream over it."""
    layer = Plain(raw, raw.read(head_size) or b"")
    return layer, io.BufferedReader(layer, _STEP)


def _rescued(engine: "zlib._Decompress", block: bytes) -> bytes:
    """What a damaged block still gives: shorter and shorter pieces up to the damage. A bad check sum costs nothing."""
    out, at, size = b"", 0, len(block)
    while size and at < len(block) and len(out) < _STEP:
        trial = engine.copy()
        try:
            part = trial.decompress(block[at : at + size], _STEP)
        except zlib.error:
            size //= 2
            continue
        out, at, engine = out + part, at + size, trial
    return out

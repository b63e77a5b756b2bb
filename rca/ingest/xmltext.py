"""Bytes of an XML file as clean UTF-8: byte order marks, encodings and characters that XML forbids are dealt with here."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from rca.ingest.testdraft import Reading

BLOCK = 1 << 18

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}\?>")
_DECLARED = re.compile(rb"encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})[\"']")
_SINGLE = re.compile(r"(?:iso8859|cp(?:125|437|85)|latin|mac|koi8|windows|shift_jis|euc_|gb|big5|cp932|cp936)")

DEL = 0x7F
_FORBIDDEN = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
_TO_DEL = bytes.maketrans(_FORBIDDEN, bytes([DEL]) * len(_FORBIDDEN))
"""Control characters become DEL, which XML allows: `plain()` then still finds the colour codes that began with ESC."""

_BAD_REFERENCE = re.compile(
    rb"&#(?:0{0,8}(?:[0-8]|1[124-9]|2[0-9]|3[01])"
    rb"|[xX]0{0,8}(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));"
)
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_COLOUR = re.compile(r"(?:\x7f|\x1b|#x1B)\[[0-9;?]{0,32}[A-Za-z]|\x7f")


def plain(text: str) -> str:
    """`text` without colour codes, in the three forms they take in reports: DEL from above, ESC, and pytest's `#x1B`."""
    return _COLOUR.sub("", text) if "\x7f" in text or "#x1B[" in text or "\x1b" in text else text


def encoding(head: bytes) -> tuple[str, int]:
    """Codec and length of the byte order mark of a file that begins with `head`."""
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec, len(mark)
    for start, codec in _BARE:
        if head.startswith(start):
            return codec, 0
    declaration = _DECLARATION.search(head[:4096])
    named = _DECLARED.search(declaration[0]) if declaration else None
    if named is None:
        return "utf-8", 0
    try:
        codec = codecs.lookup(named[1].decode("ascii")).name
    except LookupError:
        return "utf-8", 0
    # A declaration of UTF-16 in a file of single bytes is wrong; rare codecs (zip, idna, rot13) are no texts at all.
    return (codec if _SINGLE.match(codec) else "utf-8"), 0


def chunks(data: BinaryIO, reading: Reading) -> Iterator[bytes]:
    """Clean UTF-8 pieces of the file, none of which splits a character or a reference; corrections are counted.

    The XML declaration is left out (its encoding no longer holds, and real files have comments before it), and so is
    everything before it.
    """
    head = data.read(BLOCK)
    codec, mark = encoding(head)
    decoder = codecs.getincrementaldecoder(codec)(errors="replace") if codec != "utf-8" else None
    head, first = head[mark:], True
    carry = b""
    while head:
        block = carry + (decoder.decode(head).encode("utf-8", "replace") if decoder else head)
        if first:
            first, whole = False, block
            declaration = _DECLARATION.search(block[:65_536])
            block = block[declaration.end() :].lstrip() if declaration else block.lstrip()
            if not block.startswith(b"<"):  # what a shell or npm printed before the report
                block = block[block.find(b"\n<") + 1 :]
            reading.lines_before = whole.count(b"\n", 0, len(whole) - len(block))
        end = _whole(block)
        block, carry = block[:end], block[end:]
        yield _clean(block, reading)
        head = data.read(BLOCK)
    if carry:
        yield _clean(carry, reading)


def _whole(block: bytes) -> int:
    """Length of `block` without a character or reference that its end may have cut in two."""
    end = len(block)
    for back in range(1, min(4, end) + 1):
        byte = block[end - back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            end -= back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
            break
    opened = block.rfind(b"&", max(0, end - 16), end)
    return opened if opened >= 0 and b";" not in block[opened:end] and opened > 0 else end


def _clean(block: bytes, reading: Reading) -> bytes:
    clean = block.translate(_TO_DEL)
    if clean != block:
        reading.seen["characters that XML forbids"] += clean.count(DEL) - block.count(DEL)
    if b"#" in clean and b"&#" in clean:  # the first test is ten times as fast
        clean, bad = _BAD_REFERENCE.subn(b"\x7f", clean)
        reading.seen["characters that XML forbids"] += bad
    if clean.isascii():
        return clean
    if b"\xef\xbf" in clean:
        clean, bad = _NONCHARACTER.subn(b"\xef\xbf\xbd", clean)
        reading.seen["characters that XML forbids"] += bad
    try:
        clean.decode("utf-8")
    except UnicodeDecodeError:
        reading.seen["stretches of bytes that are no UTF-8"] += 1
        return clean.decode("utf-8", "replace").encode("utf-8")
    return clean

"""Clip: text of any length that arrives in pieces, of which the head and the tail are kept."""

_SLACK = 64
"""What the line in the middle adds: a text that was cut once is not cut again."""


class Clip:
    """Collects pieces; holds at most about four times `limit` characters at any moment."""

    __slots__ = ("cut", "held", "limit", "pieces")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.pieces: list[str] = []
        self.held = 0
        self.cut = 0

    def reset(self) -> None:
        """Begin anew."""
        self.pieces, self.held, self.cut = [], 0, 0

    def add(self, piece: str) -> None:
        """Append one piece."""
        self.pieces.append(piece)
        self.held += len(piece)
        if self.held > 4 * self.limit:
            whole = "".join(self.pieces)
            half = self.limit
            self.cut += len(whole) - 2 * half
            self.pieces = [whole[:half], whole[-half:]]
            self.held = 2 * half

    def text(self) -> str:
        """What was collected; a line in the middle says how many characters were left out."""
        whole = "".join(self.pieces)
        if not self.cut:
            return clip(whole, self.limit)
        half = self.limit // 2
        left_out = self.cut + len(whole) - 2 * half
        return f"{whole[:half]}\n… {left_out} characters left out …\n{whole[-half:]}"


def clip(text: str, limit: int) -> str:
    """`text`, or its head and tail with a line between them, when it is longer than `limit`."""
    if len(text) <= limit + _SLACK:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"

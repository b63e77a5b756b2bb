"""Texts: which issue's words hold another issue's message, exception or service name."""

import re
from collections.abc import Iterator

from rca.cause.scene import Scene
from rca.model import Occurring

_HEAD = 600
_READ = 4_000  # characters of an exemplar that are searched
_LONG_ENOUGH = 12  # a shorter common text proves nothing (the measured minimum for joins, too)
_QUOTE = 120  # characters of a message that must occur; its tail often varies


class Texts:
    """The words of all issues, prepared for comparison."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._words = {name: _flat(_own_words(each)) for name, each in scene.issues.items()}
        self._quotes = {name: _quote(each) for name, each in scene.issues.items()}

    def mentions(self) -> Iterator[tuple[str, str, str, float]]:
        """(cause, effect, "quotes" | "names", strength) for every pair in which the effect's text points at the cause."""
        yield from self._quoted()
        yield from self._named()

    def _quoted(self) -> Iterator[tuple[str, str, str, float]]:
        for cause, quote in self._quotes.items():
            if not quote:
                continue
            for effect, words in self._words.items():
                if effect == cause or quote not in words:
                    continue
                back = self._quotes[effect]
                # Two texts that hold each other's message are two views of one thing; neither is deeper by its words.
                if not (back and back in self._words[cause]):
                    yield cause, effect, "quotes", 1.0

    def _named(self) -> Iterator[tuple[str, str, str, float]]:
        homes: dict[str, list[str]] = {}
        for name, each in self._scene.issues.items():
            for service in each.issue.services:
                if len(service) >= 6 or "-" in service:  # "api" or "auth" is a word of its own in any log
                    homes.setdefault(service, []).append(name)
        for service in sorted(homes):
            pattern = re.compile(rf"(?<![\w-]){re.escape(service.lower())}(?![\w-])")
            for effect, words in self._words.items():
                if service in self._scene.issues[effect].issue.services or service.lower() not in words:
                    continue
                if pattern.search(words):
                    for cause in homes[service]:
                        yield cause, effect, "names", 1.0


def _own_words(each: Occurring) -> str:
    """What the issue says itself: of a traceback the line above it and its last message, not the chained ones.

    Chained exceptions are signs of their own ("direct cause", "during handling"), and not as strong as a quotation.
    """
    text = _exemplar(each)
    if not each.signature.frames:
        return text
    return f"{text.partition('Traceback (most recent call last)')[0][:_HEAD]}\n{each.signature.exception_message}"


def _exemplar(each: Occurring) -> str:
    wanted = each.issue.exemplar
    text = next((o.text for o in each.occurrences if o.ref == wanted), "")
    return (text or (each.occurrences[0].text if each.occurrences else each.issue.template))[:_READ]


def _quote(each: Occurring) -> str:
    message = _flat(each.signature.exception_message)[:_QUOTE]
    return message if len(message) >= _LONG_ENOUGH else ""


def _flat(text: str) -> str:
    return " ".join(text.lower().split())

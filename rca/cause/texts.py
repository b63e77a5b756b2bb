"""Texts: which issue's words hold another issue's message or name its service, and who calls whom by that."""

import re
from collections.abc import Iterator, Mapping

from rca.model import Occurring

_HEAD = 600
_READ = 4_000  # characters of an exemplar that are searched
_LONG_ENOUGH = 12  # a shorter common text proves nothing (the measured minimum for joins, too)
_QUOTE = 120  # characters of a message that must occur; its tail often varies
_OWN_NAME = 6  # shorter service names ("api", "feed") are words of any log: they need words around them


class Texts:
    """The words of all issues, prepared for comparison."""

    def __init__(self, issues: Mapping[str, Occurring]) -> None:
        self._issues = issues
        self._words = {name: _flat(_own_words(each)) for name, each in issues.items()}
        self._quotes = {name: _quote(each) for name, each in issues.items()}
        self._homes: dict[str, list[str]] = {}
        for name, each in issues.items():
            for service in each.issue.services:
                self._homes.setdefault(service, []).append(name)

    def mentions(self) -> Iterator[tuple[str, str, str, float]]:
        """(cause, effect, "quotes" | "names", strength) for every pair in which the effect's text points at the cause."""
        yield from self._quoted()
        for service, effect in self._named():
            # The URL a test calls names the service in front, hardly ever the one at fault.
            strength = 0.5 if not self._issues[effect].issue.services else 1.0
            for cause in self._homes[service]:
                yield cause, effect, "names", strength

    def calls(self) -> dict[str, tuple[str, ...]]:
        """Service -> services it calls, as far as its own failures say so."""
        found: dict[str, set[str]] = {}
        for service, effect in self._named():
            if _called(service).search(self._words[effect]):
                for caller in self._issues[effect].issue.services:
                    found.setdefault(caller, set()).add(service)
        return {caller: tuple(sorted(found[caller])) for caller in sorted(found)}

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

    def _named(self) -> Iterator[tuple[str, str]]:
        """(service, issue of another service or of a test whose words name it)."""
        for service in sorted(self._homes):
            plain = service.lower()
            known = len(service) >= _OWN_NAME or "-" in service
            pattern = re.compile(rf"(?<![\w-]){re.escape(plain)}(?![\w-])") if known else _called(service)
            for effect, words in self._words.items():
                if service not in self._issues[effect].issue.services and plain in words and pattern.search(words):
                    yield service, effect


def _called(service: str) -> re.Pattern[str]:
    """Words that say that a service was called and how it answered."""
    name = re.escape(service.lower())
    return re.compile(
        rf"\b(?:upstream|service|host|backend|calling|call to|request to|connect to|connecting to|connection to|status \d{{3}} from)"
        rf" ['\"]?{name}(?![\w-])|//{name}[.:/]|(?:^|\n){name}: "
        rf"|(?<![\w-]){name} (?:answered|returned|responded|failed|refused|unavailable|is unavailable|timed out|did not)"
    )


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

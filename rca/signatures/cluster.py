"""Cluster: masked texts that differ only in what is variable become one template; the order of input does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rca.signatures.bucket import Bucket
from rca.signatures.tokens import join, split

Row = tuple[str, ...]
LONG = 200  # words; longer texts are data, their words are not compared


def cluster(texts: Iterable[str]) -> dict[str, str]:
    """Text to template, for the unique masked texts of one family; the cost grows with the number of words."""
    members: dict[Row, list[tuple[str, Row]]] = defaultdict(list)
    result: dict[str, str] = {}
    for text in sorted(set(texts)):
        words, separators = split(text)
        if not words or len(words) > LONG:
            result[text] = text
        else:
            members[separators].append((text, words))
    buckets = {separators: Bucket(separators, [words for _, words in found]) for separators, found in members.items()}
    learnt: set[str] = set()
    for bucket in buckets.values():
        bucket.merge()
        learnt |= bucket.variable()
    for separators, bucket in buckets.items():
        bucket.absorb(learnt)
        result.update(_templates(separators, members[separators], bucket.now))
    return result


def _templates(separators: Row, found: list[tuple[str, Row]], now: Mapping[Row, Row]) -> dict[str, str]:
    return {text: text if now[words] == words else join(now[words], separators) for text, words in found}

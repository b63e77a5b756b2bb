"""Censoring: exports that stop at a limit. What lies beyond the cut is unknown, not absent."""

from rca.ingest.tally import Tally
from rca.model.frames import SEVERITY_NAMES
from rca.when import rfc3339

_FACTORS = (1, 2, 2.5, 5)
ROUND = frozenset(int(factor * 10**power) for power in range(1, 7) for factor in _FACTORS if factor * 10**power >= 50)
"""Limits people type: 50, 100, 200, 250, 500, 1000 … 5,000,000."""

_INSTEAD = 'export again with timestamp>="FROM" AND timestamp<"TO" in the filter and without --limit'


def look(tally: Tally) -> None:
    """Note a round number of entries, in all or of one severity, on a source of log entries.

    Newest first is how `gcloud logging read` prints, and its --limit cuts the oldest end. In any other order only a JSON
    document is suspected: JSON lines come from sinks, which have no limit.
    """
    if tally.kind != "entries" or tally.first is None or tally.last is None:
        return
    if tally.read in ROUND and (tally.array or tally.newest_first):
        edge = rfc3339(tally.first)
        if tally.newest_first:
            tally.cut(
                f"exactly {tally.read} entries, newest first: probably cut by --limit; nothing older than {edge} was exported; "
                f"{_INSTEAD}"
            )
        else:
            tally.cut(
                f"exactly {tally.read} entries: probably cut by a limit; nothing outside {edge} to {rfc3339(tally.last)} "
                f"was exported; {_INSTEAD}"
            )
        return
    capped = sorted((number, count) for number, count in tally.severities.items() if count in ROUND)
    if len(capped) > 1 and tally.array:
        which = " and ".join(f"{count} {SEVERITY_NAMES.get(number, str(number))}" for number, count in capped)
        tally.cut(f"exactly {which} entries: probably a limit per severity, older ones are missing; {_INSTEAD}")

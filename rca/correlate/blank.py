"""Issues that cannot be placed in time: no onset, so no change can be blamed for it; old commits stay possible."""

from rca.model import NoChange, Occurring

UNDATED = "no occurrence has a usable time: nothing can be said about its beginning"


def undated(issue: Occurring, p: float) -> tuple[NoChange, ...]:
    """All of the remaining p on an unknown onset."""
    return (
        NoChange(issue=issue.issue.id, p=p, kind="unknown_onset", text=UNDATED),
        NoChange(issue=issue.issue.id, p=0.0, kind="constant", text=UNDATED),
        NoChange(issue=issue.issue.id, p=0.0, kind="periodic", text=UNDATED),
    )

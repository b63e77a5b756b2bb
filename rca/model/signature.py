"""Signature: what a failure looks like, and Fingerprint parts: why it is one."""

from typing import Literal

from pydantic import Field

from rca.model.base import Noun

FINGERPRINT_VERSION = "v1"


class Frame(Noun):
    """One stack frame; `own` is False for library and runtime code."""

    file: str
    line: int | None = None
    function: str = ""
    own: bool = True


class Cycle(Noun):
    """Recursion: the frames that repeat, how often, and from where it was entered."""

    frames: tuple[Frame, ...]
    repeats: int
    entered_from: Frame | None = None


class Part(Noun):
    """One part of a fingerprint: contributes or, with the reason, does not."""

    name: str  # type | template | frames | rule | captures
    value: str
    contributes: bool
    reason: str = ""


class Signature(Noun):
    """Exception, template and frames of one text.

    `id` is "v1:<hash>", a function of the contributing parts alone. `related` holds signatures of the same text that
    are its context ("During handling of"), `causes` those it names as its cause, innermost last.
    """

    id: str
    template: str
    exception_type: str | None = None
    exception_message: str = ""
    frames: tuple[Frame, ...] = ()  # innermost last, as printed by Python; all languages are normalised to this
    cycle: Cycle | None = None
    location: Frame | None = None  # innermost own frame, else innermost frame
    language: str | None = None
    parts: tuple[Part, ...] = ()
    causes: tuple["Signature", ...] = ()
    context: tuple["Signature", ...] = ()
    partial: bool = False


class Finding(Noun):
    """A rule recognised a signature, with what it captured."""

    rule: str
    signature: str
    title: str
    captures: dict[str, str] = Field(default_factory=dict)
    group: tuple[str, ...] = ()
    role: Literal["root", "relay", "symptom", "noise", "unknown"] = "unknown"


class CrossFinding(Noun):
    """A rule recognised something in several events together, or the absence of one.

    Times are ns since the epoch; `refs` are the evidence, earliest first, capped; `count` is the true number.
    """

    rule: str
    kind: Literal["sequence", "count", "absence", "ratio", "first_after_change"]
    title: str
    captures: dict[str, str] = Field(default_factory=dict)
    group: tuple[str, ...] = ()
    role: Literal["root", "relay", "symptom", "noise", "unknown"] = "unknown"
    refs: tuple[str, ...] = ()
    count: int = 0
    service: str | None = None
    revision: str | None = None
    first_at: int | None = None
    last_at: int | None = None

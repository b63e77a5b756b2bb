"""Fingerprint: which parts make two texts one signature, which do not, and why."""

import hashlib
import re

from rca.model.signature import FINGERPRINT_VERSION, Cycle, Frame, Part
from rca.signatures.ownership import is_test

ASSERTIONS = frozenset(
    {
        "AssertionError",
        "Failed",
        "AssertionFailedError",
        "ComparisonFailure",
        "AssertionFailedException",
        "ExpectationNotMetError",
        "XunitException",
    }
)
OVERFLOWS = frozenset(
    {"RecursionError", "StackOverflowError", "SystemStackError", "RangeError", "StackOverflowException"}
)
MECHANISMS = frozenset(
    {
        "CancelledError",
        "StopIteration",
        "StopAsyncIteration",
        "GeneratorExit",
        "WouldBlock",
        "EndOfStream",
        "ThreadDeath",
    }
)
"""How a time-out or an end is brought about; the exception raised from one of these says more than it does."""
_NESTED = re.compile(r"\.<locals>|\.<anonymous>|^async |\$\d+")
SEPARATOR = "\x1f"


def short(frame: Frame) -> str:
    """Folder, file and function: what stays the same when the code is deployed to another root and lines shift."""
    file = "/".join(frame.file.split("/")[-2:])
    return f"{file}:{_NESTED.sub('', frame.function)}"


def last_name(exception_type: str) -> str:
    """`OperationalError` of `psycopg2.OperationalError`."""
    return re.split(r"[.:/\\]", exception_type)[-1]


def deciding(
    frames: tuple[Frame, ...], cycle: Cycle | None, exception_type: str, template: str
) -> tuple[tuple[Frame, ...], str]:
    """The frames that contribute, and the reason.

    The innermost own frame alone: the same exception reaches a server's log and a test's traceback through different
    callers, but is raised in one place. Frames of test files contribute only to an assertion, which is the test's own;
    for anything else they are who asked, not what failed. A cycle contributes as a whole, in a fixed order, because
    where the limit strikes is accidental.
    """
    if cycle is not None:
        members = [frame for frame in cycle.frames if frame.own] or list(cycle.frames)
        return tuple(sorted(members, key=short)), "the cycle: where the recursion limit strikes is accidental"
    own = [frame for frame in frames if frame.own]
    code = [frame for frame in own if not is_test(frame.file)]
    if code:
        return (code[-1],), "innermost own frame"
    if own and last_name(exception_type) in ASSERTIONS:
        return (own[-1],), "an assertion belongs to the test that states it"
    if own and not template:
        return (own[-1],), "an exception without a message is told apart by its place only"
    return (), "only frames of tests" if own else "no own frame"


def parts(
    exception_type: str | None, template: str, frames: tuple[Frame, ...], cycle: Cycle | None
) -> tuple[Part, ...]:
    """All parts of a fingerprint, contributing or not, each with its reason."""
    if exception_type is None:
        return (
            Part(
                name="template",
                value=template,
                contributes=True,
                reason="a message without an exception is its masked text",
            ),
        )
    chosen, why = deciding(frames, cycle, exception_type, template)
    accidental = cycle is not None and last_name(exception_type) in OVERFLOWS
    message = Part(
        name="template",
        value=template,
        contributes=not accidental,
        reason="the wording depends on where the recursion limit strikes"
        if accidental
        else "message with its parameters masked",
    )
    shown = " > ".join(short(frame) for frame in chosen)
    rest = [short(frame) for frame in frames if frame not in chosen]
    result = [
        Part(
            name="type", value=exception_type, contributes=True, reason="different exceptions never share a signature"
        ),
        message,
    ]
    result.append(Part(name="frames", value=shown, contributes=bool(chosen), reason=why))
    if rest:
        left = " > ".join(rest[-12:])
        result.append(
            Part(
                name="frames",
                value=left,
                contributes=False,
                reason="callers, library code and test code: the way there, not the place",
            )
        )
    return tuple(result)


def identify(found: tuple[Part, ...]) -> str:
    """`v1:` and 16 hex digits of the contributing parts; the same on any machine."""
    content = SEPARATOR.join(f"{part.name}={part.value}" for part in found if part.contributes)
    digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{FINGERPRINT_VERSION}:{digest}"


def before(text: str) -> Part:
    """The finely masked text of a shape that was merged into a template: the merge can be seen and undone."""
    return Part(name="shape", value=text, contributes=False, reason="one of the texts that differ in a parameter only")

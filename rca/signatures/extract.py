"""Extract: one text becomes a signature: exception, template, frames, chain and fingerprint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rca.model.signature import Cycle, Frame, Part, Signature
from rca.signatures import fingerprint, recursion, shapes
from rca.signatures.prefix import strip_prefix
from rca.signatures.traceback import blocks
from rca.signatures.traceback.block import Block

Kind = Literal["log", "test"]

TEXT_CAP = 400_000  # characters that are looked at; the samples of a digest are shorter
QUOTED = 8  # characters; a shorter message ('id') is quoted by chance
EMBEDDED_CAP = 2_000  # characters in which an exception named inside a message is looked for
_ENDING = r"(?:Error|Exception|Warning|Fault|Exit|Interrupt|Timeout|NotFound|Invalid|Status|Refused|Closed|ClosedOK)"
_LEADING = re.compile(
    rf"^(?P<type>[A-Za-z_][\w$.:]{{0,200}}{_ENDING})(?:\((?P<args>.*)\)$|: (?P<message>.*)|:?$)", re.DOTALL
)
_EMBEDDED = re.compile(r"(?<![\w.$:])(?P<type>[A-Za-z_][\w$.]{0,200}(?:Error|Exception)): (?P<message>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text after reading and before masking: the exceptions, the chosen one first, or the bare message."""

    chosen: Block | None
    causes: tuple[Block, ...] = ()
    context: tuple[Block, ...] = ()
    note: str = ""
    message: str = ""
    raw: str = ""


def extract(text: str, *, kind: Kind = "log") -> Signature:
    """The signature of one text; never raises.

    Where an exception names its cause ("direct cause", `Caused by`, `[cause]`, `--->`), the signature is that of the
    deepest cause; `causes` then holds the other exceptions of that chain, the one finally raised first. `context` holds
    what was being handled at the time, suppressed exceptions and further members of a group. `kind` is where the text
    comes from; it does not enter the fingerprint, so one exception seen by a test and in a log is one signature.
    """
    return extract_all([text], kind=kind)[0]


def extract_all(texts: Sequence[str], *, kind: Kind = "log", explained: bool = True) -> list[Signature]:
    """Signatures of many texts, in their order; masks all messages in one pass.

    Not `explained`: without the parts that tell which parameters of a message are equal, a third of the work.
    """
    del kind
    parsed = [parse(text) for text in texts]
    messages = [message for one in parsed for message in _messages(one)]
    masked = iter(shapes.templates(messages))
    return [_signature(one, masked=[next(masked) for _ in _messages(one)], explained=explained) for one in parsed]


def parse(text: str) -> Parsed:
    """Read the exceptions of a text and choose the one that names it."""
    text = shapes.visible(text[:TEXT_CAP])
    found = blocks(text)
    if not found:
        return _message(strip_prefix(text.strip()))
    chain = [found[0]]
    rest = list(found[1:])
    members = [block for block in rest if block.link == "member"]
    rest = [block for block in rest if block.link != "member"]
    note = ""
    while rest and (why := _why_cause(chain[-1], rest[0])):
        chain.append(rest.pop(0))
        note = why
    if members and len({(block.type, block.message) for block in members}) == 1:
        chain.append(members[0])
        note, members = "the only exception of its group", members[1:]
    while len(chain) > 1 and fingerprint.last_name(chain[-1].type or "") in fingerprint.MECHANISMS:
        rest.insert(0, chain.pop())
    *causes, chosen = chain
    return Parsed(chosen, tuple(causes), (*members, *rest), note if causes else "")


def _why_cause(outer: Block, inner: Block) -> str:
    """Why the next block is the cause of the one before it; empty when it is not."""
    if inner.link == "cause":
        return "explicit cause of what was raised"
    quoted = inner.message.strip().split("\n", 1)[0]
    if inner.link == "context" and len(quoted) >= QUOTED and quoted in outer.message:
        return "its message is quoted by what was raised while handling it"
    return ""


def _message(text: str) -> Parsed:
    """A text without frames: `Type: message` alone is an exception, otherwise it is a message."""
    leading = _LEADING.match(text)
    if leading:
        message = leading["message"] if leading["message"] is not None else (leading["args"] or "")
        return Parsed(Block("", leading["type"], message), raw=text)
    return Parsed(None, message=text, raw=text)


def _messages(one: Parsed) -> list[str]:
    own = [one.message] if one.chosen is None else [one.chosen.message]
    return [*own, *(block.message for block in (*one.causes, *one.context))]


def _signature(one: Parsed, masked: list[str], *, explained: bool) -> Signature:
    if one.chosen is None:
        return _of_message(one, masked[0], explained=explained)
    others = [
        _of_block(block, template) for block, template in zip((*one.causes, *one.context), masked[1:], strict=True)
    ]
    causes, context = tuple(others[: len(one.causes)]), tuple(others[len(one.causes) :])
    notes = [Part(name="chosen", value=one.chosen.type or "", contributes=False, reason=one.note)] if one.note else []
    notes += [
        Part(name="raised", value=_title(block), contributes=False, reason="raised from it; the cause decides")
        for block in one.causes
    ]
    notes += [
        Part(
            name="context",
            value=_title(block),
            contributes=False,
            reason="handled at the time, suppressed, or beside it",
        )
        for block in one.context
    ]
    signature = _of_block(one.chosen, masked[0], extra=tuple(notes))
    return signature.model_copy(update={"causes": causes, "context": context, **_whole_stack(signature, causes)})


def _whole_stack(signature: Signature, raised: tuple[Signature, ...]) -> dict[str, object]:
    """Frames and place for a cause that never left library code: the own code that called it stands in what wraps it.

    The fingerprint is left alone: who called a driver does not make its error another one.
    """
    if any(frame.own for frame in signature.frames):
        return {}
    outer = next((one for one in reversed(raised) if any(frame.own for frame in one.frames)), None)
    return {} if outer is None else {"frames": (*outer.frames, *signature.frames), "location": outer.location}


def _of_message(one: Parsed, template: str, *, explained: bool) -> Signature:
    equal = shapes.equalities(one.raw, template) if explained else ()
    found = _EMBEDDED.search(one.raw[:EMBEDDED_CAP])
    parts = fingerprint.parts(None, template, (), None)
    return Signature(
        id=fingerprint.identify(parts),
        template=template,
        exception_type=found["type"] if found else None,
        exception_message=found["message"].strip() if found else "",
        parts=(*parts, *equal),
    )


def _of_block(block: Block, template: str, extra: tuple[Part, ...] = ()) -> Signature:
    frames, cycle = recursion.find(block)
    parts = fingerprint.parts(block.type or "", template, frames, cycle)
    return Signature(
        id=fingerprint.identify(parts),
        template=f"{block.type}: {template}" if template else (block.type or _place_alone(frames)),
        exception_type=block.type,
        exception_message=block.message,
        frames=frames,
        cycle=cycle,
        location=_location(frames, cycle),
        language=block.language or None,
        parts=(*parts, *shapes.equalities(block.message, template), *extra),
        partial=not block.complete or block.type is None,
    )


def _location(frames: tuple[Frame, ...], cycle: Cycle | None) -> Frame | None:
    """Where it happened: the innermost own frame; in a recursion an own frame of the cycle."""
    for group in (cycle.frames if cycle else (), frames):
        own = [frame for frame in group if frame.own]
        if own:
            return own[-1]
    return frames[-1] if frames else None


def _place_alone(frames: tuple[Frame, ...]) -> str:
    """What a lone frame is called: a text without words for its exception must not be shown as nothing."""
    last = frames[-1] if frames else None
    return f"at {last.function} ({last.file})" if last and last.function else f"at {last.file}" if last else ""


def _title(block: Block) -> str:
    return f"{block.type}: {block.message}"[:300]

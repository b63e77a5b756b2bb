"""Naming: issues, places and changes as words in a sentence; taken from the records, never invented."""

from rca.cause.scene import Scene
from rca.cause.words import clock, listing, short
from rca.model import Change, Frame, Occurring

_KINDS: dict[str, str] = {
    "deploy": "deploy",
    "config": "config change",
    "traffic": "traffic switch",
    "flag": "flag change",
    "dependency": "dependency change",
    "migration": "migration",
    "commit": "commit",
}
_CYCLE_SHOWN = 6


def head(each: Occurring, limit: int = 160) -> str:
    """`Type: message` of the exemplar, else the rule's title, else the exemplar's first line."""
    name = (each.issue.exception_type or "").rpartition(".")[2]
    message = short(_first(each.signature.exception_message), limit).rstrip(". ")
    if not name:
        return short(each.finding.title if each.finding else first_line(each), limit)
    return f"{name}: {message}" if message and not message.startswith(name) else message or name


def first_line(each: Occurring) -> str:
    """The first line with words of the exemplar: what was really logged, where the title has only a template."""
    wanted = each.issue.exemplar
    text = next((o.text for o in each.occurrences if o.ref == wanted), "")
    return _first(text) or each.issue.title


def _first(text: str) -> str:
    """The first line with words: what follows in a message (the statement, the require stack) is detail, not its name."""
    return next((line for line in text.splitlines()[:20] if line.strip()), "")


def place(frame: Frame | None) -> str:
    """`function (file:line)` or `file:line`; empty for None."""
    if frame is None:
        return ""
    spot = f"{frame.file}:{frame.line}" if frame.line else frame.file
    return f"{frame.function} ({spot})" if frame.function else spot


def cycle(each: Occurring) -> str:
    """`a → b → a repeats 322 times, entered from c`; empty without a cycle."""
    loop = each.issue.cycle or each.signature.cycle
    if loop is None or not loop.frames:
        return ""
    steps = [place(frame) for frame in loop.frames[:_CYCLE_SHOWN]]
    around = " → ".join([*steps, loop.frames[0].function or steps[0]])
    entered = f", entered from {place(loop.entered_from)}" if loop.entered_from else ""
    return f"{around} repeats {loop.repeats} times{entered}"


def where(each: Occurring) -> str:
    """` in service a and b`, or an empty string."""
    return f" in {listing(each.issue.services[:3])}" if each.issue.services else ""


def change(each: Change) -> str:
    """A change as a noun phrase: `deploy of revision backend-00005 of backend`; never its actor."""
    kind = _KINDS[each.kind]
    if each.kind == "commit":
        return f'commit {(each.commit or each.id.removeprefix("commit:"))[:12]} "{short(each.title, 80)}"'
    what = (
        f" of revision {each.revision}"
        if each.revision
        else f' "{short(each.title, 80)}"'
        if each.title
        else f" {each.id}"
    )
    owner = f" of {each.service}" if each.service else ""
    return f"{kind}{what}{owner}"


def statement(scene: Scene, name: str, *, test_side: bool) -> str:
    """What is wrong, how it happens, and where: title of the rule, exception, cycle or raising frame, service."""
    each = scene.issues[name]
    words = [head(each, 320)]
    if each.finding and each.finding.title.casefold() not in words[0].casefold():
        title = short(each.finding.title, 200)
        words = [title] if words[0].casefold() in title.casefold() else [title, words[0]]
    detail = short(first_line(each), 320)
    if each.finding and not each.issue.exception_type and detail.casefold() not in words[-1].casefold():
        words.append(detail)
    text = ": ".join(words) + where(each)
    loop = cycle(each)
    if loop:
        text += f"; the cycle {loop}"
    elif each.issue.location:
        text += f", raised at {place(each.issue.location)}"
    text = text.rstrip(".") + "."
    return f"{text} Found from the test side alone: no log entry shows it." if test_side else text


def since(each: Occurring) -> str:
    """`118 times from 19:09:36 to 19:14:02`, as far as times are known."""
    count = f"{each.issue.count} times" if each.issue.count != 1 else "once"
    first, last = clock(each.issue.first_at), clock(each.issue.last_at)
    if first and last and first != last:
        return f"{count} from {first} to {last} UTC"
    return f"{count} at {first} UTC" if first else count

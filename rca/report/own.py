"""A user's template: sandboxed, and in a process of its own with limits of time, memory and output.

The sandbox of jinja2 keeps a template from the system; it does not keep it from looping or from asking for memory, and
a thread cannot be stopped. A process can: the kernel ends it, and the answer is one line, whatever it was doing.
"""

import contextlib
import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from jinja2 import TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rca.errors import InputUnusableError
from rca.model import Report
from rca.report.page import defused, made

OWN_LIMIT = 256 * 1024  # bytes of a user's template
MIB = 1024 * 1024
Answer = tuple[bool, str]  # (whether it is the text, the text or what is wrong)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rendering may use beyond what the process needs to begin with; a full page of 500 issues needs a tenth."""

    cpu_s: int = 10
    wall_s: int = 60
    memory: int = 512 * MIB
    output: int = 32 * MIB


def fill_own(report: Report, template: Path, target: str, limits: Limits | None = None) -> str:
    """`report` through a user's template, with the same names, able to include the built-in ones only."""
    try:
        source = template.read_bytes()[: OWN_LIMIT + 1]
    except OSError as error:
        raise _unusable(template, f"cannot be read: {error.strerror}") from error
    if len(source) > OWN_LIMIT:
        raise _unusable(template, f"longer than {OWN_LIMIT} bytes")
    limits = limits or Limits()
    done, text = _apart(source.decode("utf-8", "replace"), report, target, limits)
    if not done:
        raise _unusable(template, text)
    return text


def _apart(source: str, report: Report, target: str, limits: Limits) -> Answer:
    """The answer of the other process, or why there is none."""
    spawned = multiprocessing.get_context("spawn")  # a fork would take over the threads' locks
    here, there = spawned.Pipe(duplex=False)
    child = spawned.Process(target=_child, args=(there, source, report, target, limits), daemon=True)
    child.start()
    there.close()
    try:
        answer: Answer = here.recv() if here.poll(limits.wall_s) else (False, _slow(limits))
    except EOFError:  # ended by the kernel before it could answer
        answer = (False, _slow(limits))
    finally:
        here.close()
        child.kill()
        child.join()
    return answer


def _child(out: Connection, source: str, report: Report, target: str, limits: Limits) -> None:
    """Runs in the other process: render under limits, answer once."""
    _limit(limits)
    try:
        answer = _rendered(source, report, target, limits)
    except MemoryError:
        answer = (False, f"needs more than {limits.memory // MIB} MiB of memory")
    out.send(answer)
    out.close()


def _limit(limits: Limits) -> None:
    """Ask the kernel to end or refuse what goes beyond; systems without such limits keep the wall clock's."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + limits.cpu_s + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _rendered(source: str, report: Report, target: str, limits: Limits) -> Answer:
    """The text, or what is wrong with the template in one line."""
    sandbox = made(ImmutableSandboxedEnvironment, target)
    parts: list[str] = []
    size = 0
    try:
        for part in sandbox.from_string(source).generate({"report": report}):
            size += len(part)
            if size > limits.output:
                return False, f"makes more than {limits.output // MIB} MiB of text"
            parts.append(part)
        return True, defused("".join(parts), target)
    except SecurityError as error:
        return False, f"not allowed: {error}"
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        return False, f"{f'line {line}: ' if line else ''}{error.message or error}"
    except RecursionError:
        return False, "calls itself too deeply"
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        return False, f"{type(error).__name__}: {error}"


def _slow(limits: Limits) -> str:
    return f"takes more than {limits.cpu_s} s of processor time"


def _unusable(template: Path, what: str) -> InputUnusableError:
    return InputUnusableError(
        what, where=str(template), hint="see templates/README.md for the names and limits of a template"
    )

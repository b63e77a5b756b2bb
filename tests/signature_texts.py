"""Builders of tracebacks in five languages, as their runtimes print them; frames are given outermost first."""

from collections.abc import Sequence

Place = tuple[str, int, str]  # file, line, function


def python(error: str, *places: Place, start: str = "Traceback (most recent call last):") -> str:
    frames = "".join(f'  File "{file}", line {line}, in {function}\n    call()\n' for file, line, function in places)
    return f"{start}\n{frames}{error}"


def direct(cause: str, raised: str) -> str:
    return f"{cause}\n\nThe above exception was the direct cause of the following exception:\n\n{raised}"


def handling(before: str, raised: str) -> str:
    return f"{before}\n\nDuring handling of the above exception, another exception occurred:\n\n{raised}"


def pytest_long(error: str, *places: Place) -> str:
    parts = [
        f"    def {function}():\n>       call()\n\n{file}:{line}: \n" + "_ " * 30
        for file, line, function in places[:-1]
    ]
    file, line, function = places[-1]
    last = f"    def {function}():\n>       raise\nE       {error}\n\n{file}:{line}: {error.split(':', maxsplit=1)[0]}"
    return "\n\n".join([*parts, last])


def pytest_short(error: str, *places: Place) -> str:
    frames = "\n".join(f"{file}:{line}: in {function}\n    call()" for file, line, function in places)
    return f"{frames}\nE   {error}"


def java(error: str, *places: Place, caused_by: str = "") -> str:
    frames = "\n".join(f"\tat {function}({file}:{line})" for file, line, function in reversed(places))
    return f"{error}\n{frames}" + (f"\nCaused by: {caused_by}" if caused_by else "")


def node(error: str, *places: Place) -> str:
    return error + "".join(f"\n    at {function} ({file}:{line}:7)" for file, line, function in reversed(places))


def go(error: str, *places: Place, goroutine: int = 1) -> str:
    frames = "".join(
        f"{function}(0xc0000{line:03x}, 0x{line})\n\t{file}:{line} +0x{line:x}\n"
        for file, line, function in reversed(places)
    )
    return f"panic: {error}\n\ngoroutine {goroutine} [running]:\n{frames}exit status 2"


def dotnet(error: str, *places: Place) -> str:
    return error + "".join(
        f"\n   at {function}(Int32 id) in {file}:line {line}" for file, line, function in reversed(places)
    )


def ruby(error: str, message: str, *places: Place) -> str:
    (file, line, function), *rest = places[::-1]
    frames = "".join(f"\n\tfrom {path}:{number}:in `{name}'" for path, number, name in rest)
    return f"{file}:{line}:in `{function}': {message} ({error}){frames}"


def group(*members: str, message: str = "unhandled errors in a TaskGroup") -> str:
    """An ExceptionGroup as Python prints it."""
    text = '  + Exception Group Traceback (most recent call last):\n  |   File "/app/shop/tasks.py", line 9, in run_all\n  |     async with group:\n'
    text += f"  | ExceptionGroup: {message} ({len(members)} sub-exceptions)\n"
    for number, member in enumerate(members, start=1):
        text += f"  {'+-+' if number == 1 else '  +'}---------------- {number} ----------------\n"
        text += "".join(f"    | {line}\n" for line in member.splitlines())
    return text + "    +------------------------------------\n"


def repeated(places: Sequence[Place], rounds: int) -> list[Place]:
    return [place for _ in range(rounds) for place in places]

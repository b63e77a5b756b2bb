"""The whole corpus through the real command line, as a user without rights, in every format: what came of each input.

    python bench/hostile.py [STEP]        every STEP-th input, 1 by default; run as root, it becomes `nobody`

Each input is one process under a limit of 1 GiB of data; `-o` asks for every format at once. The process is forked, not
started anew, for an interpreter that lives in the home of root could not be read by `nobody`; no thread runs before.
"""

import importlib
import json
import os
import pkgutil
import resource
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import NoReturn

import rca
import rca.cli

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from corpus.broken import Case, cases  # noqa: E402  # where it stands is said one line before

NOBODY, MEMORY, SECONDS = 65534, 1 << 30, 10
NAMES = {"text": "r.txt", "md": "r.md", "html": "r.html", "json": "r.json", "sarif": "r.sarif", "junit": "r.xml", "github": "github=r.g", "comment": "comment=r.c", "annotations": "annotations=r.a", "codequality": "codequality=r.q"}  # fmt: skip


def loaded() -> None:
    """Import what a child could not import without rights."""
    for found in pkgutil.walk_packages(rca.__path__, "rca."):
        if found.name.rpartition(".")[2] not in {"__main__", "mcp", "spark", "recorder"}:
            importlib.import_module(found.name)
    for name in ("jinja2.ext", "jinja2.sandbox", "rich.console", "xml.etree.ElementTree", "zoneinfo", "zipfile", "gzip", "traceback", "encodings.idna", "encodings.utf_16", "encodings.latin_1", "encodings.cp1252", "encodings.utf_32", "encodings.utf_8_sig"):  # fmt: skip
        importlib.import_module(name)


def child(words: list[str], folder: Path) -> NoReturn:
    """Run one command line without rights and within one GiB; what it prints goes to files."""
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o666), number)
    os.environ.update(HOME=str(folder), XDG_DATA_HOME=str(folder), XDG_CACHE_HOME=str(folder))
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    status = 70
    try:
        status = rca.cli.run(words)
    except BaseException:  # noqa: BLE001  # what a traceback would be
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def tried(case: Case, folder: Path) -> tuple[list[str], int, resource.struct_rusage]:
    """What is wrong with the outcome of one input, its status, and what it took."""
    for name, content in {case.name: case.content, **case.more}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY) if os.getuid() == 0 else None
    given = folder / case.name
    words = [str(folder / "logs"), case.option, str(given.parent if case.option == "--rules" else given)] if case.option else [str(given)]  # fmt: skip
    options = [word for name in NAMES.values() for word in ("-o", name)]
    number = os.fork() or child(["analyze", *words, "--no-history", "-q", *options], folder)
    _, ended, usage = os.wait4(number, 0)
    status, spent = os.waitstatus_to_exitcode(ended), usage.ru_utime + usage.ru_stime
    told = (folder / "stderr").read_bytes()
    wrong = [] if status in case.status else [f"status {status}: {told[-300:]!r}"]
    wrong += ["a traceback"] if b"Traceback (most recent" in told else []
    wrong += [f"{len(told.splitlines())} lines of errors"] if len(told.splitlines()) > 1 else []
    wrong += [f"{spent:.0f} s of processor time"] if spent > SECONDS else []
    if not status:
        sources = json.loads((folder / "r.json").read_bytes())["coverage"]["sources"]
        wrong += [f"not conserved: {one}" for one in sources if one["read"] != one["kept"] + one["duplicates"] + one["skipped"]]  # fmt: skip
        kept = sum(one["kept"] for one in sources)
        wrong += [f"kept {kept} of {case.kept}"] if kept < case.kept else []
        wrong += [f"no {name}" for name in NAMES.values() if not (folder / name.rpartition("=")[2]).exists()]
    return wrong, status, usage


def main() -> None:
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    table: dict[str, Counter[str]] = {}
    slowest = largest = (0.0, "")
    loaded()
    for case in list(cases())[::step]:
        with tempfile.TemporaryDirectory() as place:
            wrong, status, usage = tried(case, Path(place))
        kind = case.id.partition("-")[0]
        table.setdefault(kind, Counter()).update(["inputs", f"status {status}", *(["wrong"] if wrong else [])])
        slowest = max(slowest, (usage.ru_utime + usage.ru_stime, case.id))
        largest = max(largest, (usage.ru_maxrss / 1024, case.id))
        for one in wrong:
            print(f"WRONG {case.id}: {one}", flush=True)
    names = ("inputs", "status 0", "status 2", "wrong")
    print(f"{'':12}" + "".join(f"{name:>10}" for name in names))
    for kind, row in [*table.items(), ("all", sum(table.values(), Counter()))]:
        print(f"{kind:12}" + "".join(f"{row[name]:>10}" for name in names))
    print(f"slowest: {slowest[1]}, {slowest[0]:.1f} s of processor time; largest: {largest[1]}, {largest[0]:.0f} MiB")
    print(f"user {NOBODY if os.getuid() == 0 else os.getuid()}, {len(NAMES)} formats each, RLIMIT_DATA 1 GiB")


if __name__ == "__main__":
    main()

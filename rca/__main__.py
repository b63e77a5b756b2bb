"""`python -m rca` and the console script."""

import os
import sys
from types import TracebackType

MEMORY = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0"
"""What polars' allocator gives back, and when: 665 instead of 713 MB at the peak of 2 million entries, for no more time."""


def main() -> None:
    """Run the command line; the process exits with a code of `rca.errors.ExitCode`."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", MEMORY)  # read when polars is loaded, which is later
    from rca.cli import run

    sys.excepthook = defect
    sys.exit(run(sys.argv[1:]))


def defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error that nobody foresaw: one defused line, the traceback under --verbose, and never the status of --fail-on."""
    import traceback

    from rca.errors import ExitCode
    from rca.safe import clean, command, line

    text = f"rca: defect: {line(''.join(traceback.format_exception_only(kind, error)))}; please report it, with --verbose\n"
    if {"--verbose", "-v"} & set(sys.argv):
        text += clean("".join(traceback.format_exception(kind, error, trace))) + "\n"
    sys.stderr.write(command(text))
    sys.stderr.flush()
    os._exit(int(ExitCode.UNUSABLE))  # the interpreter would leave with 1, which says that --fail-on is met


if __name__ == "__main__":
    main()

"""`python -m rca` and the console script."""

import sys


def main() -> None:
    """Run the command line; the process exits with a code of `rca.errors.ExitCode`."""
    from rca.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

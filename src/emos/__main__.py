"""The ``emos`` command and ``python -m emos``."""

from __future__ import annotations

import sys


def main() -> None:
    """Start the command line; Ctrl-C is one line from the first moment on."""
    try:
        from emos.cli import run

        status = run()
    except KeyboardInterrupt:
        status = 130
    if status == 130:
        print("emos: stopped; run the same command again", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()

"""The command ``wamsg``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

#: What the extra ``cli`` brings.
_EXTRA = frozenset({"cyclopts", "rich"})


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line (``sys.argv`` without its first by default); the exit code."""
    try:
        from wamsg.cli.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("wamsg: the command line needs the extra 'cli'; install wamsg[cli]\n")
        return 2
    return run(sys.argv[1:] if argv is None else argv)

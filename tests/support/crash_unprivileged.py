"""Run Python as someone to whom file modes apply, even if that is root: ``crash_unprivileged.py PYTHON ARGUMENT..``."""

from __future__ import annotations

import ctypes
import os
import sys

#: https://man7.org/linux/man-pages/man2/pr_capbset_drop.2const.html, linux/capability.h
_PR_CAPBSET_DROP, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


def main() -> None:
    """What is dropped from the bounding set is gone after exec; whoever is not root has nothing to drop."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for right in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            if libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "root cannot give up its rights here")
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 -- the same Python, without a shell


if __name__ == "__main__":
    main()

"""A slower disk than this machine's: a preloaded library that adds a wait to every fsync, built with the C compiler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("slow_fsync.c")


def compiler() -> str | None:
    """The C compiler, if there is one."""
    return shutil.which("cc") or shutil.which("gcc")


def build(folder: Path) -> Path:
    """The library, in ``folder``."""
    program = compiler()
    assert program is not None
    library = folder / "slow_fsync.so"
    subprocess.run([program, "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)  # noqa: S603 -- found by its name in PATH
    return library


def slowed(library: Path, *, milliseconds: float) -> dict[str, str]:
    """The environment in which each fsync takes so much longer."""
    return {"LD_PRELOAD": str(library), "WAMSG_FSYNC_US": str(round(milliseconds * 1000))}

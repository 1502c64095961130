"""What ``import wamsg`` costs, and that it loads nothing heavy."""

from __future__ import annotations

import resource
import subprocess
import sys
from statistics import median

from benchmarks.child import ROOT, environment
from benchmarks.table import table, verdict

_MOST_MS = 60.0
#: What loads on first use only.
HEAVY = ("aiohttp", "tenacity", "cattrs", "orjson", "wamsg.providers", "wamsg.transport.aiohttp", "cyclopts", "rich")
#: wamsg loads its parts on first use.
_USED = "from wamsg import Image, Text, connect, fan_out"
#: What others' programs import.
OTHERS = ("aiohttp", "twilio.rest", "pywa_async")
_LOADED = f"import sys, wamsg; print(*[name for name in {HEAVY} if name in sys.modules])"


def section(*, quick: bool) -> str:
    """The table."""
    runs = 3 if quick else 10
    _python("-c", "import wamsg")  # writes the byte code
    wall = median(_import_ms() for _ in range(runs))
    cpu = _beyond("import wamsg", runs)
    loaded = _python("-c", _LOADED).stdout.strip()
    return table(
        ("", "value", "goal", "met"),
        [
            ("import wamsg, -X importtime, median", f"{wall:.1f} ms", "", ""),
            (
                "CPU beyond an empty program, median",
                f"{cpu:.1f} ms",
                f"<= {_MOST_MS:g} ms",
                verdict(met=cpu <= _MOST_MS),
            ),
            ("the same with the names that a program uses", f"{_beyond(_USED, runs):.1f} ms", "", ""),
            *((f"the same for import {name}", f"{_beyond(f'import {name}', runs):.1f} ms", "", "") for name in OTHERS),
            ("heavy modules loaded", loaded or "none", "none", verdict(met=not loaded)),
        ],
    )


def _import_ms() -> float:
    """The last line reads ``import time: SELF | CUMULATIVE | wamsg`` in microseconds."""
    last = _python("-X", "importtime", "-c", "import wamsg").stderr.splitlines()[-1]
    _, cumulative, name = last.split("|")
    assert name.strip() == "wamsg", last
    return int(cumulative) / 1000


def _beyond(program: str, runs: int) -> float:
    """Milliseconds of CPU that it takes beyond an empty one, each measured in turn with the other."""
    pairs = [(_cpu_ms(program), _cpu_ms("pass")) for _ in range(runs)]
    return median(with_it for with_it, _ in pairs) - median(without for _, without in pairs)


def _cpu_ms(program: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _python("-c", program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )

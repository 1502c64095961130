"""On what the figures were measured."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

LIBRARIES = (
    *("wamsg", "aiohttp", "yarl", "multidict", "attrs", "cattrs", "orjson", "uvloop"),
    *("pywa", "httpx", "twilio", "aiolimiter", "pyrate-limiter"),
)


def missing() -> list[str]:
    """The libraries that the benchmarks need and that are not installed."""
    return [name for name in LIBRARIES if _version(name) is None]


def describe() -> str:
    """Machine, load, Python and library versions, as Markdown."""
    load = ", ".join(f"{share:.2f}" for share in os.getloadavg())
    versions = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return "\n".join(
        (
            f"- machine: {_processor()}, {os.cpu_count()} cores; load at the start {load}",
            f"- system: {platform.system()} {platform.release()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"- Python: {platform.python_implementation()} {platform.python_version()}",
            f"- libraries: {versions}",
        )
    )


def _processor() -> str:
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        facts = []
    names = (line.partition(":")[2].strip() for line in facts if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None

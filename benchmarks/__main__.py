"""``python -m benchmarks [SECTION ..] [--quick]``: one Markdown table per section."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable

from benchmarks import machine, server
from benchmarks.child import ROOT

SECTIONS = ("send", "fanout", "scheduler", "accuracy", "import", "broadcast", "callbacks")
_NEED_NGINX = {"send", "fanout", "broadcast", "profile"}
_MODULES = {"import": "imports"}


def main() -> int:
    """Run what was asked for; 2 if something is not installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure wamsg beside its alternatives.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)} (all of them), profile")
    parser.add_argument("--quick", action="store_true", help="a smoke run of about a minute; its figures mean little")
    given = parser.parse_args()
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    wrong = set(given.sections) - {*SECTIONS, "profile"}
    if wrong:
        parser.error(f"no section is called {', '.join(sorted(wrong))}")
    wanted = tuple(given.sections) or SECTIONS
    lacking = _lacking(wanted)
    if lacking:
        print(lacking, file=sys.stderr)
        return 2
    print(f"{machine.describe()}\n", flush=True)
    for name in wanted:
        _show(name, quick=given.quick)
    return 0


def _lacking(sections: tuple[str, ...]) -> str | None:
    libraries = machine.missing()
    if libraries:
        place = (ROOT / "benchmarks" / "requirements.txt").relative_to(ROOT)
        return f"not installed: {', '.join(libraries)}; pip install -e . --group dev -r {place}"
    if _NEED_NGINX & set(sections) and not server.is_installed():
        return "nginx is not installed: apt-get install nginx-light (Debian, Ubuntu), brew install nginx (macOS)"
    return None


def _show(name: str, *, quick: bool) -> None:
    started = time.monotonic()
    text = _section(name)(quick=quick)
    print(f"### {name}\n\n{text}\n\nTook {time.monotonic() - started:.0f} s.\n", flush=True)


def _section(name: str) -> Callable[..., str]:
    from importlib import import_module

    section: Callable[..., str] = import_module(f"benchmarks.{_MODULES.get(name, name)}").section
    return section


if __name__ == "__main__":
    sys.exit(main())

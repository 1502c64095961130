"""A function of the benchmarks in a fresh interpreter: ``python -m benchmarks.child MODULE:FUNCTION ARGUMENTS``."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def command(function: Callable[..., Any], **arguments: object) -> list[str]:
    """The command line that calls ``function``, a module's own, with arguments that JSON can carry."""
    return [
        sys.executable,
        *("-m", "benchmarks.child"),
        f"{function.__module__}:{function.__qualname__}",
        json.dumps(arguments),
    ]


def environment() -> dict[str, str]:
    """Ours, without settings of the developer's that would change what is measured."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WAMSG_", "TWILIO_", "PYTHON")) and not name.lower().endswith("_proxy")
    }


def call(function: Callable[..., Any], *, environ: Mapping[str, str] | None = None, **arguments: object) -> Any:
    """What ``function`` returns, which JSON must be able to carry; ``environ`` is added to its environment.

    What it writes to stderr is shown.
    """
    given = environment() | dict(environ or {})
    done = subprocess.run(  # noqa: S603 -- our own command
        command(function, **arguments), cwd=ROOT, env=given, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(f"benchmarks: {function.__module__}.{function.__qualname__} failed with {arguments}")
    return json.loads(done.stdout)


def main() -> None:
    """Call what the command line names and print what it returns."""
    module, _, name = sys.argv[1].partition(":")
    result = getattr(importlib.import_module(module), name)(**json.loads(sys.argv[2]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()

"""Who is compared: each module has ``opened(base, workload, workers)``, an async context that gives a `Send`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from benchmarks.load import Send
from benchmarks.workload import Workload

Opened = Callable[[str, Workload, int], AbstractAsyncContextManager[Send]]

#: Name in the tables, module, and the share of the messages that it sends: slow ones need fewer to be measured as well.
CONTENDERS: dict[str, tuple[str, float]] = {
    "raw protocol": ("raw", 1.0),
    "lean aiohttp loop": ("lean", 1.0),
    "naive aiohttp loop": ("naive", 1.0),
    "wamsg": ("ours", 1.0),
    "wamsg, content made each time": ("ours_anew", 1.0),
    "twilio": ("with_twilio", 0.5),
    "pywa": ("with_pywa", 0.1),
}


def load(name: str) -> Opened:
    """The contender called ``name``; only its own library is imported."""
    module = importlib.import_module(f"benchmarks.contenders.{CONTENDERS[name][0]}")
    opened: Opened = module.opened
    return opened

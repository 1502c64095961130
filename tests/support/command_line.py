"""How a command line ended, and the types of the fixtures that run one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from attrs import frozen

from tests.support.scripted import ScriptedServer
from wamsg.sandbox import Sandbox

#: Seconds after which a process has surely hung.
HUNG = 60


@frozen
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def complaint(self) -> str:
        """The one sentence on standard error; fails if there is more, less, or any output."""
        assert self.out == ""
        assert self.err.startswith("wamsg: ")
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("wamsg: ").rstrip("\n")


Run = Callable[..., Ran]
Serve = Callable[..., Sandbox]
Speak = Callable[..., ScriptedServer]
Start = Callable[..., subprocess.Popen[str]]

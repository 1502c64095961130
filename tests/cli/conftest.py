"""The command line inside this process and as a process of its own, and a sandbox in a thread for both to talk to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import HUNG, Ran, Run, Serve, Speak, Start
from tests.support.scripted import Script, ScriptedServer
from wamsg import registry
from wamsg.cli import main
from wamsg.clock import Clock
from wamsg.sandbox import Fault, Sandbox
from wamsg.settings import env_name


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests gets in; the current folder is an empty one."""
    for name in [name for name in os.environ if name.startswith("WAMSG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("send", ..)`` inside this process."""

    def call(*words: str) -> Ran:
        code = main(words)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def process() -> Iterator[Start]:
    """``process("send", ..)`` starts a process of its own; what still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "wamsg", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()


@pytest.fixture
def run_process(process: Start) -> Run:
    """``run_process("send", .., stdin="..")`` as a process of its own, to its end."""

    def call(*words: str, stdin: str = "") -> Ran:
        child = process(*words)
        out, err = child.communicate(stdin, timeout=HUNG)
        return Ran(child.returncode, out, err)

    return call


class _Server:
    """A server in a thread with a loop of its own, because each command line runs a loop of its own too."""

    def __init__(self, server: Sandbox | ScriptedServer) -> None:
        self._server = server
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(HUNG)

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        async with self._server:
            self._ready.set()
            await self._done.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(HUNG)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """``serve(limit="5/s")`` starts a sandbox and points every provider's environment variables at it."""
    servers: list[_Server] = []

    def start(*, limit: str | None = None, faults: tuple[Fault, ...] = (), clock: Clock | None = None) -> Sandbox:
        sandbox = Sandbox(limit=limit, faults=faults, clock=clock)
        servers.append(_Server(sandbox))
        for name in sandbox.mounts:
            for setting, value in sandbox.settings(name).items():
                monkeypatch.setenv(env_name(name, setting), value)
        return sandbox

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Iterator[Speak]:
    """``speak("wacr", [Said(..)])`` starts a server that says that, and points the provider's settings at it."""
    servers: list[_Server] = []

    def start(name: str, script: Script) -> ScriptedServer:
        server, provider = ScriptedServer(script), registry.load(name)
        servers.append(_Server(server))
        for setting, value in {**provider.example, "base_url": server.url + provider.sandbox.base_path}.items():
            monkeypatch.setenv(env_name(name, setting), value)
        return server

    yield start
    for server in servers:
        server.stop()

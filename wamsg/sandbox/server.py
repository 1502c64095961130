"""The sandbox: a server on this machine that speaks every provider's dialect and remembers what it accepted."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from attrs import evolve

from wamsg import registry
from wamsg.clock import Clock, SystemClock
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.model.event import Notice
from wamsg.sandbox.callbacks import Callbacks
from wamsg.sandbox.caller import Caller, Calls
from wamsg.sandbox.checks import member
from wamsg.sandbox.faults import Fault, Script
from wamsg.sandbox.gate import Gate, Rate
from wamsg.sandbox.incoming import Note
from wamsg.sandbox.mount import Mount
from wamsg.sandbox.outbox import KEEP, Outbox
from wamsg.sandbox.retry_form import RetryForm
from wamsg.sandbox.server_body import Unreadable, read_body
from wamsg.sandbox.server_control import NAME, control
from wamsg.sandbox.server_reply import carry_out
from wamsg.sandbox.server_settings import first_serial, loopback, port_number, script
from wamsg.sandbox.tally import Tally
from wamsg.settings import path_segment
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.wire import Headers, Request

_log = logging.getLogger("wamsg.sandbox")
T = TypeVar("T")
#: Seconds that idle connections get to say goodbye when the sandbox stops; aiohttp takes 0 for "for ever".
_GOODBYE = 0.05
#: Seconds that a receiver of callbacks gets to answer.
_PATIENCE = 10.0


def _not_the_clients_doing(record: logging.LogRecord) -> bool:
    # Malformed HTTP gets its 400; the traceback that aiohttp would log quotes headers, and those hold secrets.
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | web.RequestPayloadError))


_log.addFilter(_not_the_clients_doing)


class _State(Enum):
    NEW = "not started"
    RUNNING = "running"
    STOPPED = "stopped"


class Sandbox:
    """``async with Sandbox() as sandbox:`` serves until the block ends; `start` and `stop` do the same by hand.

    ``port`` 0 takes a free one; ``host`` must be a loopback address. ``providers`` defaults to all that are installed.
    ``limit`` such as ``"80/s"`` is kept exactly, for each account of a provider; ``retry_after`` is the form in which
    a 429 over it tells the wait (`RetryForm`). ``keep`` is how many accepted messages are remembered whole.
    ``callbacks`` is the address that hears what became of them, or `Callbacks` with delays and with what goes wrong.
    ``serial`` is the number from which ids are made, each request one higher. It begins at random, so that nobody takes
    what this sandbox tells for what an earlier one told; give it where ids have to be the same in every run.

    Raises `ConfigError` for settings that make no sense, and from `start` if the port cannot be had.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        providers: Iterable[Provider] | None = None,
        limit: str | None = None,
        retry_after: RetryForm | str = RetryForm.SECONDS,
        faults: Iterable[Fault] = (),
        callbacks: Callbacks | str | None = None,
        keep: int = KEEP,
        serial: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._host, self._port = loopback(host), port_number(port)
        self._clock = clock or SystemClock()
        self._rate = None if limit is None else Rate.parse(limit)
        self._form = member("retry_after", RetryForm, retry_after)
        named = _by_name(_installed() if providers is None else providers)
        #: What was accepted.
        self.outbox = Outbox(keep)
        #: The script; faults may come and go while it runs.
        self.faults = Script(faults, providers=named)
        self._calls = Calls(
            script=script(callbacks),
            clock=self._clock,
            transport=AiohttpTransport(timeout=_PATIENCE, clock=self._clock),
        )
        self._callers = {name: caller for name, provider in named.items() if (caller := Caller.of(provider))}
        self._serials = itertools.count(first_serial(serial))
        self.mounts: Mapping[str, Mount] = {name: self._mount(provider) for name, provider in named.items()}
        self._state = _State.NEW
        self._runner: web.ServerRunner | None = None
        self._busy: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Such as ``http://127.0.0.1:8025``. Raises RuntimeError before the start: the port is not known yet."""
        if self._state is _State.NEW:
            raise RuntimeError("the sandbox has no address yet; start it first: async with Sandbox() as sandbox")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """By provider: how many requests were answered, throttled, faulted and so on (`Counts` says each word)."""
        return {name: mount.counts.as_dict() for name, mount in self.mounts.items()}

    def settings(self, name: str) -> dict[str, Any]:
        """What to hand to ``connect(name, **settings)``: credentials that the sandbox takes, and its address."""
        provider = self._mounted(name).provider
        return {**provider.example, "base_url": f"{self.url}/{name}{provider.sandbox.base_path}"}

    @property
    def calling(self) -> tuple[str, ...]:
        """The providers that it can call back for."""
        return tuple(self._callers)

    def callback_settings(self, name: str) -> dict[str, Any]:
        """What to hand to ``wamsg.webhooks.webhook(name, **settings)``: the secrets that its callbacks show.

        Raises `ConfigError` for a provider that the sandbox cannot call back for.
        """
        return _named(name, self._callers)[1].settings(self._calls.script)

    def call_back(self, callbacks: Callbacks | str) -> None:
        """Call back from now on, or elsewhere; what is pending goes there too. Raises `ConfigError`."""
        self._calls.script = script(callbacks)

    @property
    def callbacks(self) -> Tally:
        """What became of the callbacks."""
        return self._calls.tally

    async def called_back(self) -> None:
        """Return once every callback has been made or given up; at once if none is due, or the sandbox has stopped."""
        await self._calls.done()

    def incoming(self, note: Note) -> str:
        """Have somebody write: calls back at once, and gives the id of what was written.

        Raises `ConfigError` without an address for callbacks or for a provider that is not called back for, and
        `wamsg.errors.Unsupported` for what the provider never brings.
        """
        self._check_running()
        dialects = {name: caller.messages for name, caller in self._callers.items() if caller.messages}
        name, dialect = _named(note.provider, dialects)
        written = note.written(name, self.outbox, serial=next(self._serials), at=self._clock.time())
        self._calls.bring(self._callers[name], dialect.incoming(written), about=f"from {written.sender}")
        return written.message_id

    def notice(self, notice: Notice) -> None:
        """Tell of a template, a number, a file or a record: calls back at once. It happened now unless ``at`` is given.

        Raises `ConfigError` without an address for callbacks or for a provider that tells of none of them, and
        `wamsg.errors.Unsupported` for what the provider never tells.
        """
        self._check_running()
        if not isinstance(notice, Notice):
            raise ConfigError("only templates, numbers, files and records have notices", setting="notice")
        dialects = {name: caller.notices for name, caller in self._callers.items() if caller.notices}
        name, dialect = _named(notice.provider, dialects)
        told = notice if notice.at is not None else evolve(notice, at=self._clock.time())
        self._calls.bring(self._callers[name], dialect.notice(told), about=type(notice).__name__)

    def reset(self, provider: str | None = None) -> None:
        """Forget what was created, blocked, uploaded at a provider, or at all; outbox, faults and counts stay.

        Raises `ConfigError` for a provider that is not mounted.
        """
        for mount in self.mounts.values() if provider is None else (self._mounted(provider),):
            mount.memory.clear()

    async def start(self) -> None:
        """Listen. Raises `ConfigError` if the port is taken or not allowed."""
        if self._state is not _State.NEW:
            raise RuntimeError(f"this sandbox is {self._state.value}; make a new one to start again")
        server = web.Server(self._serve, handler_cancellation=True, access_log=None, logger=_log, debug=False)
        runner = web.ServerRunner(server, shutdown_timeout=_GOODBYE)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise ConfigError(_why_not(self._host, self._port, error), setting="port") from error
        self._port = runner.addresses[0][1]
        self._runner, self._state = runner, _State.RUNNING

    async def stop(self) -> None:
        """Stop listening, cut what is under way and give back the port; stopping twice is harmless."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self._state = _State.STOPPED
        for site in runner.sites:
            await site.stop()
        busy = list(self._busy)
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await runner.cleanup()
        await self._calls.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _mounted(self, name: str) -> Mount:
        if name not in self.mounts:
            known = ", ".join(self.mounts) or "none"
            raise ConfigError(f"the sandbox has no provider {name!r}; mounted: {known}", setting="provider")
        return self.mounts[name]

    def _check_running(self) -> None:
        if self._state is not _State.RUNNING:
            raise RuntimeError(f"the sandbox is {self._state.value}")

    def _mount(self, provider: Provider) -> Mount:
        caller = self._callers.get(provider.name)
        return Mount(
            provider=provider,
            serials=self._serials,
            script=self.faults,
            outbox=self.outbox,
            clock=self._clock,
            gate=Gate(self._rate) if self._rate else None,
            form=self._form,
            listener=partial(self._calls.accepted, caller) if caller else None,
        )

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        # The connection's task: cancelling it ends the handler and closes the connection.
        task = request.task
        self._busy.add(task)
        try:
            return await self._answer(request)
        except ConnectionError:
            # The client hung up while it was written to: nobody hears what is said, and it is no error of ours.
            return web.Response()
        finally:
            self._busy.discard(task)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        target = request.raw_path
        path = target.partition("?")[0]
        name = path[1:].partition("/")[0]
        mount = self.mounts.get(name)
        if mount is None:
            return await self._elsewhere(request, path, name)
        try:
            body, files = await read_body(request)
        except Unreadable as error:
            reply = mount.unreadable(error.status)
        else:
            url = "http://sandbox" + (target[len(name) + 1 :] or "/")
            # A mapping proxy is left as it is, so that header names stay case-insensitive.
            reply = mount.reply(
                Request(method=request.method, url=url, headers=MappingProxyType(Headers(request.headers)), body=body),
                files,
            )
        return await carry_out(request, reply, self._clock)

    async def _elsewhere(self, request: web.BaseRequest, path: str, name: str) -> web.Response:
        if name == NAME:
            return await control(self, request, path)
        known = ", ".join(f"/{mount}" for mount in (*self.mounts, NAME))
        return web.Response(status=404, text=f"the sandbox answers under {known}\n")


def _named(name: str | None, among: Mapping[str, T]) -> tuple[str, T]:
    found = list(among) if name is None else [name] if name in among else []
    if len(found) != 1:
        known = ", ".join(among) or "none"
        raise ConfigError(f"name a provider that calls back so, which are: {known}", setting="provider")
    return found[0], among[found[0]]


def _installed() -> Iterable[Provider]:
    found, broken = registry.load_all()
    for error in broken:
        _log.warning("not mounted: %s", error, extra={"action": "provider_broken"})
    return found


def _by_name(providers: Iterable[Provider]) -> dict[str, Provider]:
    named: dict[str, Provider] = {}
    for provider in providers:
        if provider.name == NAME or provider.name in named:
            raise ConfigError(f"there cannot be two mounts called {provider.name!r}", setting="providers")
        try:
            named[path_segment(provider.name)] = provider
        except ValueError as error:
            raise ConfigError(f"provider {provider.name!r} cannot be mounted: {error}", setting="providers") from None
    return named


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another, or 0 for a free one"
    return f"cannot listen on port {port} of {host}: {error.strerror or error}"

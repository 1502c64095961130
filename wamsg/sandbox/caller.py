"""Makes the calls when they are due: batches them, proves them, repeats what was not taken, and ends on request."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from wamsg.clock import Clock, Timer
from wamsg.driver import Accepted, Callback, CallingDialect, Provider, Told, Written
from wamsg.errors import ConfigError, SendError
from wamsg.sandbox.callbacks import Callbacks
from wamsg.sandbox.schedule import copies, dice_for, scheduled
from wamsg.sandbox.tally import Tally
from wamsg.settings import resolve
from wamsg.transport.base import Transport
from wamsg.wire import Request, Scheme
from wamsg.wire.proof import proof, spoiled

_log = logging.getLogger("wamsg.sandbox")
#: Batches gather what is due within so many seconds.
_GATHER = 0.05
_COME_BACK_LATER = frozenset({408, 429, *range(500, 600)})


@frozen
class Caller:
    """A provider that calls back, and what its callers have to prove."""

    provider: str
    dialect: CallingDialect
    schemes: tuple[Scheme, ...]

    @classmethod
    def of(cls, provider: Provider) -> Caller | None:
        """None for a provider that calls nobody back, or whose fake server cannot."""
        inbound, dialect = provider.inbound, provider.sandbox
        if inbound is None or not isinstance(dialect, CallingDialect):
            return None
        resolved = resolve(provider.name, inbound.settings, given=dict(inbound.example), environ={})
        return cls(provider.name, dialect, inbound.webhook(resolved.values).schemes)


@frozen
class _Status:
    """A status that waits for its time, to be put into a call."""

    caller: Caller
    told: Told
    forged: bool


@frozen
class _Call:
    """A call as it goes out, and how often it did."""

    caller: Caller
    callback: Callback
    forged: bool = False
    tries: int = 0


class Calls:
    """Everything that is still to be told; nothing is, while there is no ``script``.

    Used within one running event loop. ``transport`` is closed by `stop`.
    """

    def __init__(self, *, script: Callbacks | None, clock: Clock, transport: Transport) -> None:
        self.script = script
        self.tally = Tally()
        self._clock, self._transport = clock, transport
        self._waiting: list[tuple[float, int, _Status | _Call]] = []
        self._order = itertools.count()
        self._ready: deque[_Call] = deque()
        self._busy: set[asyncio.Task[None]] = set()
        self._met: Counter[tuple[str, str]] = Counter()
        self._timer: Timer | None = None
        #: When the timer goes off.
        self._armed: float | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    def accepted(self, caller: Caller, accepted: Accepted) -> None:
        """Plan what is told of a message."""
        script = self.script
        if script is None:
            return
        dice = dice_for(script.seed, caller.provider, accepted.recipient, self._earlier(caller, accepted.recipient))
        plan = scheduled(script, caller.dialect, accepted, dice, self._clock.time())
        self.tally.met(caller.provider, accepted)
        self.tally.dropped.update(told.status for told in plan.dropped)
        self.tally.due.update(due.told.status for due in plan.due if not due.forged)
        self._put((due.delay, _Status(caller, due.told, due.forged)) for due in plan.due)

    def incoming(self, caller: Caller, written: Written) -> None:
        """Bring what someone wrote, at once. Raises `ConfigError` if there is no address to bring it to."""
        script = self.script
        if script is None:
            raise ConfigError("the sandbox was given no address for callbacks", setting="callbacks")
        person = f"from {written.sender}"
        dice = dice_for(script.seed, caller.provider, person, self._earlier(caller, person))
        callback = caller.dialect.incoming(written)
        self._put((delay, _Call(caller, callback)) for delay in copies(script, dice))

    async def done(self) -> None:
        """Return once nothing is waiting, under way or to be repeated; at once after `stop`."""
        await self._empty.wait()

    async def stop(self) -> None:
        """Make no more calls and cut those under way."""
        self.script = None
        if self._timer is not None:
            self._timer.cancel()
        self._waiting.clear()
        self._ready.clear()
        busy = list(self._busy)
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await self._transport.aclose()
        self._empty.set()

    def _earlier(self, caller: Caller, person: str) -> int:
        self._met[caller.provider, person] += 1
        return self._met[caller.provider, person] - 1

    def _put(self, items: Iterable[tuple[float, _Status | _Call]]) -> None:
        now = self._clock.monotonic()
        for delay, item in items:
            when = now + delay
            if isinstance(item, _Status) and self.script is not None and self.script.batch > 1:
                when = math.ceil(when / _GATHER) * _GATHER
            heapq.heappush(self._waiting, (when, next(self._order), item))
        self._arm()

    def _arm(self) -> None:
        first = self._waiting[0][0] if self._waiting else None
        if first != self._armed:
            if self._timer is not None:
                self._timer.cancel()
            self._armed = first
            self._timer = None if first is None else self._clock.call_at(first, self._wake)
        if self._waiting or self._ready or self._busy:
            self._empty.clear()
        else:
            self._empty.set()

    def _wake(self) -> None:
        self._armed = self._timer = None
        now, due = self._clock.monotonic(), list[_Status | _Call]()
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        try:
            for item in due:
                if isinstance(item, _Call):
                    self._ready.append(item)
            for group in _groups([item for item in due if isinstance(item, _Status)]):
                self._ready.extend(self._made(group))
        finally:
            self._go_on()

    def _made(self, group: Sequence[_Status]) -> Iterable[_Call]:
        size = self.script.batch if self.script else 1
        first = group[0]
        for start in range(0, len(group), size):
            told = [item.told for item in group[start : start + size]]
            for callback in first.caller.dialect.callbacks(told):
                yield _Call(first.caller, callback, first.forged)

    def _go_on(self) -> None:
        script = self.script
        while script is not None and self._ready and len(self._busy) < script.concurrency:
            call = self._ready.popleft()
            task = asyncio.ensure_future(self._make(script, call))
            self._busy.add(task)
            task.add_done_callback(partial(self._made_one, call))
        self._arm()

    def _made_one(self, call: _Call, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a callback could not be made", exc_info=error, extra={"action": "callback_broken"})
            self._end(call, "lost", self.tally.lost)
        self._go_on()

    async def _make(self, script: Callbacks, call: _Call) -> None:
        status = await self._answer(script, call)
        if call.forged:
            self._count_forged(status)
        elif status is not None and 200 <= status < 300:
            self.tally.calls["taken"] += 1
            self.tally.took(call.caller.provider, call.callback.told)
        elif status is not None and status not in _COME_BACK_LATER:
            self._end(call, "refused", self.tally.refused)
        elif call.tries < script.retries:
            self.tally.calls["again"] += 1
            self._put([(script.backoff * 2.0**call.tries, evolve(call, tries=call.tries + 1))])
        else:
            self._end(call, "lost", self.tally.lost)

    async def _answer(self, script: Callbacks, call: _Call) -> int | None:
        body = call.callback.body
        headers = proof(call.caller.schemes, body, now=self._clock.time())
        given: Mapping[str, str] = spoiled(headers) if call.forged else headers
        request = Request(method="POST", url=script.url, headers={**call.callback.headers, **given}, body=body)
        try:
            return (await self._transport.send(request)).status
        except SendError:
            return None

    def _count_forged(self, status: int | None) -> None:
        self.tally.calls["forged"] += 1
        if status is not None and 200 <= status < 300:
            self.tally.calls["forged_taken"] += 1

    def _end(self, call: _Call, word: str, statuses: Counter[str]) -> None:
        self.tally.calls[word] += 1
        statuses.update(told.status for told in call.callback.told)


def _groups(items: Iterable[_Status]) -> list[list[_Status]]:
    """What may go into one call: of one provider, and either all true or all forged."""
    groups: dict[tuple[str, bool], list[_Status]] = {}
    for item in items:
        groups.setdefault((item.caller.provider, item.forged), []).append(item)
    return list(groups.values())

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
from typing import Self
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from wamsg.clock import Clock, Timer
from wamsg.driver import Accepted, Callback, CallingDialect, Inbound, NotifyingDialect, Provider, Told
from wamsg.errors import ConfigError, SendError
from wamsg.sandbox.callbacks import SECRETS, Callbacks
from wamsg.sandbox.schedule import brought, dice_for, scheduled
from wamsg.sandbox.tally import Tally
from wamsg.settings import resolve
from wamsg.transport.base import Transport
from wamsg.wire import Request, Scheme
from wamsg.wire.proof import proof, spoiled

_log = logging.getLogger("wamsg.sandbox")
#: Batches gather what is due within so many seconds.
_GATHER = 0.05
_COME_BACK_LATER = frozenset({408, 429, *range(500, 600)})


@frozen(kw_only=True)
class Caller:
    """A provider that calls back, and what its callers have to prove unless the script says otherwise."""

    provider: str
    #: Settings with which a receiver takes the calls.
    example: Mapping[str, str] = field(repr=False)
    schemes: tuple[Scheme, ...]
    #: Tells of messages; None for a provider that does not.
    messages: CallingDialect | None
    #: Tells of all else; None for a provider that does not.
    notices: NotifyingDialect | None

    @classmethod
    def of(cls, provider: Provider) -> Self | None:
        """None for a provider that calls nobody back, or whose fake server cannot."""
        inbound, dialect = provider.inbound, provider.sandbox
        messages = dialect if isinstance(dialect, CallingDialect) else None
        notices = dialect if isinstance(dialect, NotifyingDialect) else None
        if inbound is None or (messages is None and notices is None):
            return None
        return cls(
            provider=provider.name,
            example=inbound.example,
            schemes=_schemes(provider.name, inbound),
            messages=messages,
            notices=notices,
        )

    def settings(self, script: Callbacks | None) -> dict[str, str]:
        """Those with which a receiver takes what is told by this script."""
        secrets = script.secrets if script else {}
        kept = {name: value for name, value in self.example.items() if not secrets or name not in SECRETS}
        return {**kept, **secrets}


def _schemes(name: str, inbound: Inbound) -> tuple[Scheme, ...]:
    resolved = resolve(name, inbound.settings, given=dict(inbound.example), environ={})
    return inbound.webhook(resolved.values).schemes


@frozen
class _Status:
    """A status that waits for its time, to be put into a call."""

    caller: Caller
    dialect: CallingDialect
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
        script, dialect = self.script, caller.messages
        if script is None or dialect is None:
            return
        dice = dice_for(script.seed, caller.provider, accepted.recipient, self._earlier(caller, accepted.recipient))
        plan = scheduled(script, dialect, accepted, dice, self._clock.time())
        self.tally.met(caller.provider, accepted)
        self.tally.dropped.update(told.status for told in plan.dropped)
        self.tally.due.update(due.told.status for due in plan.due if not due.forged)
        self._put((due.delay, _Status(caller, dialect, due.told, due.forged)) for due in plan.due)

    def bring(self, caller: Caller, callback: Callback, about: str) -> None:
        """Make a call at once, as far as the script lets it; ``about`` is who or what it tells of.

        Raises `ConfigError` if there is no address for it.
        """
        script = self.script
        if script is None:
            raise ConfigError("the sandbox was given no address for callbacks", setting="callbacks")
        dice = dice_for(script.seed, caller.provider, about, self._earlier(caller, about))
        due = list(brought(script, dice))
        if all(is_forged for _, is_forged in due):
            self.tally.calls["dropped"] += 1
        self._put((delay, _Call(caller, callback, is_forged)) for delay, is_forged in due)

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
            for callback in first.dialect.callbacks(told):
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
        callback = call.callback
        headers = proof(script.schemes or call.caller.schemes, callback.body, now=self._clock.time())
        given: Mapping[str, str] = spoiled(headers) if call.forged else headers
        if callback.query:
            request = Request(method="GET", url=_with_query(script.url, callback.query), headers=given)
        else:
            request = Request(method="POST", url=script.url, headers={**callback.headers, **given}, body=callback.body)
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


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _groups(items: Iterable[_Status]) -> list[list[_Status]]:
    """What may go into one call: of one provider, and either all true or all forged."""
    groups: dict[tuple[str, bool], list[_Status]] = {}
    for item in items:
        groups.setdefault((item.caller.provider, item.forged), []).append(item)
    return list(groups.values())

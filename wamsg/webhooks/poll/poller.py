"""Reading what became of messages where the provider calls nobody back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve, frozen

from wamsg.client import Client
from wamsg.clock import Clock, SystemClock
from wamsg.driver import Provider
from wamsg.errors import BadCredentials, ConfigError, LedgerBusy, PermissionDenied, Rejected, SendError
from wamsg.ledger.events import Bookmarks
from wamsg.model.event import DeliveryStatus, Event, StatusUpdate
from wamsg.views import StatusList, StatusOrder, StatusPage
from wamsg.webhooks.flow.events import EventFlow
from wamsg.webhooks.poll.place import Changes, Place
from wamsg.wire import Priority

_log = logging.getLogger("wamsg.webhooks")
_DAY: Final = 86_400.0
#: Stores remember keys for a week; what is older would come as new again and again.
_LONGEST_WINDOW: Final = 7 * _DAY
#: Failures whose reason was read, as far as they are remembered.
_MOST_EXPLAINED: Final = 10_000


@frozen(kw_only=True)
class Round:
    """What one round did."""

    #: Calls to the provider.
    calls: int
    #: Events that were not known before.
    fresh: int
    #: Whether all that has changed was read; what is left is read in the next rounds.
    caught_up: bool


class Poller:
    """Reads the statuses of a provider's list into a flow of events, a few calls at a time, and goes on where it stood.

    Each round reads the messages whose status changed last, from the newest change down to what is known. Once it has
    caught up it reads one page more in the order of sending, round and round: a change that the first order does not
    show is found by the second. ``calls`` is how many calls a round makes at most, ``every`` (seconds) how often one
    begins; with the defaults that is a tenth of the 60 calls a minute that a WA.cr token has. They go through the
    client's limits behind everything else. Of messages that failed it reads why, with half of the calls at most.
    ``window`` (seconds, a week at most) is how long after its sending a message is followed. ``bookmarks`` keeps the
    place; a ledger is one.

    The flow must be open and is not closed here. Raises `wamsg.errors.ConfigError` for a provider without such a list.
    """

    def __init__(
        self,
        client: Client,
        flow: EventFlow,
        *,
        bookmarks: Bookmarks,
        every: float = 60.0,
        calls: int = 6,
        window: float = 3 * _DAY,
        clock: Clock | None = None,
    ) -> None:
        self._statuses = _statuses_of(client.provider)
        _check(every=every, calls=calls, window=window)
        self._client = client
        self._flow = flow
        self._bookmarks = bookmarks
        self._every, self._calls, self._window = every, calls, window
        self._clock = clock or SystemClock()
        self._made = self._fresh = self._reasons = 0
        self._place = Place()
        #: What the slow reading found last: new to the reading of changes, though the store knows it.
        self._swept: set[str] = set()
        #: As a set that remembers its order.
        self._explained: dict[str, None] = {}

    async def run(self, *, show: Callable[[Round], None] | None = None) -> None:
        """Round after round, until cancelled; ``show`` is told of each.

        An error of a call, or a ledger that is busy, ends its round and is logged; the next round tries again.
        Raises `wamsg.errors.Rejected`, such as for wrong credentials: no later round would fare better.
        """
        while True:
            started, pause = self._clock.monotonic(), self._every
            try:
                done = await self.round()
                if show is not None:
                    show(done)
            except Rejected:
                raise
            except (SendError, LedgerBusy) as error:
                pause = max(pause, (isinstance(error, SendError) and error.retry_after) or 0.0)
                facts = {"action": "not_polled", "provider": self._client.provider.name}
                _log.warning("statuses could not be read, trying again: %s", error, extra=facts)
            await self._clock.sleep(max(0.0, started + pause - self._clock.monotonic()))

    async def round(self) -> Round:
        """Read once. Raises a `wamsg.errors.SendError`, and whatever the store raises; what was read before is kept."""
        self._made = self._fresh = self._reasons = 0
        place = self._place = Place.from_text(await self._bookmarks.bookmark(self._name()))
        changes = Changes(place.gaps)
        # One call is left over for the slow reading.
        while changes.page is not None and self._made < max(1, self._calls - 1):
            page, events = await self._read(StatusOrder.CHANGED, changes.page)
            # Before they are stored: a process that dies between the two must not take what lies below for known.
            await self._remember_place(evolve(place, gaps=changes.gaps_meanwhile()))
            new = await self._store(events)
            fresh = any(event.key in new or event.key in self._swept for event in events)
            changes.turn(fresh=fresh, last=self._is_last(page))
            await self._remember_place(evolve(place, gaps=changes.gaps()))
        # Not before: what it stores further down would be taken for the end of what is new.
        if changes.page is None and self._made < self._calls:
            sweep = await self._sweep(place.sweep)
            await self._remember_place(Place(gaps=changes.gaps(), sweep=sweep))
        return Round(calls=self._made, fresh=self._fresh, caught_up=changes.page is None)

    async def _remember_place(self, place: Place) -> None:
        if place != self._place:
            self._place = place
            await self._bookmarks.set_bookmark(self._name(), place.to_text())

    async def _sweep(self, number: int) -> int:
        """Read one page in the order of sending; the next one's number."""
        page, events = await self._read(StatusOrder.SENT, number)
        self._swept = await self._store(events)
        if count := len(self._swept):
            facts = {"action": "change_not_shown", "provider": self._client.provider.name, "count": count}
            _log.info("%d statuses were not among the last changes; found in the order of sending", count, extra=facts)
        return 1 if self._is_last(page) else number + 1

    async def _read(self, order: StatusOrder, number: int) -> tuple[StatusPage, list[Event]]:
        """A page, and its events with the reasons of failures."""
        self._made += 1
        page = await self._client.call(self._statuses.page(self._client.driver, order, number), priority=Priority.BULK)
        return page, [await self._with_reason(event) for event in page.events]

    async def _store(self, events: Sequence[Event]) -> set[str]:
        """The keys of those that were new."""
        stored = await self._flow.add(events) if events else []
        new = {event.key for event in events} & {one.event.key for one in stored}
        self._fresh += len(new)
        return new

    async def _with_reason(self, event: Event) -> Event:
        """A failure as the message itself tells it; as it is where there is no call left for it."""
        reason = self._statuses.reason
        failed = isinstance(event, StatusUpdate) and event.status is DeliveryStatus.FAILED
        if reason is None or not failed or event.key in self._explained or not self._may_ask():
            return event
        assert isinstance(event, StatusUpdate)  # noqa: S101 -- looked at above
        self._made += 1
        self._reasons += 1
        try:
            found = await self._client.call(reason(self._client.driver, event), priority=Priority.BULK)
        except (BadCredentials, PermissionDenied):
            raise
        except Rejected:
            # Such as one that was deleted meanwhile; that it failed is known all the same.
            found = event
        # Only now: after any other error the page is read again, and so is the reason.
        self._remember(event.key)
        return found

    def _may_ask(self) -> bool:
        return self._made < self._calls and self._reasons < self._calls // 2

    def _remember(self, key: str) -> None:
        self._explained[key] = None
        if len(self._explained) > _MOST_EXPLAINED:
            del self._explained[next(iter(self._explained))]

    def _is_last(self, page: StatusPage) -> bool:
        """Whether nothing below it is followed any more."""
        return not page.more or (page.newest is not None and page.newest < self._clock.time() - self._window)

    def _name(self) -> str:
        """One account's place; its lane tells accounts apart without telling secrets."""
        operation = self._statuses.page(self._client.driver, StatusOrder.CHANGED, 1)
        return f"statuses {self._client.provider.name} {operation.request.lanes[0]}"


def check_can_poll(provider: Provider) -> None:
    """Raise `ConfigError` unless statuses can be read from the provider."""
    _statuses_of(provider)


def _statuses_of(provider: Provider) -> StatusList:
    if provider.statuses is None:
        more = "; it calls back: see wamsg webhooks" if provider.inbound is not None else ""
        message = f"{provider.name} has no list of messages to read statuses from{more}"
        raise ConfigError(message, setting="provider")
    return provider.statuses()


def _check(*, every: float, calls: int, window: float) -> None:
    if not 1 <= every < float("inf"):
        raise ConfigError("every must be 1 second or more", setting="every")
    if calls < 2:
        message = "calls must be 2 or more: one for what changed, one for what the order of changes may hide"
        raise ConfigError(message, setting="calls")
    if not 0 < window <= _LONGEST_WINDOW:
        raise ConfigError("window must be a week at most", setting="window")

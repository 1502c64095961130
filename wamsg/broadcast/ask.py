"""The policy ``ask``: what the provider's own list proves about deliveries that nobody knows the fate of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator

from wamsg.broadcast.message import MessageTemplate
from wamsg.client import Client
from wamsg.clock import Clock
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.ledger import Broadcast, Delivery, Ledger, Moment, Settled, State
from wamsg.model import PhoneNumber
from wamsg.views import Absent, CannotSay, Finding, Found, Known, Search, Sought, inquire

#: So many unknown deliveries are asked about at a time, and so many known ones are given as proof.
_MOST_SOUGHT, _MOST_KNOWN = 1000, 5000
#: Seconds after its intent by which a request was surely over, also that of a process that died.
_LONGEST_REQUEST = 600.0
#: Seconds that a second look is waited for, at most: a provider's list lags behind.
_PATIENCE = 180.0


class Asker:
    """Asks one account about one broadcast's unknown deliveries; called by the runner after each pass."""

    def __init__(
        self, ledger: Ledger, broadcast: Broadcast, template: MessageTemplate, client: Client, clock: Clock
    ) -> None:
        check_can_ask(client.provider)
        self._ledger = ledger
        self._broadcast = broadcast
        self._template = template
        self._client = client
        self._clock = clock

    async def __call__(self) -> int:
        """Settle what is certain; how many surely never went out and are due again. Raises a `SendError`."""
        sought = await self._unknown()
        if not sought:
            return 0
        findings = await self._findings(sought)
        again = min((one.again_at for one in findings if isinstance(one, CannotSay) and one.again_at), default=None)
        if again is not None and again - self._clock.time() <= _PATIENCE:
            await self._clock.sleep(again - self._clock.time())
            findings = await self._findings(sought)
        outcomes = list(self._outcomes(sought, findings))
        await self._ledger.resolve(self._broadcast.id, outcomes)
        await self._ledger.note(
            self._broadcast.id, Moment(at=self._clock.time(), kind="asked", detail=_summary(findings))
        )
        return sum(outcome.state is State.DEFERRED for outcome in outcomes)

    async def _unknown(self) -> list[Delivery]:
        found: list[Delivery] = []
        async for delivery in self._ledger.deliveries(self._broadcast.id, {State.UNKNOWN}):
            if delivery.sent_at is not None and len(found) < _MOST_SOUGHT:
                found.append(delivery)
        return found

    async def _findings(self, sought: list[Delivery]) -> tuple[Finding, ...]:
        provider = self._client.provider
        assert provider.look_up is not None  # noqa: S101 -- looked at when this was made
        search = Search(
            sought=tuple(map(self._sought, sought)),
            known=tuple([known async for known in self._known(min(_sent_at(one) for one in sought))]),
            now=self._clock.time(),
        )
        return await inquire(self._client.call, provider.look_up(self._client.driver, search))

    def _sought(self, delivery: Delivery) -> Sought:
        since = _sent_at(delivery)
        until = min(delivery.done_at or since, since + _LONGEST_REQUEST)
        return Sought(
            recipient=_recipient(delivery),
            content=self._template.render(delivery.values),
            since=since,
            until=max(since, until),
        )

    async def _known(self, since: float) -> AsyncIterator[Known]:
        count = 0
        async for delivery in self._ledger.deliveries(self._broadcast.id, {State.ACCEPTED}):
            if delivery.message_id is None or _sent_at(delivery) < since or count >= _MOST_KNOWN:
                continue
            count += 1
            yield Known(
                message_id=delivery.message_id,
                recipient=_recipient(delivery),
                content=self._template.render(delivery.values),
                at=_sent_at(delivery),
            )

    def _outcomes(self, sought: Iterable[Delivery], findings: Iterable[Finding]) -> Iterator[Settled]:
        now = self._clock.time()
        for delivery, finding in zip(sought, findings, strict=True):
            if isinstance(finding, Absent):
                yield Settled(delivery.seq, State.DEFERRED, now, not_before=now, detail="the provider never took it")
            elif isinstance(finding, Found) and finding.status == "failed":
                detail = "the provider's list says that it failed"
                yield Settled(delivery.seq, State.REJECTED, now, kind="SendFailed", detail=detail)
            elif isinstance(finding, Found):
                yield Settled(delivery.seq, State.ACCEPTED, now, message_id=finding.message_id)


def check_can_ask(provider: Provider) -> None:
    """Raise `ConfigError` unless the provider can be asked what became of a message."""
    if provider.look_up is None:
        message = f"{provider.name} cannot be asked what became of a message; use --on-unknown hold, skip or resend"
        raise ConfigError(message, setting="on_unknown")


def _recipient(delivery: Delivery) -> PhoneNumber:
    return PhoneNumber(f"+{delivery.address}")


def _sent_at(delivery: Delivery) -> float:
    return delivery.sent_at or 0.0


def _summary(findings: Iterable[Finding]) -> str:
    kinds = Counter(type(one).__name__ for one in findings)
    whys = Counter(one.why for one in findings if isinstance(one, CannotSay))
    said = f"{kinds['Found']} went out, {kinds['Absent']} did not, of {kinds['CannotSay']} it cannot say"
    return said + (f": {whys.most_common(1)[0][0]}" if whys else "")

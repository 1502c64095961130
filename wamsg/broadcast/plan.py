"""Planning: every line of the input gets its fate, and message, options and recipients are frozen together."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from wamsg import registry
from wamsg.broadcast.ask import check_can_ask
from wamsg.broadcast.audience import Audience, Batch, Check
from wamsg.broadcast.message import Checker, MessageTemplate
from wamsg.broadcast.policy import OnUnknown, Options
from wamsg.clock import Clock, SystemClock
from wamsg.driver import Driver
from wamsg.errors import InvalidMessage, InvalidRecipient, PlanChanged
from wamsg.ledger import Broadcast, Counts, Ledger, Loaded, Moment, Plan, Recipient, Refused

#: Rows of the input per chunk: about 15 seconds of sending, so that a crash or a slow sender concerns few.
_CHUNK_SECONDS, _SMALLEST, _LARGEST = 15.0, 200, 5000
#: So many deliveries and so many invalid lines are kept to be shown.
_EXAMPLES, _INVALID = 3, 5
#: As long as any reference, to see whether the provider takes it.
_LONGEST_REFERENCE = "w1.zzzzzz.zzzzzz.zzz.zzzzzz"


@frozen(kw_only=True)
class Planned:
    """A frozen broadcast, and what is shown of it before anything is sent."""

    broadcast: Broadcast
    counts: Counts
    #: The first deliveries.
    examples: tuple[Recipient, ...]
    #: The first invalid lines.
    invalid: tuple[Refused, ...]


async def plan(
    ledger: Ledger,
    template: MessageTemplate,
    audience: Audience,
    *,
    provider: str,
    options: Options,
    name: str = "",
    rate: float | None = None,
    limit: int | None = None,
    driver: Driver | None = None,
    show: Callable[[int], None] | None = None,
    approve: Callable[[Planned], Awaitable[None]] | None = None,
    clock: Clock | None = None,
) -> Planned:
    """Read ``audience`` into ``ledger`` and freeze it; nothing is sent.

    ``rate`` (messages a second of all senders, None for unlimited) only sizes the chunks. ``limit`` plans the first
    rows alone. With ``driver`` each row is also refused if that provider cannot express it; ``show`` is told the rows
    read so far. ``approve`` is given all of it last of all, before anything is frozen: what it raises is raised here,
    and wherever that is interrupted, nothing is left to be sent.

    Raises `wamsg.errors.InvalidMessage` or `wamsg.errors.Unsupported` for what no values can mend,
    `wamsg.errors.ConfigError` for an input that cannot be read, `wamsg.errors.InvalidRecipient` if there is nobody in
    it, and `wamsg.errors.LedgerError`; what was read until then is forgotten.
    """
    clock = clock or SystemClock()
    if options.on_unknown is OnUnknown.ASK:
        check_can_ask(registry.load(provider))
    check = _check(template, driver)
    made = Plan(
        name=name,
        provider=provider,
        message=message_to_dict(template),
        options=options.to_dict(),
        columns=template.columns,
        source=audience.name,
        created_at=clock.time(),
    )
    broadcast = await ledger.begin(made)
    try:
        examples, invalid = await _load(ledger, broadcast, template, audience, limit, check, show)
        counts = await _some(ledger, broadcast, audience)
        digest = fingerprint(made, audience.digest)
        drafted = evolve(await ledger.broadcast(broadcast), fingerprint=digest, digest=audience.digest)
        planned = Planned(broadcast=drafted, counts=counts, examples=tuple(examples), invalid=tuple(invalid))
        if approve is not None:
            await approve(planned)
        frozen_ = await ledger.freeze(
            broadcast,
            fingerprint=digest,
            digest=audience.digest,
            chunk=chunk_size(rate),
            first=options.canary.of(counts.deliveries) if options.canary and counts.deliveries else 0,
        )
    except BaseException:
        await ledger.discard(broadcast)
        raise
    await ledger.note(broadcast, Moment(at=clock.time(), kind="planned"))
    return evolve(planned, broadcast=frozen_)


def message_to_dict(template: MessageTemplate) -> dict[str, Any]:
    """What the ledger keeps of a message: as it was written, where its files lie, and a digest over both."""
    digest = hashlib.sha256(template.fingerprint_text().encode()).hexdigest()
    return {
        "document": dict(template.document),
        "files": template.files and str(template.files.resolve()),
        "digest": digest,
    }


def message_from_dict(kept: Mapping[str, Any]) -> MessageTemplate:
    """The message of a frozen plan. Raises `PlanChanged` if files that it sends are gone or are others now."""
    files = kept["files"]
    try:
        template = MessageTemplate.of(kept["document"], files=files and Path(files))
        same = message_to_dict(template)["digest"] == kept["digest"]
    except InvalidMessage as error:
        raise PlanChanged(f"the message cannot be read again: {error}", differs=("the message",)) from error
    if not same:
        raise PlanChanged("files that the message sends have changed since it was planned", differs=("the files",))
    return template


async def _load(
    ledger: Ledger,
    broadcast: int,
    template: MessageTemplate,
    audience: Audience,
    limit: int | None,
    check: Check | None,
    show: Callable[[int], None] | None,
) -> tuple[list[Recipient], list[Refused]]:
    intake = _Loading(ledger, broadcast, show)
    try:
        async for batch in audience.batches(template.columns, check=check, limit=limit):
            await intake.add(batch)
        await intake.end()
    finally:
        await intake.aclose()
    return intake.examples, intake.invalid


class _Loading:
    """Batches on their way into the ledger: while one is written, the next is read."""

    def __init__(self, ledger: Ledger, broadcast: int, show: Callable[[int], None] | None) -> None:
        self._ledger = ledger
        self._broadcast = broadcast
        self._show = show
        self._under_way: tuple[Batch, asyncio.Task[Loaded]] | None = None
        self._rows = 0
        self.examples: list[Recipient] = []
        self.invalid: list[Refused] = []

    async def add(self, batch: Batch) -> None:
        """Begin to write ``batch``, once the one before is written."""
        await self.end()
        loading = self._ledger.load(self._broadcast, batch.recipients, batch.refused)
        self._under_way = (batch, asyncio.create_task(loading))

    async def end(self) -> None:
        """Return once everything is written."""
        if self._under_way is None:
            return
        batch, task = self._under_way
        loaded = await task
        self._under_way = None
        if len(self.examples) < _EXAMPLES:
            gone = {row.seq for row in loaded.refused}
            fresh = (row for row in batch.recipients if row.seq not in gone)
            self.examples += [row for row, _ in zip(fresh, range(_EXAMPLES - len(self.examples)), strict=False)]
        self.invalid += batch.refused[: _INVALID - len(self.invalid)]
        self._rows += len(batch.recipients) + len(batch.refused)
        if self._show is not None:
            self._show(self._rows)

    async def aclose(self) -> None:
        """Leave nothing under way behind an error."""
        if self._under_way is not None:
            await asyncio.gather(self._under_way[1], return_exceptions=True)


def _check(template: MessageTemplate, driver: Driver | None) -> Check | None:
    """What judges the values of a row; None where there are none, once the message itself is found good."""
    checker = Checker(template, driver=driver, reference=_LONGEST_REFERENCE)
    return checker.check if template.columns else None


async def _some(ledger: Ledger, broadcast: int, audience: Audience) -> Counts:
    counts = await ledger.counts(broadcast)
    if not counts.rows:
        raise InvalidRecipient(f"{audience.name} holds no recipients", field="recipients")
    return counts


def chunk_size(rate: float | None) -> int:
    """Rows per chunk at a rate of messages a second; None for unlimited."""
    return _LARGEST if rate is None else int(min(max(rate * _CHUNK_SECONDS, _SMALLEST), _LARGEST))


def fingerprint(plan: Plan, digest: str) -> str:
    """SHA-256 in hexadecimal over all that decides who gets what."""
    said = json.dumps([plan.provider, plan.message, plan.options, plan.columns, digest], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


async def check_unchanged(
    broadcast: Broadcast,
    template: MessageTemplate,
    audience: Audience | None,
    *,
    options: Options | None = None,
    limit: int | None = None,
    driver: Driver | None = None,
) -> None:
    """Raise `PlanChanged`, naming what differs, unless all that is given is what ``broadcast`` was frozen with.

    ``limit`` and ``driver`` must be those that it was planned with: they decide which rows are refused.
    """
    differs = []
    if dict(broadcast.plan.message) != message_to_dict(template):
        differs.append("the message")
    if options is not None and dict(broadcast.plan.options) != options.to_dict():
        differs.append("the options")
    if audience is not None:
        rows = 0
        # A message with other columns cannot judge the values of those that were frozen.
        check = _check(template, driver) if template.columns == broadcast.plan.columns else None
        async for batch in audience.batches(broadcast.plan.columns, check=check, limit=limit):
            rows += len(batch.recipients) + len(batch.refused)
        if audience.digest != broadcast.digest:
            count = f" ({broadcast.rows} rows then, {rows} now)" if rows != broadcast.rows else ""
            differs.append(f"the recipients{count}")
    if differs:
        message = (
            f"changed since broadcast {broadcast.id} was planned: {', '.join(differs)}; "
            "resume it without naming files, or plan a new broadcast in another ledger"
        )
        raise PlanChanged(message, differs=tuple(differs))

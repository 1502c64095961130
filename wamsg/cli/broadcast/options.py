"""What the commands of a broadcast take beside message, recipients and provider."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import attrs
from attrs import frozen
from cyclopts import Group, Parameter

from wamsg.broadcast import Layout, Options
from wamsg.cli.kinds.pairs import Repeated


def _flag(name: str, text: str) -> Parameter:
    return Parameter(name=name, negative=(), show_default=False, help=text)


LedgerName = Annotated[str, Parameter(name="--ledger", help="the file that remembers everything")]
Number = Annotated[
    int | None, Parameter(name="--broadcast", help="its number; else the newest unfinished one, else the newest")
]
AsJson = Annotated[bool, _flag("--json", "one JSON object per event, for programs")]
Yes = Annotated[bool, _flag("--yes", "do not ask")]
Plain = Annotated[bool, _flag("--plain", "lines instead of a bar; what a pipe gets anyway")]
ShowNumbers = Annotated[bool, _flag("--show-numbers", "do not mask numbers")]

_READING = Group("How the recipients are written", sort_key=1)
_PLANNING = Group("What is frozen with the plan", sort_key=2)
_SENDING = Group("How it is sent", sort_key=3)


@Parameter(name="*", group=_READING)
@frozen(kw_only=True)
class ReadingOptions:
    """How recipients are laid out; what is not said is found in their first rows."""

    format: Annotated[str | None, Parameter(help="csv or jsonl; else found")] = None
    delimiter: Annotated[str | None, Parameter(help="comma, semicolon, tab, pipe or the character; else found")] = None
    encoding: Annotated[str | None, Parameter(help="such as cp1252; else found")] = None
    header: Annotated[bool | None, Parameter(help="whether the first row names the columns; else found")] = None
    phone_column: Annotated[str | None, Parameter(help="name of the column of numbers; else found")] = None
    without_plus: Annotated[
        bool, Parameter(negative=(), help="all numbers have their country code, but no + in front")
    ] = False

    def layout(self) -> Layout:
        """For `open_audience`. Raises `ConfigError`."""
        return Layout(**attrs.asdict(self))


@Parameter(name="*", group=_PLANNING)
@frozen(kw_only=True)
class PlanningOptions:
    """What is frozen together with message and recipients; texts are read by `wamsg.broadcast.Options`."""

    name: Annotated[str | None, Parameter(help="what it is called; else the message's file")] = None
    files: Annotated[Path | None, Parameter(help="folder of the files that it may send; else the message's")] = None
    limit: Annotated[int | None, Parameter(help="take the first so many rows only")] = None
    on_unknown: Annotated[str | None, Parameter(help="hold (default), skip, ask or resend")] = None
    canary: Annotated[str | None, Parameter(help="judge the first 50, or 1%, before the others go")] = None
    canary_failures: Annotated[str | None, Parameter(help="share of them that may fail; 20% by default")] = None
    canary_wait: Annotated[str | None, Parameter(help="how long their statuses are waited for")] = None
    breaker: Annotated[str | None, Parameter(help="refusals in a row that stop it; 5 by default")] = None
    window: Annotated[str | None, Parameter(help='"09:00-20:00 mon-fri" by the recipient\'s clock')] = None
    window_zone: Annotated[str | None, Parameter(help="time zone of numbers whose own is not known")] = None
    expires: Annotated[str | None, Parameter(help="6h, or a moment: from then on nothing is sent")] = None
    start_at: Annotated[str | None, Parameter(help='"09:00 Asia/Kolkata", or a moment: nothing goes before')] = None
    daily_quota: Annotated[str | None, Parameter(help="most messages in 24 hours")] = None
    concurrency: Annotated[str | None, Parameter(help="requests under way at once; 64 by default")] = None
    attempts: Annotated[str | None, Parameter(help="tries where the provider says later; 4 by default")] = None
    template_check: Annotated[bool, Parameter(help="ask the provider first whether the template fits")] = True

    def options(self, now: float) -> Options:
        """As they are understood at ``now``. Raises `ConfigError`."""
        given: Mapping[str, Any] = {
            name: value for name, value in attrs.asdict(self).items() if name not in _NOT_OF_THE_RUN
        }
        return Options.read(given, now=now)


#: What says how it is planned, not how it is run.
_NOT_OF_THE_RUN = frozenset({"name", "files", "limit", "template_check"})


@Parameter(name="*", group=_SENDING)
@frozen(kw_only=True)
class SendingOptions:
    """What may be another at each run: it changes how fast it goes and through whom, not who gets what."""

    rate: Annotated[str | None, Parameter(help="of each sender, such as 80/s, or none; else the provider's")] = None
    sender: Annotated[
        tuple[str, ...], Repeated, Parameter(help="name of a table [PROVIDER.senders.NAME] in the settings file")
    ] = ()
    timeout: Annotated[float, Parameter(help="seconds for one request")] = 30.0
    callbacks: Annotated[
        bool, Parameter(negative=(), help="statuses come back, by wamsg webhooks: the canary waits for them")
    ] = False
    poll: Annotated[
        float | None,
        Parameter(help="seconds between readings of statuses, where nobody is called back (wacr)"),
    ] = None


READING, PLANNING, SENDING = ReadingOptions(), PlanningOptions(), SendingOptions()

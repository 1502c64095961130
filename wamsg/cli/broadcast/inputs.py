"""What a broadcast is made of, read and judged before any ledger is touched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from wamsg.broadcast import Audience, MessageTemplate, Options, open_audience, read_message
from wamsg.broadcast.message import Checker
from wamsg.cli.broadcast.options import PlanningOptions, ReadingOptions
from wamsg.cli.broadcast.senders import Senders
from wamsg.clock import SystemClock
from wamsg.errors import ConfigError


@frozen
class Input:
    """A message, open recipients, and how they are to be sent."""

    template: MessageTemplate
    audience: Audience
    planning: PlanningOptions
    #: What was said about how it runs, as it is understood now.
    options: Options
    senders: Senders
    name: str


def is_stdin(recipients: Path) -> bool:
    """Whether the recipients come from standard input."""
    return str(recipients) == "-"


@contextmanager
def opened(
    message: Path, recipients: Path, *, reading: ReadingOptions, planning: PlanningOptions, senders: Senders
) -> Iterator[Input]:
    """Read the message and the first rows; what is wrong with either is raised here.

    Raises `ConfigError`, `InvalidMessage` and `Unsupported`.
    """
    if planning.limit is not None and planning.limit < 1:
        raise ConfigError("--limit takes a number of rows from 1 on", setting="limit")
    options = planning.options(SystemClock().time())
    template = read_message(message, files=planning.files)
    # What this provider cannot express is refused before anyone is read.
    Checker(template, driver=senders.driver)
    source = sys.stdin.buffer if is_stdin(recipients) else recipients
    with open_audience(source, reading.layout()) as audience:
        _check_columns(template, audience)
        yield Input(
            template=template,
            audience=audience,
            planning=planning,
            options=options,
            senders=senders,
            name=message.stem if planning.name is None else planning.name,
        )


def _check_columns(template: MessageTemplate, audience: Audience) -> None:
    """Said before a ledger is made for it; reading the rows would say the same."""
    missing = [column for column in template.columns if column not in (audience.columns or template.columns)]
    if missing:
        known = ", ".join(audience.columns or ())
        message = f"the message names {{{missing[0]}}}, but {audience.name} has no such column; it has {known}"
        raise ConfigError(message, setting="columns")

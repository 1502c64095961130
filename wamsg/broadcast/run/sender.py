"""One of the senders of a run, and what the run knows of it."""

from __future__ import annotations

import asyncio

from attrs import define, field

from wamsg.messenger import RecordedMessenger

#: So many requests go out before the first acceptance: what is wrong for everyone then meets only a handful.
FEW = 5


@define(eq=False)
class Sender:
    """A messenger and its standing in this run."""

    place: int
    messenger: RecordedMessenger = field(repr=False)
    #: The provider took a message from it.
    proven: bool = False
    #: It was refused for what is its own fault, and takes no more part.
    dropped: bool = False
    #: Chunks that run through it now.
    busy: int = 0
    #: Its provider asked for a pause until then.
    paused_until: float = 0.0
    #: Deliveries that got no turn since the last one that did.
    held_up: int = 0
    #: Held by each delivery until the sender is proven.
    early: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(FEW), init=False, repr=False)

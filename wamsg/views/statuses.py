"""What became of messages, read page by page: for providers that call nobody back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from attrs import frozen

from wamsg.model.event import Event, StatusUpdate
from wamsg.wire import Operation


class StatusOrder(StrEnum):
    """In which order a provider lists the messages that were sent."""

    #: Those whose status changed last come first.
    CHANGED = "changed"
    #: The newest message comes first.
    SENT = "sent"


@frozen(kw_only=True)
class StatusPage:
    """Messages as a provider shows them, each as an event that says how far it came."""

    events: tuple[Event, ...]
    #: Whether another page may follow.
    more: bool
    #: When the first and the last of them to be sent were sent, in seconds since 1970; None where it is not said.
    oldest: float | None = None
    newest: float | None = None


@frozen(kw_only=True)
class StatusList:
    """How a provider's list of messages is read; the operations only read."""

    #: Makes the operation that reads a page, counted from 1, for a driver.
    page: Callable[[Any, StatusOrder, int], Operation[StatusPage]]
    #: Makes the operation that reads why a message of the list failed: the same event with its reason. None where the
    #: list says it already, or nothing does.
    reason: Callable[[Any, StatusUpdate], Operation[StatusUpdate]] | None = None

"""Was it sent? What a provider can say of deliveries whose answers were lost."""

from __future__ import annotations

from math import isfinite
from typing import TypeAlias

from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import Content, PhoneNumber


@frozen(kw_only=True)
class Sought:
    """One delivery of which nobody knows whether it went out."""

    recipient: PhoneNumber
    #: As it was sent to this recipient, with everything filled in.
    content: Content = field(repr=False)
    #: When its request was about to leave, and by when it was surely over; seconds since 1970-01-01 UTC.
    since: float
    until: float

    def __attrs_post_init__(self) -> None:
        if not (isfinite(self.since) and isfinite(self.until) and self.since <= self.until):
            raise InvalidMessage("a delivery is sought from one moment to a later one", field="until")


@frozen(kw_only=True)
class Known:
    """One message that surely went out, in the same account and about the same time: the proof of what a list shows."""

    message_id: str
    recipient: PhoneNumber
    content: Content = field(repr=False)
    #: When its request was about to leave; seconds since 1970-01-01 UTC.
    at: float


@frozen(kw_only=True)
class Search:
    """What is looked for, and what is known beside it.

    Give as ``known`` whatever is known to have gone out since the first of the sought was about to leave. Without
    such proof a provider's list is not believed when it does not show something.
    """

    sought: tuple[Sought, ...]
    known: tuple[Known, ...] = ()
    #: Read before the first operation is carried out; seconds since 1970-01-01 UTC.
    now: float
    #: Seconds after which the provider surely shows what it took.
    delay: float = 60.0
    #: Seconds by which the provider's clock may differ from ours.
    skew: float = 60.0
    #: How many messages of the provider's list are read at most.
    most: int = 5000


@frozen(kw_only=True)
class Found:
    """It went out."""

    #: None where the provider shows none.
    message_id: str | None
    #: As the provider calls it: ``sent``, ``delivered``, ``read``, ``failed``; None where it does not say.
    status: str | None = None


@frozen
class Absent:
    """The provider surely never took it: sending it again makes no duplicate."""


@frozen(kw_only=True)
class CannotSay:
    """Neither is certain."""

    #: A sentence for people, without numbers or contents.
    why: str
    #: When asking again may tell more; None if it will not.
    again_at: float | None = None


Finding: TypeAlias = Found | Absent | CannotSay

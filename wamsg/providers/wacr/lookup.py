"""Was it sent? What the list of messages proves, and no more.

The list cannot be asked for a recipient and its items do not name one, so a message's recipient is known only where
its chat is: a chat belongs to one person, and messages that are known to have gone out tell whose chat it is.
Source: https://docs.app.wa.cr/list-messages-28559794e0
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import floor

from attrs import field, frozen

from wamsg.model import PhoneNumber, Template
from wamsg.operations import Page, Service, make
from wamsg.providers.wacr.api.messages import ListedMessage, Messages
from wamsg.providers.wacr.likeness import Likeness, likeness
from wamsg.views import Absent, CannotSay, Finding, Found, Inquiry, Known, Search, Sought


@frozen
class _History:
    """What was read of the list, newest first; with a ``doubt`` it may lack something."""

    items: tuple[ListedMessage, ...]
    doubt: str = ""


@frozen
class _Fit:
    """A message that may be the one that is sought."""

    item: ListedMessage
    #: Whether it is in a chat that is known to be the recipient's.
    own: bool
    #: Whether its time and its content agree beyond doubt.
    sure: bool


@frozen(kw_only=True)
class _Proof:
    """The list, and what the known messages in it prove."""

    items: tuple[ListedMessage, ...]
    #: Those known messages that the list shows.
    shown: Mapping[str, tuple[Known, ListedMessage]]
    #: Whose chat each is, as far as known.
    owners: Mapping[int, PhoneNumber]
    skew: float
    #: Why nothing can be concluded; empty if something can.
    doubt: str = field(default="")


def look_up(service: Service, search: Search) -> Inquiry[tuple[Finding, ...]]:
    """A finding for each of ``search.sought``, in their order; needs the scope ``messages:read``.

    `Found` is a message out of this account that nobody else accounts for, the only one like it in a chat that is the
    recipient's. `Absent` needs a list that was read to the end of the time in question, that shows every message
    known to have gone out in that time, at least one of the same kind among them, and nothing that might be the one.
    """
    ripe = {index: one for index, one in enumerate(search.sought) if one.until + search.delay <= search.now}
    if not ripe:
        return tuple(_too_early(one, search) for one in search.sought)
    begin = min(one.since for one in ripe.values()) - search.skew
    history = yield from _read(service, begin, search)
    proof = _weigh(history, search, begin)
    fits = {index: _fits(one, proof) for index, one in ripe.items()}
    claims = Counter((ripe[index].recipient, fit.item.id) for index, found in fits.items() for fit in found)
    return tuple(
        _judge(one, proof, fits[index], claims) if index in fits else _too_early(one, search)
        for index, one in enumerate(search.sought)
    )


def _too_early(one: Sought, search: Search) -> CannotSay:
    why = "it is too early: the provider may not show it yet"
    return CannotSay(why=why, again_at=one.until + search.delay)


def _read(service: Service, begin: float, search: Search) -> Inquiry[_History]:
    """The list back to ``begin``; it is whole only if its end, or something older, was seen in good order."""
    declaration = Messages.list.declaration
    values = declaration.bind(direction="outbound", sort="-created_at")
    found: dict[int, ListedMessage] = {}
    number = 1
    while len(found) < search.most:
        page: Page[ListedMessage] = yield make(declaration, service, {**values, "page": number})
        fresh = {item.id: item for item in page.items if item.id not in found}
        found |= fresh
        if not page.items or page.more is False or _reaches(page.items, begin - search.skew):
            return _ordered(found.values(), search.skew)
        # A short page is no end by itself: the provider may give fewer than it is asked for.
        if not fresh:
            return _History(tuple(found.values()), "the provider's list repeats itself")
        number += 1
    return _History(tuple(found.values()), f"there are more than {search.most} messages since then")


def _time(item: ListedMessage) -> float | None:
    return None if item.sent_at is None else item.sent_at.timestamp()


def _reaches(items: Iterable[ListedMessage], moment: float) -> bool:
    return any(at is not None and at < moment for at in map(_time, items))


def _ordered(items: Iterable[ListedMessage], skew: float) -> _History:
    """With a doubt if something newer stands below something older, as then more of it may stand further below."""
    history = tuple(items)
    oldest = float("inf")
    for item in history:
        at = _time(item)
        if at is not None and at > oldest + skew:
            return _History(history, "the provider's list is not in the order of time")
        oldest = oldest if at is None else min(oldest, at)
    return _History(history)


def _weigh(history: _History, search: Search, begin: float) -> _Proof:
    listed = {item.message_id: item for item in history.items if item.message_id is not None}
    shown = {one.message_id: (one, listed[one.message_id]) for one in search.known if one.message_id in listed}
    owners: dict[int, PhoneNumber] = {}
    doubt = history.doubt or _unproven(search, shown, begin)
    for known, item in shown.values():
        if item.interaction_id is None:
            continue
        if owners.setdefault(item.interaction_id, known.recipient) != known.recipient:
            doubt = doubt or "the provider's list has two people in one chat"
    return _Proof(items=history.items, shown=shown, owners=owners, skew=search.skew, doubt=doubt)


def _unproven(search: Search, shown: Mapping[str, tuple[Known, ListedMessage]], begin: float) -> str:
    """Why the list is not to be believed: it hides, or tells otherwise, what is known to have gone out."""
    since, until = begin + search.skew, search.now - search.delay
    hidden = sum(since <= one.at <= until and one.message_id not in shown for one in search.known)
    if hidden:
        return f"the provider's list lacks {hidden} messages that are known to have gone out"
    if any(likeness(known.content, item) is Likeness.OTHER for known, item in shown.values()):
        return "the provider's list shows known messages otherwise than they were sent"
    return ""


def _fits(one: Sought, proof: _Proof) -> list[_Fit]:
    return [fit for item in proof.items if (fit := _fit(one, item, proof)) is not None]


def _fit(one: Sought, item: ListedMessage, proof: _Proof) -> _Fit | None:
    at = _time(item)
    if at is not None and not one.since - proof.skew <= at <= one.until + proof.skew:
        return None
    owner = None if item.interaction_id is None else proof.owners.get(item.interaction_id)
    if item.message_id in proof.shown or owner not in {None, one.recipient}:
        return None
    alike = likeness(one.content, item)
    if alike is Likeness.OTHER:
        return None
    # The provider's times are whole seconds.
    inside = at is not None and floor(one.since) <= at <= one.until
    return _Fit(item=item, own=owner is not None, sure=inside and alike is Likeness.SAME)


def _judge(one: Sought, proof: _Proof, fits: list[_Fit], claims: Mapping[tuple[PhoneNumber, int], int]) -> Finding:
    if proof.doubt:
        return CannotSay(why=proof.doubt)
    own = [fit for fit in fits if fit.own]
    if len(own) == 1 and own[0].sure and claims[one.recipient, own[0].item.id] == 1:
        return Found(message_id=own[0].item.message_id, status=own[0].item.status)
    if own:
        return CannotSay(why=f"{len(own)} messages to this recipient may be the one")
    if fits:
        return CannotSay(why=f"{len(fits)} messages may be the one, and the provider does not show to whom they went")
    if not any(_same_kind(known, one) for known, _ in proof.shown.values()):
        return CannotSay(why="no message of this kind is known to have gone out, which would prove what the list shows")
    return Absent()


def _same_kind(known: Known, one: Sought) -> bool:
    if isinstance(known.content, Template) and isinstance(one.content, Template):
        return known.content.name == one.content.name
    return type(known.content) is type(one.content)

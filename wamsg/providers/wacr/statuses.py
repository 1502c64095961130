"""What became of messages, as the list of messages shows it: WA.cr calls nobody back.

Its items hold a status and no time of it, and the page does not say that a changed status moves a message up in the
order of changes; whoever reads them has to look at the order of sending as well, now and then.
Source: https://docs.app.wa.cr/list-messages-28559794e0 and https://docs.app.wa.cr/get-message-28559795e0
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from wamsg.errors import (
    LowBalance,
    MediaRefused,
    OptedOut,
    PlanLimit,
    RecipientRefused,
    SendError,
    SendFailed,
    TemplateRefused,
    WindowClosed,
)
from wamsg.model.event import DeliveryStatus, Event, Failure, StatusUpdate, UnknownEvent, event_key
from wamsg.operations import Page, make
from wamsg.providers.wacr.api.messages import ListedMessage, MessageDetails, Messages
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.reply import one_line
from wamsg.views import StatusOrder, StatusPage
from wamsg.wire import Operation

_NAME: Final = WacrDriver.name
_SORT: Final = {StatusOrder.CHANGED: "-updated_at", StatusOrder.SENT: "-created_at"}
#: What is asked for of each message beside its id: nobody's words and numbers.
_FIELDS: Final = ("status", "message_id", "sent_at")
_WORDS: Final[Mapping[str, DeliveryStatus]] = MappingProxyType(
    {word.value: word for word in DeliveryStatus if word is not DeliveryStatus.ACCEPTED}
)
_LONGEST_KIND, _LONGEST_REASON = 64, 200
#: A number of Meta's in front of the words: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
#: The page does not say that there is one.
_CODE: Final = re.compile(r"\W*(?:error\W*)?(\d{3,6})\b", re.IGNORECASE)
_META: Final[Mapping[str, type[SendError]]] = MappingProxyType(
    {
        str(code): error
        for error, codes in (
            (OptedOut, (131050,)),
            (RecipientRefused, (130403, 130472, 130497, 131021, 131026, 131049)),
            (WindowClosed, (131047,)),
            (PlanLimit, (131048, 131064)),
            (MediaRefused, (131052, 131053)),
            (TemplateRefused, (132000, 132001, 132005, 132007, 132012, 132015, 132016)),
            (LowBalance, (131042,)),
        )
        for code in codes
    }
)


def page(driver: WacrDriver, order: StatusOrder, number: int) -> Operation[StatusPage]:
    """A hundred messages; needs the scope ``messages:read``."""
    declaration = Messages.list.declaration
    values = declaration.bind(direction="outbound", sort=_SORT[order], fields=_FIELDS, page=number)
    return _then(make(declaration, driver.service, values), _page)


def reason(driver: WacrDriver, update: StatusUpdate) -> Operation[StatusUpdate]:
    """The message itself, which says why it failed; needs the scope ``messages:read``."""
    operation = make(Messages.get.declaration, driver.service, Messages.get.declaration.bind(id=update.raw["id"]))
    return _then(operation, lambda details: _failed(update, details))


def _then(operation: Operation[Any], turn: Any) -> Operation[Any]:
    """The same operation, its result turned into something else."""
    return evolve(operation, decode=lambda response: turn(operation.decode(response)))


def _page(found: Page[ListedMessage]) -> StatusPage:
    times = [item.sent_at.timestamp() for item in found.items if item.sent_at is not None]
    return StatusPage(
        events=tuple(event for item in found.items if (event := _event(item)) is not None),
        more=bool(found.items) and found.more is not False,
        oldest=min(times, default=None),
        newest=max(times, default=None),
    )


def _event(item: ListedMessage) -> Event | None:
    """None for a message that has no status yet."""
    if item.status is None or not item.status.strip():
        return None
    word = item.status.strip().lower()
    sent_at = None if item.sent_at is None else item.sent_at.timestamp()
    raw = {"id": item.id, "status": item.status, "message_id": item.message_id, "sent_at": sent_at}
    status = _WORDS.get(word)
    # WhatsApp's id may be missing while a message has not left; the record's own number never is.
    name = item.message_id or f"record {item.id}"
    if status is None:
        key = event_key(_NAME, "unknown status", name, word)
        kind = one_line(word, _LONGEST_KIND)
        return UnknownEvent(provider=_NAME, key=key, reason="the status is not a known one", kind=kind, raw=raw)
    return StatusUpdate(
        provider=_NAME,
        key=event_key(_NAME, "status", name, status),
        # The list tells when a message was sent, and of no other status when it came.
        at=sent_at if status is DeliveryStatus.SENT else None,
        status=status,
        message_id=name,
        failure=Failure() if status is DeliveryStatus.FAILED else None,
        raw=raw,
    )


def _failed(update: StatusUpdate, details: MessageDetails) -> StatusUpdate:
    said = one_line(details.status_message or "", _LONGEST_REASON)
    found = _CODE.match(said)
    code, words = (found[1], said[found.end() :].lstrip(" :)-") or said) if found else (None, said)
    failure = Failure(code=code, detail=words, error=_META.get(code or "", SendFailed))
    return evolve(update, failure=failure, raw={**update.raw, "status_message": details.status_message})

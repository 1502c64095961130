"""Statuses of messages: which word means what, and why a message failed.

Sources: https://developers.kaleyra.io/docs/whatsapp-status and
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from wamsg.errors import (
    LowBalance,
    OptedOut,
    PlanLimit,
    RecipientRefused,
    SendError,
    SendFailed,
    TemplateRefused,
    Unanswered,
)
from wamsg.model import PhoneNumber
from wamsg.model.event import DeliveryStatus, Event, Failure, Raw, StatusUpdate, event_key
from wamsg.providers.kaleyra import codes
from wamsg.providers.kaleyra.answer import shown
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.webhook_values import phone, unknown
from wamsg.wire.pluck import identifier, moment, table, text

_SPACES = re.compile(r"[\s_-]+")
#: Small letters, with one space where the sources have a space, a dash or an underscore.
_WORDS: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "accepted": DeliveryStatus.ACCEPTED,
        # "Submit - Success" and "Submit - Failure" are callbacks whose bodies are not shown.
        "submitted": DeliveryStatus.ACCEPTED,
        "submit success": DeliveryStatus.ACCEPTED,
        "submit failure": DeliveryStatus.FAILED,
        "sent": DeliveryStatus.SENT,
        "delivered": DeliveryStatus.DELIVERED,
        "read": DeliveryStatus.READ,
        # A voice message that was listened to.
        "played": DeliveryStatus.READ,
        "failed": DeliveryStatus.FAILED,
        # Never handed to Meta.
        "not sent": DeliveryStatus.FAILED,
        "notsent": DeliveryStatus.FAILED,
        # What receivers of the first API version get for "failed".
        "0": DeliveryStatus.FAILED,
    }
)

#: For the reasons of "not sent" that are documented without their codes.
_REASONS: tuple[tuple[re.Pattern[str], type[SendError]], ...] = (
    (re.compile(r"(?<![a-z])opt(ed)?[\s_-]*out|unsubscri|consent", re.IGNORECASE), OptedOut),
    (re.compile(r"country|blocked", re.IGNORECASE), RecipientRefused),
    (re.compile(r"template", re.IGNORECASE), TemplateRefused),
    (re.compile(r"balance|credit", re.IGNORECASE), LowBalance),
    (re.compile(r"limit", re.IGNORECASE), PlanLimit),
)


def status_of(value: object) -> DeliveryStatus | None:
    """The status that a word stands for, in any case and with any kind of gap; None if it is none."""
    if not isinstance(value, str):
        return None
    return _WORDS.get(value) or _WORDS.get(_SPACES.sub(" ", value[:40].strip().lower()))


def meta_status(
    item: Mapping[str, object], *, business: PhoneNumber | None, beside: Mapping[str, object], raw: Raw
) -> Event:
    """One element of ``statuses``; ``beside`` is what Kaleyra adds, where that is surely about this element."""
    ids: tuple[object, ...] = (item.get("id"),)
    reference = None
    if beside:
        info = table(beside.get("extra_info"))
        ids = (*ids, beside.get("message_id"), info.get("message_id"))
        reference = text(info.get("ref"))
    return status_event(
        item.get("status"),
        reference=reference or text(item.get("biz_opaque_callback_data")),
        ids=ids,
        recipient=item.get("recipient_id"),
        recipient_id=item.get("recipient_user_id"),
        business=business,
        at=moment(item.get("timestamp")),
        faults=lambda: [*_faults(item), beside],
        conversation=table(item.get("conversation")) or None,
        pricing=table(item.get("pricing")) or None,
        raw=raw,
    )


def variable_status(fields: Mapping[str, object], *, extra: Mapping[str, object], raw: Raw) -> Event:
    """A status without a frame, of the fields of a `FieldMap`; ``extra`` is the document's ``extra_info``."""
    return status_event(
        fields.get("status"),
        reference=text(fields.get("reference")),
        ids=(fields.get("message_id"), fields.get("other_id"), extra.get("message_id")),
        recipient=fields.get("recipient"),
        business=phone(fields.get("business")),
        at=moment(fields.get("at")),
        faults=lambda: [fields],
        raw=raw,
    )


def status_event(
    word: object,
    *,
    reference: str | None,
    ids: Iterable[object],
    recipient: object,
    faults: Callable[[], Iterable[Mapping[str, object]]],
    raw: Raw,
    recipient_id: object = None,
    **rest: Any,
) -> Event:
    """The update that says so, or an unknown event where the word or every way to find the message is missing."""
    status = status_of(word)
    if status is None:
        return unknown("the status is not a known one", raw, word)
    known = [found for name in ids if (found := identifier(name))]
    if len(known) > 1:
        known = list(dict.fromkeys(known))
    if not known and reference is None:
        return unknown("the status names no message", raw, word)
    failure = failure_of(faults()) if status is DeliveryStatus.FAILED else None
    number = phone(recipient)
    person = identifier(recipient_id) or (None if number else identifier(recipient))
    # One id may stand for several recipients; and what failed twice for two reasons is two events.
    whose = number.digits if number else person
    message = known[0] if known else None
    key = event_key(NAME, "status", message or f"ref:{reference}", whose, status, failure.code if failure else None)
    return StatusUpdate(
        provider=NAME,
        key=key,
        status=status,
        reference=reference,
        message_id=message,
        other_ids=tuple(known[1:]),
        recipient=number,
        recipient_id=person,
        failure=failure,
        raw=raw,
        **rest,
    )


def failure_of(faults: Iterable[Mapping[str, object]]) -> Failure:
    """Why it failed: the first fault with a code that is known, else the first with any."""
    found = [(_code(fault), _words(fault)) for fault in faults]
    rules = [(code, words, codes.rule_of_code(code)) for code, words in found if code]
    code, words, rule = next(
        (row for row in rules if row[2]), rules[0] if rules else (None, " ".join(said for _, said in found), None)
    )
    return Failure(code=code, detail=shown(words), error=_error(rule, words))


def _error(rule: codes.Rule | None, words: str) -> type[SendError]:
    if rule is None:
        return next((error for pattern, error in _REASONS if pattern.search(words)), SendFailed)
    # An answer with this code leaves it open whether the message went out; a status says that it did not.
    return SendFailed if issubclass(rule.error, Unanswered) else rule.error


def _faults(item: Mapping[str, object]) -> list[Mapping[str, object]]:
    errors = item.get("errors")
    return [fault for fault in errors if isinstance(fault, Mapping)] if isinstance(errors, list) else []


def _code(fault: Mapping[str, object]) -> str | None:
    code = identifier(fault.get("code"))
    return shown(code) if code else None


def _words(fault: Mapping[str, object]) -> str:
    details = table(fault.get("error_data")).get("details")
    said = (text(part) for part in (fault.get("title"), fault.get("message"), fault.get("reason"), details))
    return ": ".join(dict.fromkeys(part[:1000] for part in said if part))

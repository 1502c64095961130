"""Kaleyra's callbacks: which of its forms a body has, and the webhook that is made of the settings.

What a callback profile sends is designed by the customer; the forms that Kaleyra documents are known by what they hold,
others by the places that ``callback_fields`` names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from wamsg.driver import Webhook
from wamsg.errors import BadPayload
from wamsg.model.event import Event, UnknownEvent
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.webhook_config import VARIABLES, CallbackSettings, FieldMap
from wamsg.providers.kaleyra.webhook_frame import kaleyra_frame, meta_frame
from wamsg.providers.kaleyra.webhook_message import variable_message
from wamsg.providers.kaleyra.webhook_notice import notice
from wamsg.providers.kaleyra.webhook_status import status_of, variable_status
from wamsg.providers.kaleyra.webhook_values import unknown
from wamsg.wire import check_payload, read_payload
from wamsg.wire.pluck import table

#: A whole string, even one without its end, or a comma that only space parts from a closing bracket.
_LOOSE_COMMA = re.compile(r'("(?:[^"\\]|\\.?)*+"?)|,(?=\s*[}\]])', re.DOTALL)


def make_webhook(settings: CallbackSettings) -> Webhook:
    """The webhook for one set of settings. Raises `wamsg.errors.ConfigError`."""
    return Webhook(provider=NAME, schemes=settings.schemes(), reader=partial(_parse, settings.callback_fields))


def _parse(fields: FieldMap | None, body: bytes, query: Mapping[str, str]) -> list[Event]:
    return _events(_document(body, query), fields)


def _document(body: bytes, query: Mapping[str, str]) -> Mapping[str, object]:
    if query and not body.strip():
        # Phone quality, and whatever a profile sends by GET.
        document: dict[str, object] = dict(query)
        check_payload(document)
        return document
    try:
        return read_payload(body)
    except BadPayload:
        repaired = _without_loose_commas(body)
        if repaired == body:
            raise
        return read_payload(repaired)


def _without_loose_commas(body: bytes) -> bytes:
    """Kaleyra's own sample of a status has a comma behind its last field."""
    text = body.decode(errors="surrogateescape")
    return _LOOSE_COMMA.sub(lambda found: found[1] or "", text).encode(errors="surrogateescape")


def _events(document: Mapping[str, object], fields: FieldMap | None) -> list[Event]:
    # Bodies of a customer's own design may have fields of these names that are something else.
    if isinstance(document.get("meta_object"), dict):
        return list(kaleyra_frame(document))
    if isinstance(entries := document.get("entry"), list) and entries:
        return list(meta_frame(document, entries))
    own = _by_fields(document, fields) if fields else None
    if own is not None and not isinstance(own, UnknownEvent):
        return [own]
    return [notice(document, raw=document) or _by_fields(document, VARIABLES) or own or _unknown(document)]


def _unknown(document: Mapping[str, object]) -> UnknownEvent:
    return unknown("not a known kind of callback", document, document.get("event") or document.get("type"))


def _by_fields(document: Mapping[str, object], fields: FieldMap) -> Event | None:
    """The status or message that stands at those places; None if neither does."""
    values = fields.values(document)
    if "status" in values and ("sender" not in values or status_of(values["status"])):
        return variable_status(values, extra=table(document.get("extra_info")), raw=document)
    return variable_message(values, raw=document) if "sender" in values else None

"""Changes of CRM records, as a sibling product documents them; behind a setting that is off.

WA.cr documents no callbacks at all, and none for messages exist: what became of a message is read, not told. The shape
is that of https://docs.getrasl.io/webhook-format, whose API is otherwise the same. Turn it on if your account sends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from wamsg import settings
from wamsg.driver import Webhook
from wamsg.errors import ConfigError
from wamsg.model.event import Event, RecordChange, UnknownEvent, content_key, event_key
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.settings import setting
from wamsg.wire import read_payload
from wamsg.wire.pluck import identifier, moment, table, text

_NAME = WacrDriver.name
_RESOURCES, _ACTIONS = {"contact", "source", "status"}, {"created", "updated", "deleted"}
_LONGEST_KIND = 64


@frozen(kw_only=True)
class CallbackSettings(settings.CallbackSettings):
    """How callbacks prove where they come from, and whether they are taken at all."""

    callback_records: str = setting(
        "take changes of CRM records, which WA.cr does not document: on or off",
        default="off",
        converter=settings.choice("on", "off"),
    )


def make_webhook(callback_settings: CallbackSettings) -> Webhook:
    """The webhook for one set of settings. Raises `ConfigError` unless ``callback_records`` is on."""
    if callback_settings.callback_records != "on":
        message = f"{_NAME} documents no callbacks; set callback_records=on if your account sends changes of records"
        raise ConfigError(message, setting="callback_records")
    return Webhook(provider=_NAME, schemes=callback_settings.schemes(), reader=_parse)


def _parse(body: bytes, _query: Mapping[str, str]) -> list[Event]:
    return [_event(read_payload(body))]


def _event(document: Mapping[str, object]) -> Event:
    event = table(document.get("event"))
    kind = text(event.get("type")) or ""
    resource, _, action = kind.partition(".")
    if resource not in _RESOURCES or action not in _ACTIONS:
        return _unknown(document, kind)
    data, changes, event_id = table(document.get("data")), table(document.get("changes")), identifier(event.get("id"))
    record = table(data.get("resource"))
    return RecordChange(
        provider=_NAME,
        key=event_key(_NAME, "record", event_id) if event_id else content_key(_NAME, "record", document),
        at=moment(event.get("timestamp")),
        resource=resource,
        action=action,
        record_id=identifier(record.get("id")),
        attributes=dict(table(record.get("attributes"))),
        previous=dict(table(changes.get("previous"))),
        raw=document,
    )


def _unknown(document: Mapping[str, object], kind: str) -> UnknownEvent:
    word = kind if kind.isprintable() and 0 < len(kind) <= _LONGEST_KIND else None
    key = content_key(_NAME, "unknown", document)
    return UnknownEvent(provider=_NAME, key=key, reason="not a known change of a record", kind=word, raw=document)

"""The settings of callbacks, and where the fields of bodies that a customer has designed stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from attrs import frozen

from wamsg import settings
from wamsg.settings import setting

_LONGEST_PATH = 200


@frozen(kw_only=True)
class FieldMap:
    """Where our fields stand in a JSON body: names joined by dots, such as ``data.message.id`` or ``items.0.id``.

    Several places, joined by ``|``, are looked at in order. Statuses need ``status`` and one of ``message_id`` and
    ``reference``; incoming messages need ``sender``.
    """

    status: str | None = None
    message_id: str | None = None
    reference: str | None = None
    other_id: str | None = None
    recipient: str | None = None
    code: str | None = None
    reason: str | None = None
    at: str | None = None
    business: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    kind: str | None = None
    text: str | None = None
    payload: str | None = None
    media_link: str | None = None
    media_id: str | None = None
    mime_type: str | None = None
    filename: str | None = None
    location: str | None = None
    contacts: str | None = None
    reply_to: str | None = None

    def values(self, document: Mapping[str, object]) -> dict[str, object]:
        """What stands at those places of ``document``; what is absent, null or empty is left out."""
        named = ((item.name, getattr(self, item.name)) for item in attrs.fields(type(self)))
        found = ((name, _first(document, path)) for name, path in named if path is not None)
        return {name: value for name, value in found if value is not None}


#: What Kaleyra sends without a frame: "not sent" (https://developers.kaleyra.io/docs/
#: wa-status-update-webhooks-payload-v2-daily-limit-reached) and what is built of the variables of a profile
#: (https://developers.kaleyra.io/docs/create-callback-profile-for-incoming-whatsapp-messages). Which of ``from``,
#: ``mobile`` and ``wanumber`` is whose number is not said there; known receivers take ``from`` for the writer's.
VARIABLES = FieldMap(
    status="status",
    message_id="message_id|id",
    reference="extra_info.ref|ref",
    other_id="extra_info.message_id",
    recipient="recipient_id|to|mobile",
    code="code|error_code",
    reason="reason|error",
    at="created_at|timestamp|time",
    business="wanumber",
    sender="from|mobile",
    sender_name="name",
    kind="type",
    text="body|message",
    payload="custom_response",
    media_link="media_url",
    mime_type="mime_type",
    location="location",
    contacts="contacts",
    reply_to="reply_to",
)


def _field_map(value: object) -> FieldMap | None:
    if value is None or isinstance(value, FieldMap):
        return value
    known = [item.name for item in attrs.fields(FieldMap)]
    pairs = dict(_pairs(value))
    for name, path in pairs.items():
        if name not in known:
            raise ValueError(f"has no field {name[:40]!r}; it has {', '.join(known)}")
        if not path or len(path) > _LONGEST_PATH or not path.isprintable():
            raise ValueError(f"has a wrong path for {name}; write one such as {name}=data.{name}")
    return FieldMap(**pairs)


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, path in value.items():
            if not isinstance(name, str) or not isinstance(path, str):
                raise ValueError("must be a table of texts, such as status = 'data.state'")  # noqa: TRY004 -- converter
            yield name, path.strip()
    elif isinstance(value, str):
        for piece in value.split(","):
            name, _, path = piece.partition("=")
            yield name.strip(), path.strip()
    else:
        raise ValueError("must be a table, or text such as 'status=data.state, message_id=data.id'")  # noqa: TRY004 -- converter


def _first(document: Mapping[str, object], path: str) -> object:
    for place in path.split("|"):
        found = _at(document, place.strip())
        if found is not None and found != "":
            return found
    return None


def _at(document: Mapping[str, object], place: str) -> object:
    if place in document:
        return document[place]
    found: object = document
    for name in place.split("."):
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list) and name.isascii() and name.isdigit() and len(name) < 7 and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


@frozen(kw_only=True)
class CallbackSettings(settings.CallbackSettings):
    """How callbacks prove that they come from Kaleyra, and how a body of your own design is read."""

    callback_fields: FieldMap | None = setting(
        "where the fields stand in a body of your own design, such as 'status=data.state, message_id=data.id'",
        default=None,
        converter=_field_map,
    )

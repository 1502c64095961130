"""What somebody writes to the user of a sandbox: as JSON of the control surface, and as what a dialect is given."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from attrs import field, frozen

from wamsg.codec import incoming_from_dict
from wamsg.driver import Written
from wamsg.errors import ConfigError
from wamsg.model import PhoneNumber
from wamsg.model.event import ButtonReply, IncomingContent, ListReply, MediaKind, ReceivedMedia, TemplateReply
from wamsg.sandbox.outbox import Outbox, Record

NAME = "Sandbox user"
#: How a content is called here, what it is to `wamsg.codec`, and what of it a value without names is.
KINDS: Mapping[str, tuple[Mapping[str, str], str]] = MappingProxyType(
    {
        "text": ({"type": "text"}, "body"),
        "button": ({"type": "button_reply"}, "id"),
        "list": ({"type": "list_reply"}, "id"),
        "template_button": ({"type": "template_reply"}, "payload"),
        **{kind: ({"type": "media", "kind": kind}, "link") for kind in get_args(MediaKind)},
        "location": ({"type": "location"}, "latitude"),
        "contacts": ({"type": "contacts"}, "contacts"),
        "reaction": ({"type": "reaction"}, "message_id"),
        "flow": ({"type": "flow_reply"}, "name"),
        "order": ({"type": "order"}, "items"),
        "other": ({"type": "other"}, "kind"),
    }
)
_BESIDE = ("from", "provider", "name", "reply_to", "style")


@frozen(kw_only=True)
class Note:
    """Who writes what, to the user of which provider, and which message it answers."""

    sender: PhoneNumber
    content: IncomingContent = field(repr=False)
    #: None for the only one that tells of messages.
    provider: str | None = None
    name: str = field(default=NAME, repr=False)
    #: An id. A tap without one answers the newest message to whoever taps.
    reply_to: str | None = None
    #: The provider's word for another shape than its usual one.
    style: str | None = None

    @classmethod
    def of(cls, document: object) -> Note:
        """Read ``{"from": "+91..", "text": "hello"}``, or another kind in the place of ``text``.

        A kind holds the fields of its class in `wamsg.model.event`, or one value in their place. Raises `ConfigError`,
        or `wamsg.errors.InvalidMessage` for a number or content that cannot be.
        """
        if not isinstance(document, Mapping):
            raise ConfigError("the body must be a JSON object")
        kinds = [name for name in document if name in KINDS]
        unknown = [name for name in document if name not in KINDS and name not in _BESIDE]
        if len(kinds) != 1 or unknown or not all(isinstance(document.get(name, ""), str) for name in _BESIDE):
            known, beside = ", ".join(KINDS), ", ".join(_BESIDE[1:])
            raise ConfigError(f"give from, one of {known}, and perhaps {beside}; from and those are texts")
        return cls(
            sender=PhoneNumber.parse(document.get("from", "")),
            content=_content(kinds[0], document[kinds[0]]),
            **{name: document[name] for name in _BESIDE[1:] if name in document},
        )

    def written(self, provider: str, outbox: Outbox, *, serial: int, at: float) -> Written:
        """The same as a dialect takes it, with the reference of the message that it answers."""
        answered = self._answered(outbox.find(provider=provider, recipient=self.sender.digits))
        return Written(
            sender=self.sender.digits,
            name=self.name,
            content=self.content,
            message_id=f"sandbox-in-{serial}",
            at=at,
            reply_to=self.reply_to or (answered.message_id if answered else None),
            reference=answered.reference if answered else None,
            style=self.style,
        )

    def _answered(self, records: list[Record]) -> Record | None:
        if self.reply_to is None:
            is_tap = isinstance(self.content, ButtonReply | ListReply | TemplateReply)
            return records[-1] if records and is_tap else None
        return next((record for record in records if record.message_id == self.reply_to), None)


def _content(kind: str, part: Any) -> IncomingContent:
    known, alone = KINDS[kind]
    fields = part if isinstance(part, Mapping) else {alone: part}
    # Of this a provider would make something else, or nothing.
    if not fields or fields.get(alone) in ("", []):
        raise ConfigError(f"{kind} is empty; give its {alone}, or an object of its fields")
    if not known.keys().isdisjoint(fields):
        raise ConfigError(f"{kind} takes no {' and no '.join(known)}; the name of the part says what it is")
    content = incoming_from_dict({**fields, **known})
    if isinstance(content, ReceivedMedia) and not (content.id or content.link):
        raise ConfigError(f"{kind} needs a link or an id")
    return content

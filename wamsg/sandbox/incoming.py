"""What somebody writes to the user of a sandbox: as JSON of the control surface, and as what a dialect is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from attrs import field, frozen

from wamsg.driver import Written
from wamsg.errors import ConfigError
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import ButtonReply, ListReply, TemplateReply
from wamsg.sandbox.outbox import Outbox, Record

WrittenContent: TypeAlias = Text | ButtonReply | ListReply | TemplateReply
NAME = "Sandbox user"
_PARTS: Mapping[str, tuple[Callable[..., WrittenContent], tuple[str, ...]]] = MappingProxyType(
    {
        "text": (Text, ("body",)),
        "button": (ButtonReply, ("id", "title")),
        "list": (ListReply, ("id", "title", "description")),
        "template_button": (TemplateReply, ("payload", "text")),
    }
)
_BESIDE = ("from", "provider", "name", "reply_to")


@frozen(kw_only=True)
class Note:
    """Who writes what, to the user of which provider, and which message it answers."""

    sender: PhoneNumber
    content: WrittenContent = field(repr=False)
    #: None for the only one that calls back.
    provider: str | None = None
    name: str = field(default=NAME, repr=False)
    #: An id. A tap without one answers the newest message to whoever taps.
    reply_to: str | None = None

    @classmethod
    def of(cls, document: object) -> Note:
        """Read ``{"from": "+91..", "text": "hello"}``, or one of ``button``, ``list`` and ``template_button``.

        Raises `ConfigError`, or `wamsg.errors.InvalidMessage` for a number or content that cannot be.
        """
        if not isinstance(document, Mapping):
            raise ConfigError("the body must be a JSON object")
        kinds = [name for name in document if name in _PARTS]
        unknown = [name for name in document if name not in _PARTS and name not in _BESIDE]
        if len(kinds) != 1 or unknown or not all(isinstance(document.get(name, ""), str) for name in _BESIDE):
            parts, beside = ", ".join(_PARTS), ", ".join(_BESIDE[1:])
            raise ConfigError(f"give from, one of {parts}, and perhaps {beside}; from and those are texts")
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
        )

    def _answered(self, records: list[Record]) -> Record | None:
        if self.reply_to is None:
            return records[-1] if records and not isinstance(self.content, Text) else None
        return next((record for record in records if record.message_id == self.reply_to), None)


def _content(kind: str, part: Any) -> WrittenContent:
    make, names = _PARTS[kind]
    fields = part if isinstance(part, Mapping) else {names[0]: part}
    good = all(name in names and isinstance(value, str) and value for name, value in fields.items())
    # A template's button has either; of the others the first is needed.
    if not good or not fields or (kind != "template_button" and names[0] not in fields):
        raise ConfigError(f"{kind} must be a text, or an object of the texts {', '.join(names)}")
    return make(**fields)

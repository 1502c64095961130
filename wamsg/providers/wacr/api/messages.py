"""Messages: the four ways to send, which are `wamsg.Client.send`, and what became of all that went to and fro."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from attrs import frozen

from wamsg.operations import Choice, Moment, Resource, Result, Whole, Words, listing, operation, private
from wamsg.operations.declaration import Declaration
from wamsg.operations.surface import Declared
from wamsg.providers.wacr.api.pages import DOCS, PAGING, Fields, Filter, PageNumber, PageSize, Search, Where
from wamsg.providers.wacr.endpoints import INTERACTIVE, MEDIA, TEMPLATE, TEXT, Endpoint

MessageType: TypeAlias = Literal["text", "template", "image", "video", "document", "audio", "interactive"]
MessageStatus: TypeAlias = Literal["sent", "delivered", "read", "failed"]
Direction: TypeAlias = Literal["inbound", "outbound"]
#: Of those that contacts have, the page of messages names these.
_OPERATORS = ("ne", "in", "not_in")
_TYPES = ("text", "template", "image", "video", "document", "audio", "interactive")
_FIELDS = ("interaction_id", "sender_id", "type", "message", "status", "message_id", "sent_at", "is_read")


@frozen(kw_only=True)
class Sent(Result):
    """A message that the provider took; what only one kind has is in ``extra``."""

    #: WhatsApp's id.
    message_id: str | None = None
    contact_id: int | None = None
    #: Digits only.
    phone: str | None = private()
    status: str | None = None
    sent_at: datetime | None = None
    #: The chat, `ListedMessage.interaction_id`.
    chat_id: int | None = None
    #: The record in the chat, `ListedMessage.id`.
    chat_message_id: int | None = None


@frozen(kw_only=True)
class ListedMessage(Result):
    """A message as listings show it: neither to whom it went nor which way is among what the page documents."""

    #: The provider's own number of the record.
    id: int
    #: The chat.
    interaction_id: int | None = None
    sender_id: str | None = private()
    #: Such as ``text``, ``template``, ``image``, ``interactive``.
    type: str | None = None
    #: Templates may be HTML here.
    message: str | None = private()
    #: ``sent``, ``delivered``, ``read`` or ``failed``.
    status: str | None = None
    #: WhatsApp's id.
    message_id: str | None = None
    sent_at: datetime | None = None
    is_read: bool | None = None


@frozen(kw_only=True)
class MessageDetails(ListedMessage):
    """Everything about one message."""

    status_message: str | None = None
    #: WhatsApp's id of the message that this one answers.
    ref_message_id: str | None = None
    url: str | None = private()
    #: Who wrote it; None for the API and bots.
    staff_id: int | None = None


def _sent(endpoint: Endpoint, docs: str, note: str = "") -> Callable[[Callable[[Any], Awaitable[Sent]]], Declared]:
    """Declare what `wamsg.Client.send` does at ``endpoint``; what it takes is a message, so there are no arguments."""

    def declare(function: Callable[[Any], Awaitable[Sent]]) -> Declared:
        return Declared(
            Declaration(
                name=endpoint.name,
                method=endpoint.method,
                path=endpoint.path,
                scope=endpoint.scope,
                docs=docs,
                note=note,
                form=endpoint.media,
                sends=True,
                function=function,
            )
        )

    return declare


class Messages(Resource):
    """Messages sent and received. To send one, use `wamsg.Client.send`."""

    @_sent(TEXT, f"{DOCS}send-text-message-28559790e0")
    async def text(self) -> Sent:
        """Send a text: ``client.send(Text(..), to=..)``."""

    @_sent(TEMPLATE, f"{DOCS}send-template-message-28559791e0")
    async def template(self) -> Sent:
        """Send a template: ``client.send(Template(..), to=..)``."""

    @_sent(MEDIA, DOCS, "the page is Send Media Message (2026-02-25), whose own address is not known")
    async def media(self) -> Sent:
        """Send media: ``client.send(Image(..), to=..)``, `Video`, `Audio`, `Document`."""

    @_sent(INTERACTIVE, f"{DOCS}send-interactive-message-28559793e0")
    async def interactive(self) -> Sent:
        """Send reply buttons or a list: ``client.send(Buttons(..), to=..)``, `ListMenu`."""

    @listing(
        "messages.list",
        "/messages",
        paging=PAGING,
        scope="messages:read",
        docs=f"{DOCS}list-messages-28559794e0",
        note="created_after is not among the page's filters; the provider's own n8n node sends it",
    )
    def list(
        self,
        *,
        search: Search = None,
        type: Annotated[MessageType | Where | None, Filter(Choice(_TYPES), "type", operators=_OPERATORS)] = None,
        status: Annotated[
            MessageStatus | Where | None,
            Filter(Choice(("sent", "delivered", "read", "failed")), "status", operators=_OPERATORS),
        ] = None,
        interaction_id: Annotated[
            int | Where | None, Filter(Whole(), "interaction_id", operators=_OPERATORS), "the chat"
        ] = None,
        direction: Annotated[
            Direction | Where | None, Filter(Choice(("inbound", "outbound")), "direction", operators=_OPERATORS)
        ] = None,
        created_after: Annotated[
            datetime | None, Filter(Moment(), "created_at", "gte", operators=()), "this moment included"
        ] = None,
        sort: Annotated[
            str | Sequence[str] | None,
            Words("created_at", "updated_at", signed=True),
            "the provider's default is -created_at",
        ] = None,
        fields: Annotated[str | Sequence[str] | None, Fields(*_FIELDS), "what to tell of each beside its id"] = None,
        page: PageNumber = 1,
        per_page: PageSize = 100,
    ) -> AsyncIterator[ListedMessage]:
        """All messages that fit, received ones too; ``search`` looks in the text."""

    @operation("messages.get", "GET", "/messages/{id}", scope="messages:read", docs=f"{DOCS}get-message-28559795e0")
    async def get(self, id: int) -> MessageDetails:
        """One message by the provider's own number, `ListedMessage.id` (not WhatsApp's id)."""

"""Comments: internal notes in a chat, which the customer does not see."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.operations import Link, Phone, Resource, Result, Text, operation, private
from wamsg.providers.wacr.api.pages import DOCS


@frozen
class Digits:
    """A phone number in a path: as the page's samples have it, without the plus sign."""

    says = Phone.says

    def check(self, name: str, value: object) -> str:
        """The digits alone."""
        return Phone().check(name, value).removeprefix("+")


_Mobile: TypeAlias = Annotated[str | PhoneNumber, Digits(), "of somebody with whom there is a chat already"]


@frozen(kw_only=True)
class Comment(Result):
    """One note."""

    id: int
    message: str | None = private()
    #: Such as ``text``, ``image``, ``audio``, ``video``.
    type: str | None = None
    interaction_id: int | None = None
    sender_id: str | None = private()
    status_message: str | None = None
    url: str | None = private()
    message_id: str | None = None
    ref_message_id: str | None = None


@frozen(kw_only=True)
class CommentAdded(Result):
    """Where a new note stands."""

    #: What the provider says to people.
    message: str | None = None
    tenant_id: int | None = None
    #: The chat.
    interaction_id: int | None = None
    #: The account's own number.
    sender_id: str | None = private()
    status_message: str | None = None
    #: Where the provider keeps the media.
    url: str | None = private()
    message_id: str | None = None
    ref_message_id: str | None = None
    #: The note's record in the chat.
    chat_message_id: int | None = None


class Comments(Resource):
    """Internal notes in a chat."""

    @operation(
        "comments.get",
        "GET",
        "/comments/{mobile}",
        docs=f"{DOCS}get-comments-28559824e0",
        note="the page's list of fields was cut off after id, message and type; the others are those of comments.add",
    )
    async def get(self, mobile: _Mobile) -> tuple[Comment, ...]:
        """All notes in the chat with a number, newest first and in one answer."""

    @operation("comments.add", "POST", "/comments/{mobile}", docs=f"{DOCS}add-comment-28559825e0")
    async def add(
        self,
        mobile: _Mobile,
        comment: Annotated[str, Text(5000, lines=True), "plain text or HTML"],
        *,
        status_message: Annotated[str | None, Text(255), "the provider's default is: Internal comment"] = None,
        media_url: Annotated[str | None, Link(), "public; the provider fetches it and keeps a copy"] = None,
        message_id: Annotated[str | None, Text(255), "WhatsApp's id of the note itself"] = None,
        ref_message_id: Annotated[str | None, Text(255), "WhatsApp's id of the message that the note is about"] = None,
    ) -> CommentAdded:
        """Add a note to the chat with a number."""

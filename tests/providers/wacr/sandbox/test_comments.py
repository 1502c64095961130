"""Comments at the fake server: notes in chats that messages have begun."""

from __future__ import annotations

import pytest

from tests.providers.wacr.sandbox.desk import ASHA, Desk
from wamsg.errors import NotFound
from wamsg.model import Text


def test_notes_are_there_newest_first() -> None:
    """With all that was said of them, in that chat alone; they are no messages."""
    desk = Desk()
    for phone in (ASHA, "+447700900123"):
        desk.send(Text(body="hi"), phone)

    first = desk.do("comments.add", ASHA, "<b>Call</b> back")
    second = desk.do(
        "comments.add",
        ASHA,
        "Look",
        status_message="Photo",
        media_url="https://files.example/a.PNG?size=2",
        message_id="wamid.1",
        ref_message_id="wamid.2",
    )

    newest, oldest = desk.do("comments.get", ASHA)
    assert (oldest.id, oldest.message, oldest.type, oldest.status_message) == (
        *(first.chat_message_id, "<b>Call</b> back", "text", "Internal comment"),
    )
    assert (newest.id, newest.type, newest.status_message) == (second.chat_message_id, "image", "Photo")
    assert (newest.message_id, newest.ref_message_id, newest.url) == ("wamid.1", "wamid.2", second.url)
    assert first.interaction_id == second.interaction_id == newest.interaction_id == 340001
    assert (first.message, first.tenant_id, first.extra) == ("Comment added successfully", 1, {})
    assert desk.do("comments.get", "+447700900123") == ()
    assert len(desk.walk("messages.list")) == 2


def test_there_is_no_note_without_a_chat() -> None:
    """Not found, and as the page has it without a code; so is what is no number."""
    desk = Desk()
    for name, given in (("comments.get", [ASHA]), ("comments.add", [ASHA, "x"])):
        with pytest.raises(NotFound) as caught:
            desk.do(name, *given)
        assert (caught.value.http_status, caught.value.code) == (404, None)
    assert "error" not in desk.raw("GET", "/comments/nobody")


def test_what_is_wrong_with_a_note_is_told_without_a_code() -> None:
    """422 and the errors object, as the page has it."""
    desk = Desk()
    desk.send(Text(body="hi"))

    said = desk.raw("POST", "/comments/919812340001", b'{"media_url": "ftp://x"}')

    assert "error" not in said
    assert set(said["errors"]) == {"comment", "media_url"}

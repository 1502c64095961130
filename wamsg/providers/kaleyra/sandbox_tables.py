"""The fake server's one account, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping

from wamsg.dialect import Memory, Table
from wamsg.model import PhoneNumber
from wamsg.providers.kaleyra.config import EXAMPLE

#: The account; only it has good credentials.
ACCOUNT = EXAMPLE["sid"]
#: Its number in callbacks, what stands beside messages, and the id of the WhatsApp Business Account.
BUSINESS = PhoneNumber(EXAMPLE["sender"]).digits
METADATA: Mapping[str, str] = {"display_phone_number": BUSINESS, "phone_number_id": "104000000000001"}
WABA = "120000000000001"
#: https://developers.kaleyra.io/docs/whatsapp-block-user-numbers
MOST_BLOCKED = 64_000
_MOST_FILES = 10_000


def blocked(memory: Memory) -> Table:
    """By digits, everyone who is blocked."""
    return memory.table(ACCOUNT, "blocked")


def media(memory: Memory) -> Table:
    """By id, the uploaded files."""
    return memory.table(ACCOUNT, "media", most=_MOST_FILES)


def resumable(memory: Memory) -> Table:
    """By id, the files for templates."""
    return memory.table(ACCOUNT, "resumable_media", most=_MOST_FILES)


def templates(memory: Memory) -> Table:
    """By id, the templates of every WhatsApp Business Account."""
    return memory.table(ACCOUNT, "templates")


def consent(memory: Memory) -> Table:
    """By channel, sender and contact, who has opted in or out."""
    return memory.table(ACCOUNT, "consent")


def profiles(memory: Memory) -> Table:
    """By id, the callback profiles."""
    return memory.table(ACCOUNT, "callback_profiles")


def recent(memory: Memory) -> Table:
    """By operation and WhatsApp Business Account, when it was last asked for."""
    return memory.table(ACCOUNT, "recent")

"""Everything that WA.cr offers beside sending: ``api = WacrApi(client)``."""

from __future__ import annotations

from wamsg.operations import Surface
from wamsg.providers.wacr.api.account import Account, AccountInfo, PlanLimits, Usage
from wamsg.providers.wacr.api.comments import Comment, CommentAdded, Comments
from wamsg.providers.wacr.api.contacts import (
    BatchCreated,
    BatchDeleted,
    BatchOptions,
    Contact,
    Contacts,
    NewContact,
)
from wamsg.providers.wacr.api.groups import Groups, MembersAdded, MembersRemoved
from wamsg.providers.wacr.api.labels import Group, Source, Status
from wamsg.providers.wacr.api.messages import ListedMessage, MessageDetails, Messages, Sent
from wamsg.providers.wacr.api.otp import AuthTemplate, Otp, OtpSent, OtpStatus, OtpVerified
from wamsg.providers.wacr.api.pages import Where
from wamsg.providers.wacr.api.sources import Sources
from wamsg.providers.wacr.api.statuses import Statuses
from wamsg.providers.wacr.api.templates import TemplateInfo, Templates

__all__ = [
    "Account",
    "AccountInfo",
    "AuthTemplate",
    "BatchCreated",
    "BatchDeleted",
    "BatchOptions",
    "Comment",
    "CommentAdded",
    "Comments",
    "Contact",
    "Contacts",
    "Group",
    "Groups",
    "ListedMessage",
    "MembersAdded",
    "MembersRemoved",
    "MessageDetails",
    "Messages",
    "NewContact",
    "Otp",
    "OtpSent",
    "OtpStatus",
    "OtpVerified",
    "PlanLimits",
    "Sent",
    "Source",
    "Sources",
    "Status",
    "Statuses",
    "TemplateInfo",
    "Templates",
    "Usage",
    "WacrApi",
    "Where",
]


class WacrApi(Surface):
    """The operations of one WA.cr account, by resource; every one goes through the client's limits and retries.

    ``priority`` is that of every request. Raises `wamsg.errors.ConfigError` for a client of another provider.
    """

    provider = "wacr"

    account: Account
    otp: Otp
    comments: Comments
    contacts: Contacts
    groups: Groups
    messages: Messages
    sources: Sources
    statuses: Statuses
    templates: Templates

"""Everything that WA.cr offers beside sending: ``api = WacrApi(client)``."""

from __future__ import annotations

from wamsg.operations import Surface
from wamsg.providers.wacr.api.account import Account, AccountInfo, PlanLimits, Usage
from wamsg.providers.wacr.api.contacts import (
    BatchCreated,
    BatchDeleted,
    BatchOptions,
    Contact,
    Contacts,
    NewContact,
)
from wamsg.providers.wacr.api.labels import Group, Source, Status
from wamsg.providers.wacr.api.otp import AuthTemplate, Otp, OtpSent, OtpStatus, OtpVerified
from wamsg.providers.wacr.api.pages import Where

__all__ = [
    "Account",
    "AccountInfo",
    "AuthTemplate",
    "BatchCreated",
    "BatchDeleted",
    "BatchOptions",
    "Contact",
    "Contacts",
    "Group",
    "NewContact",
    "Otp",
    "OtpSent",
    "OtpStatus",
    "OtpVerified",
    "PlanLimits",
    "Source",
    "Status",
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
    contacts: Contacts
    otp: Otp

"""One-time codes: sent by WhatsApp, checked by the provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, TypeAlias

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.operations import Lane, Phone, Resource, Result, Text, Whole, Words, listing, operation, private
from wamsg.providers.wacr.api.pages import DOCS, PAGING, Filter, PageNumber, PageSize, Search

_Phone: TypeAlias = Annotated[str | PhoneNumber, Phone(), "with its country code"]
_Code: TypeAlias = Annotated[str, Text(), "the code itself"]
_Template: TypeAlias = Annotated[str, Text(), "an approved template of the category authentication"]
_Language: TypeAlias = Annotated[str | None, Text(10), "of the template; the provider's default is en"]
_Minutes: TypeAlias = Annotated[int | None, Whole(1, 60), "minutes until it expires; the provider's default is 10"]
_Purpose: TypeAlias = Annotated[str | None, Text(50), "the same when it is verified; by default authentication"]
_SORTS = ("template_name", "created_at", "language")


@frozen(kw_only=True)
class OtpSent(Result):
    """A code on its way."""

    message_id: str | None = None
    contact_id: int | None = None
    #: Digits only.
    phone: str | None = private()
    template_name: str | None = None
    language: str | None = None
    code_sent: bool | None = None
    expiry_minutes: int | None = None
    expires_at: datetime | None = None
    status: str | None = None
    sent_at: datetime | None = None


@frozen(kw_only=True)
class OtpVerified(Result):
    """The code was right; a wrong one is a `wamsg.errors.CodeRefused`."""

    phone: str | None = private()
    purpose: str | None = None
    verified_at: datetime | None = None


@frozen(kw_only=True)
class OtpStatus(Result):
    """Whether a code is waiting to be verified, and how often that may be tried yet."""

    has_active_otp: bool
    #: What the provider says to people.
    message: str | None = None
    expires_at: datetime | None = None
    #: Negative once it has expired.
    expires_in_seconds: int | None = None
    is_expired: bool | None = None
    verification_attempts: int | None = None
    max_attempts: int | None = None
    attempts_remaining: int | None = None
    created_at: datetime | None = None


@frozen(kw_only=True)
class AuthTemplate(Result):
    """An approved template for codes. Its ``id`` is the account's own, not WhatsApp's template id."""

    id: int
    template_name: str | None = None
    language: str | None = None
    body_text: str | None = None
    body_params_count: int | None = None
    #: ``TEXT``, ``IMAGE``, ``VIDEO``, ``DOCUMENT`` or ``NONE``.
    header_format: str | None = None
    header_text: str | None = None
    footer_text: str | None = None
    status: str | None = None
    created_at: datetime | None = None


class Otp(Resource):
    """One-time codes."""

    @operation(
        "otp.send",
        "POST",
        "/auth/send-otp",
        scope="messages:send",
        docs=f"{DOCS}send-otpverification-code-28559796e0",
    )
    async def send(
        self,
        phone: _Phone,
        code: _Code,
        *,
        template_name: _Template,
        language: _Language = None,
        expiry_minutes: _Minutes = None,
        contact_id: int | None = None,
        purpose: _Purpose = None,
        additional_params: Annotated[Sequence[str] | None, "the body's parameters after code and minutes"] = None,
    ) -> OtpSent:
        """Send a code of your own making; the provider keeps it for verification."""

    @operation(
        "otp.resend",
        "POST",
        "/auth/resend",
        scope="messages:send",
        docs=f"{DOCS}resend-otp-28559799e0",
        lanes=(Lane("otp-resend", ("phone",)),),
    )
    async def resend(
        self,
        phone: _Phone,
        *,
        template_name: _Template,
        language: _Language = None,
        expiry_minutes: _Minutes = None,
        purpose: _Purpose = None,
    ) -> OtpSent:
        """Send a new code of the provider's making, which nobody but the recipient sees; the old one is void."""

    @operation(
        "otp.verify",
        "POST",
        "/auth/verify",
        scope="messages:send",
        docs=f"{DOCS}verify-otp-28559798e0",
        lanes=(Lane("otp-verify", ("phone",)),),
    )
    async def verify(self, phone: _Phone, code: _Code, *, purpose: _Purpose = None) -> OtpVerified:
        """Check a code; raises `wamsg.errors.CodeRefused`, with ``attempts_remaining``, if it is not right."""

    @operation(
        "otp.status",
        "POST",
        "/auth/status",
        scope="messages:send",
        docs=f"{DOCS}check-otp-status-28559800e0",
        repeatable=True,
    )
    async def status(self, phone: _Phone, *, purpose: _Purpose = None) -> OtpStatus:
        """Whether a code is waiting; uses up neither the code nor an attempt."""

    @listing(
        "otp.templates",
        "/auth/templates",
        paging=PAGING,
        scope="templates:read",
        docs=f"{DOCS}list-authentication-templates-28559797e0",
    )
    def templates(
        self,
        *,
        search: Search = None,
        language: Annotated[str | None, Filter(Text(), "language", operators=())] = None,
        template_name: Annotated[str | None, Filter(Text(), "template_name", operators=())] = None,
        sort: Annotated[str | Sequence[str] | None, Words(*_SORTS, signed=True), "such as -created_at"] = None,
        page: PageNumber = 1,
        per_page: PageSize = 100,
    ) -> AsyncIterator[AuthTemplate]:
        """All approved templates for codes; ``search`` looks in name and body."""

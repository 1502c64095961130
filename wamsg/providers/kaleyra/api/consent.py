"""Consent: who has opted in, and who has opted out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.operations import At, Done, Evidence, Items, Link, Phone, Resource, Result, Text, operation, private
from wamsg.providers.kaleyra.api.places import REFERENCE

_Contact: TypeAlias = Annotated[str | PhoneNumber, Phone()]
_Sender: TypeAlias = Annotated[str | PhoneNumber, Phone(), At(name="sender_identifier"), "your business number"]
_Channel: TypeAlias = Annotated[str, Text(32), "such as whatsapp or sms"]
_Word: TypeAlias = Annotated[str | None, Text(255)]


@frozen(kw_only=True)
class Consent(Result):
    """What is known of one contact."""

    contact_identifier: str | None = private()
    #: -1 unknown, 0 opted out, 1 opted in, 2 deactivated (the number may belong to someone else now).
    status: int | None = None


class Consents(Resource):
    """Opt-in and opt-out. Whether sends look at it is set in the console."""

    @operation("consent.update", "POST", "/v1/{sid}/consent", docs=f"{REFERENCE}consent-api-reference-update")
    async def update(
        self,
        contact: Annotated[_Contact, At(name="contact_identifier")],
        consent_status: Literal["OPT_IN", "OPT_OUT"],
        *,
        sender: _Sender,
        source: Annotated[str, Text(255), "what it comes from, such as API"] = "API",
        channel: _Channel = "whatsapp",
        consent_category: Annotated[str | None, Text(255), "such as Marketing"] = None,
        consent_topic: Annotated[str | None, Text(255), "such as Offers"] = None,
        source_identifier: _Word = None,
        timestamp: Annotated[
            str | None,
            Text(19, pattern=r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"),
            "when it happened, such as 2026-01-31T09:00:00; in which zone is not documented",
        ] = None,
        inbound_message_identifier: _Word = None,
        request_identifier: _Word = None,
        x_callback_url: Annotated[str | None, Link(), "is told when it is done"] = None,
    ) -> Done:
        """Note that somebody has opted in or out; it is taken (202) and done later."""

    # It reads, whatever the method says.
    @operation(
        "consent.validate",
        "POST",
        "/v1/{sid}/consent/validate",
        docs=f"{REFERENCE}consent-api-reference-validate",
        evidence=Evidence.INFERRED,
        note="the four statuses are documented, how an answer holds them is not: other fields are in extra",
        repeatable=True,
    )
    async def validate(
        self,
        contacts: Annotated[Sequence[str | PhoneNumber], Items(Phone()), At(name="contact_identifiers")],
        *,
        sender: _Sender,
        channel: _Channel = "whatsapp",
    ) -> tuple[Consent, ...]:
        """What is known of each contact."""

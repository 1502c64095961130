"""Numbers: the sending number's health, and the numbers of a WhatsApp Business Account."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from wamsg.operations import Evidence, Resource, Result, operation, private
from wamsg.providers.kaleyra.api.places import AS_META, DOCS, WabaId


@frozen(kw_only=True)
class HealthEntity(Result):
    """One thing that sending depends on: the number, its account, the business, the app."""

    entity_type: str | None = None
    id: str | None = None
    #: ``AVAILABLE``, ``LIMITED`` or ``BLOCKED``.
    can_send_message: str | None = None
    #: Each with ``error_code``, ``error_description`` and ``possible_solution``.
    errors: tuple[Mapping[str, object], ...] | None = None


@frozen(kw_only=True)
class Health(Result):
    """Whether messages can be sent, and what stands in the way."""

    can_send_message: str | None = None
    entities: tuple[HealthEntity, ...] | None = None


@frozen(kw_only=True)
class Throughput(Result):
    """How many messages a second."""

    #: Such as ``STANDARD`` or ``HIGH``.
    level: str | None = None


@frozen(kw_only=True)
class Quality(Result):
    """What recipients think of the messages."""

    score: str | None = None


@frozen(kw_only=True)
class NumberDetails(Result):
    """What Meta says of a business number."""

    id: str | None = None
    display_phone_number: str | None = private()
    verified_name: str | None = None
    name_status: str | None = None
    #: ``GREEN``, ``YELLOW``, ``RED`` or ``UNKNOWN``.
    quality_rating: str | None = None
    quality_score: Quality | None = None
    #: Such as ``TIER_1K``: to how many people in 24 hours one may write first.
    messaging_limit_tier: str | None = None
    #: ``CONNECTED`` and others.
    status: str | None = None
    throughput: Throughput | None = None
    health_status: Health | None = None


@frozen(kw_only=True)
class Number(Result):
    """A business number of an account."""

    id: str | None = None
    display_phone_number: str | None = private()
    phone_number: str | None = private()
    verified_name: str | None = None
    name: str | None = None
    status: str | None = None
    waba_id: str | None = None


class Numbers(Resource):
    """Business numbers."""

    @operation(
        "numbers.details",
        "GET",
        "/v2/{sid}/whatsapp/{number}/phone_number_details",
        docs=f"{DOCS}fetch-phone-number-details-api",
        evidence=Evidence.INFERRED,
        note=AS_META,
    )
    async def details(self) -> NumberDetails:
        """The sending number: limits, quality, name, and what keeps it from sending. `wamsg doctor` asks this."""

    @operation(
        "numbers.list",
        "GET",
        "/v2/{sid}/whatsapp/{waba_id}/number",
        docs=f"{DOCS}wa-v2-get-phone-number-details",
        evidence=Evidence.INFERRED,
        note=AS_META,
    )
    async def list(self, waba_id: WabaId) -> tuple[Number, ...]:
        """The numbers of an account, of both versions of the API."""

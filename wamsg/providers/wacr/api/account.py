"""The account: who it is, what it has used, what its plan allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import frozen

from wamsg.operations import Resource, Result, Service, make, operation
from wamsg.providers.wacr.api.pages import DOCS
from wamsg.wire import Operation, Response


@frozen(kw_only=True)
class Subscription(Result):
    """What the account pays for."""

    plan_name: str | None = None
    plan_id: int | None = None
    #: Such as ``active``, ``expired``, ``cancelled``.
    status: str | None = None
    #: The end of the period that is paid for.
    expires_at: datetime | None = None


@frozen(kw_only=True)
class AccountInfo(Result):
    """The account that the token belongs to."""

    id: int | None = None
    name: str | None = None
    subdomain: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    #: The page shows this object but cuts its name off; under another name it is in ``extra``.
    subscription: Subscription | None = None


@frozen(kw_only=True)
class Used(Result):
    """How much of one feature is used up."""

    current: int | None = None
    #: -1 is unlimited, None not configured.
    limit: int | None = None
    remaining: int | None = None
    #: From 0 to 100.
    percentage_used: float | None = None
    is_unlimited: bool | None = None


@frozen(kw_only=True)
class Usage(Result):
    """What the account has used; further features are in ``extra``."""

    contacts: Used | None = None
    #: This month.
    conversations: Used | None = None
    #: Active ones.
    campaigns: Used | None = None
    staff: Used | None = None


@frozen(kw_only=True)
class Allowed(Result):
    """What the plan allows of one thing."""

    #: -1 is unlimited.
    limit: int | None = None
    feature_name: str | None = None
    is_unlimited: bool | None = None


@frozen(kw_only=True)
class Allowances(Result):
    """What the plan allows; further things are in ``extra``."""

    contacts: Allowed | None = None
    conversations: Allowed | None = None
    campaigns: Allowed | None = None
    staff: Allowed | None = None
    api_calls_per_minute: Allowed | None = None


@frozen(kw_only=True)
class Features(Result):
    """What the plan includes; further features are in ``extra``."""

    whatsapp_templates: bool | None = None
    bulk_messaging: bool | None = None
    chatbot: bool | None = None
    advanced_analytics: bool | None = None
    api_access: bool | None = None
    custom_branding: bool | None = None


@frozen(kw_only=True)
class PlanLimits(Result):
    """What the plan allows and includes."""

    limits: Allowances | None = None
    features: Features | None = None


class Account(Resource):
    """The account of the token."""

    @operation("account.info", "GET", "/account", scope="account:read", docs=f"{DOCS}get-account-info-28559821e0")
    async def info(self) -> AccountInfo:
        """Who the account is, and its subscription."""

    @operation(
        "account.usage", "GET", "/account/usage", scope="account:read", docs=f"{DOCS}get-usage-statistics-28559822e0"
    )
    async def usage(self) -> Usage:
        """How much of each feature is used up."""

    @operation(
        "account.limits", "GET", "/account/limits", scope="account:read", docs=f"{DOCS}get-plan-limits-28559823e0"
    )
    async def limits(self) -> PlanLimits:
        """What the plan allows, the token's calls per minute among it."""


def probe(service: Service, shown: Callable[[str, int], str]) -> Operation[str]:
    """`Account.info` as one sentence; ``shown`` makes a text of the provider fit for people."""
    info = make(Account.info.declaration, service, {})

    def decode(response: Response) -> str:
        return _sentence(info.decode(response), shown)

    return Operation(name=info.name, request=info.request, decode=decode)


def _sentence(info: AccountInfo, shown: Callable[[str, int], str]) -> str:
    # The plan stands in an object whose name the page does not spell out.
    places = [info.extra, *(value for value in info.extra.values() if isinstance(value, Mapping))]
    plans = [info.subscription.plan_name if info.subscription else None, *(place.get("plan_name") for place in places)]
    plan = next((text for text in (shown(plan, 64) for plan in plans if isinstance(plan, str)) if text), "not named")
    name, status = shown(info.name or "", 64), shown(info.status or "", 64)
    return f"WA.cr account {name or 'without a name'} is {status or 'of unknown status'}, plan {plan}"


def read_limits(service: Service) -> Operation[Mapping[str, str | None]]:
    """`Account.limits` as what `wamsg.Client.learn_limits` takes over; empty where the answer does not say."""
    limits = make(Account.limits.declaration, service, {})

    def decode(response: Response) -> Mapping[str, str | None]:
        return _rates(limits.decode(response))

    return Operation(name=limits.name, request=limits.request, decode=decode)


def _rates(plan: PlanLimits) -> Mapping[str, str | None]:
    calls = plan.limits.api_calls_per_minute if plan.limits else None
    count = calls.limit if calls else None
    if count == -1:
        return {"account": None}
    return {"account": f"{count}/min"} if count is not None and 0 < count < 1_000_000 else {}

"""WA.cr (https://app.wa.cr): multipart media, bearer token, a CRM around it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wamsg.driver import Inbound, Provider
from wamsg.providers.wacr.config import Settings
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.sandbox import TOKEN, WacrSandbox
from wamsg.providers.wacr.webhook import CallbackSettings, make_webhook

if TYPE_CHECKING:
    from wamsg.operations import Declaration
    from wamsg.views import ApprovedTemplate, Finding, Inquiry, Search, StatusList


def _operations() -> tuple[Declaration, ...]:
    from wamsg.operations import declarations_of
    from wamsg.providers.wacr.api import WacrApi

    return declarations_of(WacrApi)


def _look_up(driver: WacrDriver, search: Search) -> Inquiry[tuple[Finding, ...]]:
    from wamsg.providers.wacr.lookup import look_up

    return look_up(driver.service, search)


def _templates(driver: WacrDriver) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    from wamsg.providers.wacr.approved import templates

    return templates(driver.service)


def _statuses() -> StatusList:
    from wamsg.providers.wacr import statuses
    from wamsg.views import StatusList

    return StatusList(page=statuses.page, reason=statuses.reason)


provider = Provider(
    name=WacrDriver.name,
    title="WA.cr",
    docs="https://docs.app.wa.cr/",
    settings=Settings,
    driver=WacrDriver,
    # Calls per minute of one token, unless the token says otherwise: https://docs.app.wa.cr/get-plan-limits-28559823e0
    # Resends of one phone's codes: https://docs.app.wa.cr/resend-otp-28559799e0
    limits=MappingProxyType({"account": "60/min", "otp-resend": "3/5min"}),
    read_limits=WacrDriver.read_limits,
    look_up=_look_up,
    templates=_templates,
    statuses=_statuses,
    operations=_operations,
    sandbox=WacrSandbox(),
    example=MappingProxyType({"token": TOKEN}),
    inbound=Inbound(
        settings=CallbackSettings,
        webhook=make_webhook,
        example=MappingProxyType({"callback_records": "on", "callback_secret": "sandbox-callback-secret"}),
    ),
)

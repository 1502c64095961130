"""WA.cr (https://app.wa.cr): multipart media, bearer token, a CRM around it."""

from __future__ import annotations

from types import MappingProxyType

from wamsg.driver import Inbound, Provider
from wamsg.providers.wacr.config import Settings
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.sandbox import TOKEN, WacrSandbox
from wamsg.providers.wacr.webhook import CallbackSettings, make_webhook

provider = Provider(
    name=WacrDriver.name,
    title="WA.cr",
    docs="https://docs.app.wa.cr/",
    settings=Settings,
    driver=WacrDriver,
    # Calls per minute of one token, unless the token says otherwise: https://docs.app.wa.cr/get-plan-limits-28559823e0
    limits=MappingProxyType({"account": "60/min"}),
    read_limits=WacrDriver.read_limits,
    sandbox=WacrSandbox(),
    example=MappingProxyType({"token": TOKEN}),
    inbound=Inbound(
        settings=CallbackSettings,
        webhook=make_webhook,
        example=MappingProxyType({"callback_records": "on", "callback_secret": "sandbox-callback-secret"}),
    ),
)

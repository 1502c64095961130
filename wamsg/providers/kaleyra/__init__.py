"""Kaleyra (Tata Communications): JSON, an API key, four regional pods, Meta's message object.

What to know of it:

- One send takes one recipient; a `wamsg.Message` for several goes out as one request with a comma-separated ``to``.
- ``provider_options``: ``ref``, ``ref1``, ``ref2`` (255 characters each, come back in callbacks) and ``wa_source``.
- Local files are uploaded first, which only postpaid accounts may do.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wamsg.driver import Inbound, Provider
from wamsg.providers.kaleyra.config import DOCS, EXAMPLE, NAME, Settings
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.sandbox import KaleyraSandbox
from wamsg.providers.kaleyra.webhook import make_webhook
from wamsg.providers.kaleyra.webhook_config import CallbackSettings

if TYPE_CHECKING:
    from wamsg.operations import Declaration, Missing
    from wamsg.views import ApprovedTemplate, Inquiry


def _operations() -> tuple[Declaration, ...]:
    from wamsg.operations import declarations_of
    from wamsg.providers.kaleyra.api import KaleyraApi

    return declarations_of(KaleyraApi)


def _missing() -> tuple[Missing, ...]:
    from wamsg.providers.kaleyra.api.missing import MISSING

    return MISSING


def _templates(driver: KaleyraDriver) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    from wamsg.providers.kaleyra.approved import templates

    return templates(driver.service, driver.waba_id)


provider = Provider(
    name=NAME,
    title="Kaleyra (Tata Communications)",
    docs=DOCS,
    settings=Settings,
    driver=KaleyraDriver,
    # Meta's default throughput of a business number, which Kaleyra passes through:
    # https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
    # To one recipient: one in 6 s, of which up to 45 may go at once, borrowed from the time after them:
    # https://developers.facebook.com/docs/whatsapp/cloud-api/overview (pair rate limits)
    # Of each WhatsApp Business Account: https://developers.kaleyra.io/docs/whatsapp-template-api-v2-create-template,
    # -edit-template and https://developers.kaleyra.io/docs/whatsapp-resumable-api-v2-upload-resumable-media
    limits=MappingProxyType(
        {
            "sender": "80/s burst 8",
            "pair": "45/270s",
            "templates-create": "100/hour",
            "templates-edit": "100/hour",
            "resumable-media": "20/hour",
        }
    ),
    # Kaleyra refers to Meta for it: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
    media_lifetime=30 * 24 * 3600.0,
    templates=_templates,
    operations=_operations,
    missing=_missing,
    sandbox=KaleyraSandbox(),
    example=EXAMPLE,
    inbound=Inbound(
        settings=CallbackSettings,
        webhook=make_webhook,
        example=MappingProxyType({"callback_secret": "sandbox-callback-secret"}),
    ),
)

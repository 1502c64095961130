"""Kaleyra (Tata Communications): JSON, an API key, four regional pods, Meta's message object.

What to know of it:

- One send takes one recipient; a `wamsg.Message` for several goes out as one request with a comma-separated ``to``.
- ``provider_options``: ``ref``, ``ref1``, ``ref2`` (255 characters each, come back in callbacks) and ``wa_source``.
- Local files are uploaded first, which only postpaid accounts may do.
"""

from __future__ import annotations

from types import MappingProxyType

from wamsg.driver import Inbound, Provider
from wamsg.providers.kaleyra.config import DOCS, EXAMPLE, NAME, Settings
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.sandbox import KaleyraSandbox
from wamsg.providers.kaleyra.webhook import make_webhook
from wamsg.providers.kaleyra.webhook_config import CallbackSettings

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
    limits=MappingProxyType({"sender": "80/s burst 8", "pair": "45/270s"}),
    sandbox=KaleyraSandbox(),
    example=EXAMPLE,
    inbound=Inbound(
        settings=CallbackSettings,
        webhook=make_webhook,
        example=MappingProxyType({"callback_secret": "sandbox-callback-secret"}),
    ),
)

"""One of everything that people write, and of everything that a provider tells of its own accord."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wamsg.model import (
    Contact,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    Location,
    PhoneNumber,
    Reaction,
    Text,
)
from wamsg.model.event import (
    ButtonReply,
    FlowReply,
    IncomingContent,
    ListReply,
    MediaUpdate,
    Notice,
    Order,
    OrderItem,
    OtherContent,
    QualityUpdate,
    ReceivedMedia,
    RecordChange,
    TemplateReply,
    TemplateUpdate,
)

#: Seconds since 1970.
_AT = 1_767_225_600.0
_LINK = "https://files.example/"
CONTENTS: Mapping[str, IncomingContent] = MappingProxyType(
    {
        "text": Text(body="hello"),
        "image": ReceivedMedia(kind="image", id="m-1", link=f"{_LINK}a.png", mime_type="image/png", caption="a view"),
        "image without a stored copy": ReceivedMedia(kind="image", id="m-2", mime_type="image/png", sha256="f00d"),
        "video": ReceivedMedia(kind="video", id="m-3", link=f"{_LINK}a.mp4", mime_type="video/mp4"),
        "audio": ReceivedMedia(kind="audio", id="m-4", mime_type="audio/mpeg"),
        "voice": ReceivedMedia(kind="audio", id="m-5", link=f"{_LINK}a.ogg", mime_type="audio/ogg", voice=True),
        "document": ReceivedMedia(kind="document", id="m-6", mime_type="application/pdf", filename="a.pdf"),
        "sticker": ReceivedMedia(kind="sticker", id="m-7", mime_type="image/webp", animated=True),
        "location": Location(latitude=12.97, longitude=77.59, name="Office", address="1 Main Road"),
        "place without a name": Location(latitude=0, longitude=-0.5),
        "contacts": Contacts(
            contacts=(
                Contact(
                    name=ContactName(formatted_name="Asha Rao", first_name="Asha"),
                    phones=(ContactPhone(phone="+12025550102", wa_id="12025550102"),),
                    emails=(ContactEmail(email="asha@example.com", type="WORK"),),
                    org=ContactOrganization(company="Example"),
                    birthday="1990-12-31",
                ),
                Contact(name=ContactName(formatted_name="Boris")),
            )
        ),
        "reaction": Reaction(message_id="out-1", emoji="\N{THUMBS UP SIGN}"),
        "reaction taken back": Reaction(message_id="out-1", emoji=""),
        "button": ButtonReply(id="yes", title="Yes"),
        "list": ListReply(id="row-1", title="Pizza", description="with olives"),
        "template button": TemplateReply(text="Stop", payload="STOP-PROMO"),
        "flow": FlowReply(name="flow", body="Sent", response={"date": "2026-01-31", "seats": 2}),
        "order": Order(
            items=(OrderItem(product_id="sku-1", quantity=2, price="10.5", currency="INR"),),
            catalog_id="c-1",
            text="please",
        ),
        "unsupported": OtherContent(kind="unsupported"),
    }
)


def notices(provider: str) -> Mapping[str, Notice]:
    """One of each kind, as this provider might tell it; the quality of a number has no time."""
    return {
        "template": TemplateUpdate(
            provider=provider,
            key="n-1",
            at=_AT,
            status="paused",
            template_id="594425479261596",
            name="offer",
            language="en",
            reason="quality",
        ),
        "template by name": TemplateUpdate(provider=provider, key="n-2", at=_AT, status="approved", name="offer"),
        "quality": QualityUpdate(
            provider=provider, key="n-3", change="flagged", business=PhoneNumber("+12025550100"), limit="TIER_10K"
        ),
        "media": MediaUpdate(
            provider=provider,
            key="n-4",
            at=_AT,
            status="uploaded",
            upload_id="u-1",
            handle="4::aW1h",
            filename="a.png",
            link=f"{_LINK}a.png",
        ),
        "record created": RecordChange(
            provider=provider,
            key="n-5",
            at=_AT,
            resource="contact",
            action="created",
            record_id="456",
            attributes={"firstname": "Asha", "phone": "+12025550102"},
        ),
        "record updated": RecordChange(
            provider=provider,
            key="n-6",
            at=_AT,
            resource="source",
            action="updated",
            record_id="7",
            attributes={"name": "Web"},
            previous={"name": "web"},
        ),
    }

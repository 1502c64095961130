"""One example of every kind of content beside the whole object that must be sent for it.

The shapes are those of the pages under https://developers.kaleyra.io/docs/ (whatsapp-api-v2-send-..), and where those
are cut, of Meta's message object.
"""

from __future__ import annotations

from typing import Any

from tests.providers.kaleyra.examples_interactive import INTERACTIVE
from tests.providers.kaleyra.examples_template import TEMPLATES
from wamsg.model import (
    Audio,
    Contact,
    ContactAddress,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    ContactUrl,
    Content,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)

LINK = "https://media.example.com/a"

SIMPLE: list[tuple[Content, str, Any]] = [
    (Text(body="hello"), "text", {"preview_url": False, "body": "hello"}),
    (
        Text(body="see https://example.com", preview_url=True),
        "text",
        {"preview_url": True, "body": "see https://example.com"},
    ),
    (Text(body="नमस्ते 👋\nline two"), "text", {"preview_url": False, "body": "नमस्ते 👋\nline two"}),
    (Image(link=LINK), "image", {"link": LINK}),
    (Image(id="1037543291543", caption="hi"), "image", {"id": "1037543291543", "caption": "hi"}),
    (Video(link=LINK, caption="hi"), "video", {"link": LINK, "caption": "hi"}),
    (Audio(id="1"), "audio", {"id": "1"}),
    (
        Document(link=LINK, caption="hi", filename="a.pdf"),
        "document",
        {"link": LINK, "caption": "hi", "filename": "a.pdf"},
    ),
    (Document(id="1"), "document", {"id": "1"}),
    (Sticker(link=LINK), "sticker", {"link": LINK}),
    (
        Location(latitude=12.97, longitude=77.59, name="Office", address="1 Example Road"),
        "location",
        {"latitude": 12.97, "longitude": 77.59, "name": "Office", "address": "1 Example Road"},
    ),
    (Location(latitude=0, longitude=-180), "location", {"latitude": 0, "longitude": -180}),
    (Reaction(message_id="wamid.A", emoji="👍"), "reaction", {"message_id": "wamid.A", "emoji": "👍"}),
    (Reaction(message_id="wamid.A", emoji=""), "reaction", {"message_id": "wamid.A", "emoji": ""}),
    (
        Contacts(
            contacts=[
                Contact(
                    name=ContactName(formatted_name="Asha Rao", first_name="Asha"),
                    phones=[ContactPhone(phone="+91 98123 40001", type="WORK", wa_id="919812340001")],
                    emails=[ContactEmail(email="asha@example.com", type="WORK")],
                    urls=[ContactUrl(url="https://example.com")],
                    addresses=[ContactAddress(street="1 Example Road", zip="560001", country_code="in", type="HOME")],
                    org=ContactOrganization(company="Example", title="Engineer"),
                    birthday="1990-12-31",
                ),
                Contact(name=ContactName(formatted_name="Ben")),
            ]
        ),
        "contacts",
        [
            {
                "name": {"formatted_name": "Asha Rao", "first_name": "Asha"},
                "phones": [{"phone": "+91 98123 40001", "type": "WORK", "wa_id": "919812340001"}],
                "emails": [{"email": "asha@example.com", "type": "WORK"}],
                "urls": [{"url": "https://example.com"}],
                "addresses": [{"street": "1 Example Road", "zip": "560001", "country_code": "in", "type": "HOME"}],
                "org": {"company": "Example", "title": "Engineer"},
                "birthday": "1990-12-31",
            },
            {"name": {"formatted_name": "Ben"}},
        ],
    ),
]

EVERY = [*SIMPLE, *INTERACTIVE, *TEMPLATES]

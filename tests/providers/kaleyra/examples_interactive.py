"""Interactive messages beside the whole object that must be sent for each."""

from __future__ import annotations

from typing import Any

from wamsg.model import (
    Button,
    Buttons,
    CallToAction,
    Catalog,
    Content,
    Document,
    Flow,
    Image,
    ListMenu,
    LocationRequest,
    Product,
    ProductList,
    ProductSection,
    Row,
    Section,
    Video,
)

LINK = "https://media.example.com/a"

INTERACTIVE: list[tuple[Content, str, Any]] = [
    (
        Buttons(
            body="Choose", buttons=[Button(id="y", title="Yes"), Button(id="n", title="No")], header="Top", footer="End"
        ),
        "interactive",
        {
            "type": "button",
            "header": {"type": "text", "text": "Top"},
            "body": {"text": "Choose"},
            "footer": {"text": "End"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
                    {"type": "reply", "reply": {"id": "n", "title": "No"}},
                ]
            },
        },
    ),
    (
        Buttons(body="Choose", buttons=[Button(id="y", title="Yes")], header=Document(id="9", filename="a.pdf")),
        "interactive",
        {
            "type": "button",
            "header": {"type": "document", "document": {"id": "9", "filename": "a.pdf"}},
            "body": {"text": "Choose"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
        },
    ),
    (
        ListMenu(
            body="Choose",
            button="Open",
            header="Top",
            footer="End",
            sections=[
                Section(title="A", rows=[Row(id="1", title="One", description="first")]),
                Section(title="B", rows=[Row(id="2", title="Two")]),
            ],
        ),
        "interactive",
        {
            "type": "list",
            "header": {"type": "text", "text": "Top"},
            "body": {"text": "Choose"},
            "footer": {"text": "End"},
            "action": {
                "button": "Open",
                "sections": [
                    {"title": "A", "rows": [{"id": "1", "title": "One", "description": "first"}]},
                    {"title": "B", "rows": [{"id": "2", "title": "Two"}]},
                ],
            },
        },
    ),
    (
        ListMenu(body="Choose", button="Open", sections=[Section(rows=[Row(id="1", title="One")])]),
        "interactive",
        {
            "type": "list",
            "body": {"text": "Choose"},
            "action": {"button": "Open", "sections": [{"rows": [{"id": "1", "title": "One"}]}]},
        },
    ),
    (
        CallToAction(body="Look", button="See", url="https://example.com/x?y=1", header=Image(link=LINK), footer="End"),
        "interactive",
        {
            "type": "cta_url",
            "header": {"type": "image", "image": {"link": LINK}},
            "body": {"text": "Look"},
            "footer": {"text": "End"},
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": "See", "url": "https://example.com/x?y=1"},
            },
        },
    ),
    (
        LocationRequest(body="Where are you?"),
        "interactive",
        {"type": "location_request_message", "body": {"text": "Where are you?"}, "action": {"name": "send_location"}},
    ),
    (
        Flow(body="Book", button="Open", flow_id="77", token="t1"),
        "interactive",
        {
            "type": "flow",
            "body": {"text": "Book"},
            "action": {
                "name": "flow",
                "parameters": {"flow_message_version": "3", "flow_token": "t1", "flow_id": "77", "flow_cta": "Open"},
            },
        },
    ),
    (
        Flow(
            body="Book",
            button="Open",
            flow_id="77",
            token="t1",
            screen="START",
            data={"name": "Asha", "ages": (1, 2), "ok": True, "none": None, "empty": "", "price": 1.5},
            draft=True,
            header=Video(id="5"),
        ),
        "interactive",
        {
            "type": "flow",
            "header": {"type": "video", "video": {"id": "5"}},
            "body": {"text": "Book"},
            "action": {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_token": "t1",
                    "flow_id": "77",
                    "flow_cta": "Open",
                    "mode": "draft",
                    "flow_action": "navigate",
                    "flow_action_payload": {
                        "screen": "START",
                        "data": {
                            "name": "Asha",
                            "ages": [1, 2],
                            "ok": True,
                            "none": None,
                            "empty": "",
                            "price": 1.5,
                        },
                    },
                },
            },
        },
    ),
    (
        Catalog(body="Shop", thumbnail="sku-1", footer="End"),
        "interactive",
        {
            "type": "catalog_message",
            "body": {"text": "Shop"},
            "footer": {"text": "End"},
            "action": {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "sku-1"}},
        },
    ),
    (
        Catalog(body="Shop"),
        "interactive",
        {"type": "catalog_message", "body": {"text": "Shop"}, "action": {"name": "catalog_message"}},
    ),
    (
        Product(catalog_id="c", product_id="sku-1", body="Nice", footer="End"),
        "interactive",
        {
            "type": "product",
            "body": {"text": "Nice"},
            "footer": {"text": "End"},
            "action": {"catalog_id": "c", "product_retailer_id": "sku-1"},
        },
    ),
    (
        Product(catalog_id="c", product_id="sku-1"),
        "interactive",
        {"type": "product", "action": {"catalog_id": "c", "product_retailer_id": "sku-1"}},
    ),
    (
        ProductList(
            catalog_id="c",
            header="Top",
            body="Nice",
            sections=[ProductSection(title="A", product_ids=["1", "2"]), ProductSection(title="B", product_ids=["3"])],
        ),
        "interactive",
        {
            "type": "product_list",
            "header": {"type": "text", "text": "Top"},
            "body": {"text": "Nice"},
            "action": {
                "catalog_id": "c",
                "sections": [
                    {"title": "A", "product_items": [{"product_retailer_id": "1"}, {"product_retailer_id": "2"}]},
                    {"title": "B", "product_items": [{"product_retailer_id": "3"}]},
                ],
            },
        },
    ),
]

"""Templates beside the whole object that must be sent for each."""

from __future__ import annotations

from typing import Any

from wamsg.model import (
    Card,
    Content,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    Image,
    Location,
    QuickReply,
    Template,
    TextParameter,
    UrlButton,
    Video,
)

LINK = "https://media.example.com/a"


def _template(**rest: Any) -> Template:
    return Template(name="order_update", language="en_US", **rest)


def _shown(*components: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": "order_update", "language": {"code": "en_US"}}
    return {**shown, "components": list(components)} if components else shown


TEMPLATES: list[tuple[Content, str, Any]] = [
    (_template(), "template", _shown()),
    (
        _template(body=["Asha", "42"]),
        "template",
        _shown({"type": "body", "parameters": [{"type": "text", "text": "Asha"}, {"type": "text", "text": "42"}]}),
    ),
    (
        _template(header=TextParameter(name="title", text="Hi"), body={"first": "Asha"}),
        "template",
        _shown(
            {"type": "header", "parameters": [{"type": "text", "text": "Hi", "parameter_name": "title"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Asha", "parameter_name": "first"}]},
        ),
    ),
    (
        _template(
            body=[
                CurrencyParameter(fallback="$1.50", code="USD", amount_1000=1500),
                DateTimeParameter(fallback="1 May"),
            ]
        ),
        "template",
        _shown(
            {
                "type": "body",
                "parameters": [
                    {
                        "type": "currency",
                        "currency": {"fallback_value": "$1.50", "code": "USD", "amount_1000": 1500},
                    },
                    {"type": "date_time", "date_time": {"fallback_value": "1 May"}},
                ],
            }
        ),
    ),
    *(
        (_template(header=header), "template", _shown({"type": "header", "parameters": [parameter]}))
        for header, parameter in (
            ("Hi", {"type": "text", "text": "Hi"}),
            (Image(link=LINK), {"type": "image", "image": {"link": LINK}}),
            (Video(id="1"), {"type": "video", "video": {"id": "1"}}),
            (
                Document(link=LINK, filename="a.pdf"),
                {"type": "document", "document": {"link": LINK, "filename": "a.pdf"}},
            ),
            (
                CurrencyParameter(name="price", fallback="$1", code="USD", amount_1000=1000),
                {
                    "type": "currency",
                    "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000},
                    "parameter_name": "price",
                },
            ),
            (
                Location(latitude=1.5, longitude=2.5, name="Here", address="There"),
                {
                    "type": "location",
                    "location": {"latitude": 1.5, "longitude": 2.5, "name": "Here", "address": "There"},
                },
            ),
        )
    ),
    (
        _template(
            buttons=[QuickReply(index=0, payload="yes"), UrlButton(index=1, text="x"), CopyCode(index=2, code="SAVE")]
        ),
        "template",
        _shown(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": 0,
                "parameters": [{"type": "payload", "payload": "yes"}],
            },
            {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "x"}]},
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": 2,
                "parameters": [{"type": "coupon_code", "coupon_code": "SAVE"}],
            },
        ),
    ),
    # https://developers.kaleyra.io/docs/whatsapp-api-v2-send-authentication-template-messages
    (
        Template.authentication(name="order_update", language="en_US", code="481516"),
        "template",
        _shown(
            {"type": "body", "parameters": [{"type": "text", "text": "481516"}]},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "481516"}]},
        ),
    ),
    # https://developers.kaleyra.io/docs/whatsapp-api-v2-send-carousel-template-messages
    (
        _template(
            body=["20%"],
            cards=[
                Card(header=Image(id="1"), body=["A"], buttons=[QuickReply(index=0, payload="a")]),
                Card(header=Video(link=LINK)),
            ],
        ),
        "template",
        _shown(
            {"type": "body", "parameters": [{"type": "text", "text": "20%"}]},
            {
                "type": "carousel",
                "cards": [
                    {
                        "card_index": 0,
                        "components": [
                            {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
                            {"type": "body", "parameters": [{"type": "text", "text": "A"}]},
                            {
                                "type": "button",
                                "sub_type": "quick_reply",
                                "index": 0,
                                "parameters": [{"type": "payload", "payload": "a"}],
                            },
                        ],
                    },
                    {
                        "card_index": 1,
                        "components": [
                            {"type": "header", "parameters": [{"type": "video", "video": {"link": LINK}}]},
                        ],
                    },
                ],
            },
        ),
    ),
]

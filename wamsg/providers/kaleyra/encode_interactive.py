"""Interactive messages as Meta's message object shows them.

Kaleyra's pages per kind (https://developers.kaleyra.io/docs/whatsapp-api-v2-send-an-interactive-reply-button-message
and its siblings) name the parts; where they are cut or wrong, Meta's object rules: a header is an object, not a text.
https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#interactive-object
"""

from __future__ import annotations

from typing import Any

from wamsg.model import (
    Buttons,
    CallToAction,
    Catalog,
    Flow,
    Header,
    Interactive,
    ListMenu,
    LocationRequest,
    Product,
    ProductList,
)
from wamsg.providers.kaleyra.convert import CONVERTER, writable
from wamsg.providers.kaleyra.encode_media import media_parameter

_Json = dict[str, Any]


def buttons_object(content: Buttons) -> _Json:
    """Reply buttons."""
    replies = [{"type": "reply", "reply": CONVERTER.unstructure(button)} for button in content.buttons]
    return _interactive("button", content, {"buttons": replies})


def list_object(content: ListMenu) -> _Json:
    """A list of choices behind one button."""
    sections = [CONVERTER.unstructure(section) for section in content.sections]
    return _interactive("list", content, {"button": content.button, "sections": sections})


def link_object(content: CallToAction) -> _Json:
    """A button that opens an address."""
    return _interactive("cta_url", content, {"name": "cta_url", "parameters": CONVERTER.unstructure(content)})


def location_request_object(content: LocationRequest) -> _Json:
    """A button that asks for the recipient's location."""
    return _interactive("location_request_message", content, {"name": "send_location"})


def flow_object(content: Flow) -> _Json:
    """A button that opens a Flow; the names are those of https://developers.facebook.com/docs/whatsapp/flows."""
    parameters: _Json = {
        "flow_message_version": "3",
        "flow_token": content.token,
        "flow_id": content.flow_id,
        "flow_cta": content.button,
    }
    if content.draft:
        parameters["mode"] = "draft"
    if content.screen is not None:
        # Meta refuses an empty "data"; it must be left out.
        data = {"data": writable("flow.data", dict(content.data))} if content.data else {}
        parameters |= {"flow_action": "navigate", "flow_action_payload": {"screen": content.screen, **data}}
    return _interactive("flow", content, {"name": "flow", "parameters": parameters})


def catalog_object(content: Catalog) -> _Json:
    """A button that opens the catalogue."""
    action: _Json = {"name": "catalog_message"}
    if content.thumbnail is not None:
        action["parameters"] = {"thumbnail_product_retailer_id": content.thumbnail}
    return _interactive("catalog_message", content, action)


def product_object(content: Product) -> _Json:
    """One product."""
    return _interactive("product", content, CONVERTER.unstructure(content))


def product_list_object(content: ProductList) -> _Json:
    """Several products in sections."""
    sections = [
        {"title": section.title, "product_items": [{"product_retailer_id": item} for item in section.product_ids]}
        for section in content.sections
    ]
    return _interactive("product_list", content, {"catalog_id": content.catalog_id, "sections": sections})


def _interactive(kind: str, content: Interactive, action: _Json) -> _Json:
    shown: _Json = {"type": kind}
    header: Header | None = getattr(content, "header", None)
    if header is not None:
        shown["header"] = _header(f"{type(content).__name__.lower()}.header", header)
    for part in ("body", "footer"):
        text = getattr(content, part, None)
        if text is not None:
            shown[part] = {"text": text}
    shown["action"] = action
    return shown


def _header(name: str, header: Header) -> _Json:
    return {"type": "text", "text": header} if isinstance(header, str) else media_parameter(name, header)

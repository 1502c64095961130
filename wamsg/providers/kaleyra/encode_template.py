"""Templates as Meta's message object shows them: a name, a language, and components with parameters.

Kaleyra's page (https://developers.kaleyra.io/docs/whatsapp-api-v2-send-template-messages) defers to Meta's object:
https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates
"""

from __future__ import annotations

from typing import Any

from wamsg.model import (
    Card,
    CopyCode,
    DateTimeParameter,
    Location,
    Media,
    Parameter,
    QuickReply,
    Template,
    TemplateButton,
    TextParameter,
)
from wamsg.providers.kaleyra.convert import CONVERTER
from wamsg.providers.kaleyra.encode_media import media_parameter

_Component = dict[str, Any]


def template_object(template: Template) -> dict[str, Any]:
    """``{"name", "language": {"code"}, "components"?: [..]}``."""
    shown: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    components = [
        *_header("template.header", template.header),
        *_body(template.body),
        *map(_button, template.buttons),
        *_carousel(template.cards),
    ]
    if components:
        shown["components"] = components
    return shown


def _header(name: str, header: Parameter | Media | Location | None) -> list[_Component]:
    if header is None:
        return []
    if isinstance(header, Media):
        parameter = media_parameter(name, header)
    elif isinstance(header, Location):
        parameter = {"type": "location", "location": CONVERTER.unstructure(header)}
    else:
        parameter = _parameter(header)
    return [{"type": "header", "parameters": [parameter]}]


def _body(parameters: tuple[Parameter, ...]) -> list[_Component]:
    return [{"type": "body", "parameters": [_parameter(item) for item in parameters]}] if parameters else []


def _parameter(parameter: Parameter) -> dict[str, Any]:
    shown = _value(parameter)
    if parameter.name is not None:
        shown["parameter_name"] = parameter.name
    return shown


def _value(parameter: Parameter) -> dict[str, Any]:
    if isinstance(parameter, TextParameter):
        return {"type": "text", "text": parameter.text}
    kind = "date_time" if isinstance(parameter, DateTimeParameter) else "currency"
    return {"type": kind, kind: CONVERTER.unstructure(parameter)}


def _button(button: TemplateButton) -> _Component:
    kind, parameter = _tap(button)
    # https://developers.kaleyra.io/docs/whatsapp-api-v2-send-authentication-template-messages: a number, not a text.
    return {"type": "button", "sub_type": kind, "index": button.index, "parameters": [parameter]}


def _tap(button: TemplateButton) -> tuple[str, dict[str, str]]:
    if isinstance(button, QuickReply):
        return "quick_reply", {"type": "payload", "payload": button.payload}
    if isinstance(button, CopyCode):
        return "copy_code", {"type": "coupon_code", "coupon_code": button.code}
    return "url", {"type": "text", "text": button.text}


def _carousel(cards: tuple[Card, ...]) -> list[_Component]:
    if not cards:
        return []
    return [{"type": "carousel", "cards": [_card(index, card) for index, card in enumerate(cards)]}]


def _card(index: int, card: Card) -> dict[str, Any]:
    header = _header(f"template.cards[{index}].header", card.header)
    return {"card_index": index, "components": [*header, *_body(card.body), *map(_button, card.buttons)]}

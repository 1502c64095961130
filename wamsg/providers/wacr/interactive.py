"""Reply buttons and lists: https://docs.app.wa.cr/send-interactive-message-28559793e0 ."""

from __future__ import annotations

from wamsg.errors import InvalidMessage
from wamsg.model import Buttons, ListMenu, Row, Section
from wamsg.model.checks import at_most
from wamsg.providers.wacr.refusal import unsupported

# Not on the provider's page: WhatsApp's own cap, https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages
_ROWS_IN_ALL = 10


def button_fields(content: Buttons) -> dict[str, object]:
    """The fields of a body with up to 3 reply buttons."""
    if content.header is not None and not isinstance(content.header, str):
        raise unsupported("interactive messages have a text header only", feature="media header")
    at_most("buttons.buttons", content.buttons, 3, "buttons")
    for index, button in enumerate(content.buttons):
        at_most(f"buttons.buttons[{index}].title", button.title, 20)
    fields = {"type": "button", **_texts("buttons", content.body, content.header, content.footer)}
    return {**fields, "buttons": [{"id": button.id, "title": button.title} for button in content.buttons]}


def list_fields(content: ListMenu) -> dict[str, object]:
    """The fields of a body with a list of up to 10 sections and 10 rows in all."""
    at_most("listmenu.button", content.button, 20)
    at_most("listmenu.sections", content.sections, 10, "sections")
    total = sum(len(section.rows) for section in content.sections)
    if total > _ROWS_IN_ALL:
        message = f"listmenu.rows has {total} rows in all; at most {_ROWS_IN_ALL} are allowed"
        raise InvalidMessage(message, field="listmenu.rows", limit=_ROWS_IN_ALL, actual=total)
    return {
        "type": "list",
        **_texts("listmenu", content.body, content.header, content.footer),
        "list_button_text": content.button,
        "sections": [_section(index, section) for index, section in enumerate(content.sections)],
    }


def _texts(name: str, body: str, header: str | None, footer: str | None) -> dict[str, object]:
    fields: dict[str, object] = {}
    for part, field, text, limit in (
        ("body", "body_text", body, 1024),
        ("header", "header_text", header, 60),
        ("footer", "footer_text", footer, 60),
    ):
        if text is not None:
            at_most(f"{name}.{part}", text, limit)
            fields[field] = text
    return fields


def _section(index: int, section: Section) -> dict[str, object]:
    if section.title is None:
        raise unsupported("each section of a list needs a title", feature="section without title")
    place = f"listmenu.sections[{index}].rows"
    return {"title": section.title, "rows": [_row(f"{place}[{at}]", row) for at, row in enumerate(section.rows)]}


def _row(place: str, row: Row) -> dict[str, object]:
    at_most(f"{place}.title", row.title, 24)
    if row.description is None:
        return {"id": row.id, "title": row.title}
    at_most(f"{place}.description", row.description, 72)
    return {"id": row.id, "title": row.title, "description": row.description}

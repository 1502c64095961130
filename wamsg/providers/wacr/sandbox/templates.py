"""The fake server's templates: approved ones of every kind, one that is paused, one that a sync finds approved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from wamsg.dialect import Row, Table
from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox.answers import Data, missing, success, when
from wamsg.providers.wacr.sandbox.listing import listed
from wamsg.providers.wacr.sandbox.tables import BEGINNING

_BLANK = re.compile(r"\{\{([0-9]{1,2})\}\}")
_Buttons = tuple[Mapping[str, str], ...]
_TRACK: _Buttons = (
    {"type": "URL", "text": "Track", "url": "https://shop.example/orders/{{1}}"},
    {"type": "QUICK_REPLY", "text": "Stop"},
)
_COPY: _Buttons = ({"type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?code=otp{{1}}"},)


def templates(call: Call) -> Table:
    """By WhatsApp's id."""
    return call.table("templates", _seed)


def named(call: Call, name: object, language: object) -> Row | None:
    """The template of that name in that language."""
    rows = templates(call).rows()
    return next((row for row in rows if (row["template_name"], row["language"]) == (name, language)), None)


def complaints(call: Call, fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What keeps a template of the account from being sent; a name that the account has not is taken as it is."""
    name = fields.get("template_name")
    if all(row["template_name"] != name for row in templates(call).rows()):
        return
    row = named(call, name, fields.get("language"))
    if row is None:
        yield "language", "The template does not exist in this language."
    elif row["status"] != "APPROVED":
        yield "template_name", f"The template is {row['status']}."
    else:
        yield from ((field, f"The {field} field is required.") for field in _needed(row, fields))


def _needed(row: Row, fields: Mapping[str, object]) -> Iterator[str]:
    wanted = [f"field_{number}" for number in range(1, row["body_params_count"] + 1)]
    kind = row["header_data_format"].lower()
    if row["header_params_count"]:
        wanted.append("header_field_1")
    elif kind in {"image", "video", "document"}:
        wanted.append(f"header_{kind}_file" if f"header_{kind}_file" in fields else f"header_{kind}_url")
    wanted += [
        f"button_{place}" for place, button in enumerate(row["buttons"]) if _BLANK.search(button.get("url") or "")
    ]
    return (name for name in wanted if fields.get(name) in (None, ""))


def body_of(row: Row | None, values: list[str]) -> str | None:
    """The text that the recipient reads; of a template that is not known, its values."""
    if row is None:
        return " ".join(values) or None
    known = {str(number): value for number, value in enumerate(values, start=1)}
    return _BLANK.sub(lambda blank: known.get(blank[1], blank[0]), row["body_data"])


def _list(call: Call) -> Answer:
    rows = templates(call).rows()
    searched = ("template_name", "category")
    return listed(call, rows, _shown, "Templates retrieved successfully", searched=searched)


def _get(call: Call) -> Answer:
    row = templates(call).get(call.text("template_id"))
    return missing(call.serial, "Template") if row is None else success(_shown(row), "Template retrieved successfully")


def _sync(call: Call) -> Answer:
    table = templates(call)
    waiting = [(key, row) for key, row in table.items() if row["status"] == "PENDING"]
    for key, row in waiting:
        table.put(key, {**row, "status": "APPROVED", "updated_at": int(call.now)})
    # What the page says of the answer was cut off; these are the sandbox's own words.
    counts = {"synced": len(table), "updated": len(waiting)}
    return success(counts, "Templates synced successfully")


def _list_for_codes(call: Call) -> Answer:
    rows = [row for row in templates(call).rows() if can_carry_codes(row)]
    searched = ("template_name", "body_data")
    return listed(call, rows, _for_codes, "Authentication templates retrieved successfully", searched=searched)


def can_carry_codes(row: Row | None) -> bool:
    """Whether one-time codes can be sent with it."""
    return row is not None and (row["category"], row["status"]) == ("AUTHENTICATION", "APPROVED")


def _for_codes(row: Row) -> Data:
    """https://docs.app.wa.cr/list-authentication-templates-28559797e0 ."""
    return {
        "id": row["id"],
        "template_name": row["template_name"],
        "language": row["language"],
        "body_text": row["body_data"],
        "body_params_count": row["body_params_count"],
        "header_format": row["header_data_format"],
        "header_text": row["header_data_text"],
        "footer_text": row["footer_data"],
        "status": row["status"],
        "created_at": when(row["created_at"]),
    }


def _shown(row: Row) -> Data:
    """https://docs.app.wa.cr/get-template-28559810e0 ."""
    document = {name: value for name, value in row.items() if name != "buttons"}
    buttons = json.dumps(row["buttons"]) if row["buttons"] else None
    times = {name: when(row[name]) for name in ("created_at", "updated_at")}
    return {**document, "name": row["template_name"], "buttons_data": buttons, "components": _components(row), **times}


def _components(row: Row) -> list[Data]:
    """In WhatsApp's own form."""
    kind, text = row["header_data_format"], row["header_data_text"]
    header = [] if kind == "NONE" else [{"type": "HEADER", "format": kind, **({"text": text} if text else {})}]
    footer = [{"type": "FOOTER", "text": row["footer_data"]}] if row["footer_data"] else []
    buttons = [{"type": "BUTTONS", "buttons": list(row["buttons"])}] if row["buttons"] else []
    return [*header, {"type": "BODY", "text": row["body_data"]}, *footer, *buttons]


def _made(
    number: int,
    name: str,
    language: str,
    category: str,
    body: str,
    *,
    status: str = "APPROVED",
    header: str = "NONE",
    header_text: str | None = None,
    footer: str | None = None,
    buttons: _Buttons = (),
) -> Row:
    codes = category == "AUTHENTICATION"
    return {
        "id": number,
        "template_id": str(10**15 + number),
        "template_name": name,
        "language": language,
        "category": category,
        "status": status,
        "header_data_format": header,
        "header_data_text": header_text,
        "header_params_count": len(_BLANK.findall(header_text or "")),
        "header_file_url": None if header in {"NONE", "TEXT"} else f"https://sandbox.example/templates/{number}",
        "header_variable_value": None,
        "body_data": body,
        "body_params_count": len(_BLANK.findall(body)),
        "body_variable_value": None,
        "footer_data": footer,
        "footer_params_count": 0,
        "message_send_ttl_seconds": 600 if codes else None,
        "add_security_recommendation": codes,
        "code_expiration_minutes": 10 if codes else None,
        "otp_button_config": {"otp_type": "COPY_CODE"} if codes else None,
        "buttons": buttons,
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
    }


def _seed() -> Mapping[str, Row]:
    ordered = "Hello {{1}}, your order {{2}} is on its way."
    code = "{{1}} is your verification code."
    rows = (
        _made(1, "order_shipped", "en", "UTILITY", ordered, header="TEXT", header_text="Order {{1}}", buttons=_TRACK),
        _made(2, "order_shipped", "hi", "UTILITY", "नमस्ते {{1}}, आपका ऑर्डर {{2}} रास्ते में है।"),
        _made(3, "spring_sale", "en", "MARKETING", "Everything is half the price.", header="IMAGE", footer="Shop"),
        _made(4, "otp", "en", "AUTHENTICATION", code, buttons=_COPY),
        _made(
            5, "otp_verification", "en", "AUTHENTICATION", f"{code} It is good for {{{{2}}}} minutes.", buttons=_COPY
        ),
        _made(6, "otp_verification", "hi", "AUTHENTICATION", "{{1}} आपका सत्यापन कोड है।", buttons=_COPY),
        _made(7, "winter_sale", "en", "MARKETING", "Winter sale for {{1}}!", status="PAUSED"),
        _made(8, "feedback", "en", "UTILITY", "How was your visit, {{1}}?", status="PENDING"),
    )
    return {row["template_id"]: row for row in rows}


HANDLERS = {
    "templates.list": _list,
    "templates.get": _get,
    "templates.sync": _sync,
    "otp.templates": _list_for_codes,
}

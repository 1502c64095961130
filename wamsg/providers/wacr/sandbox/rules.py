"""What the sandbox insists on, field by field, as the provider's pages have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from wamsg.providers.wacr.media import DEFAULT_LIMITS, KINDS, MediaRule
from wamsg.providers.wacr.sandbox.details import detail_rules
from wamsg.wire import Upload

Fields = Mapping[str, object]
#: Field and complaint.
Complaints = Iterator[tuple[str, str]]

_PHONE = re.compile(r"[0-9+\-\s()]+")
_HEADERS = ("image", "video", "document")


def text_rules(fields: Fields) -> Complaints:
    """https://docs.app.wa.cr/send-text-message-28559790e0 ."""
    yield from _phone(fields, 10, 20)
    yield from _string(fields, "message", longest=4096)
    yield from _contact_id(fields)


def media_rules(fields: Fields) -> Complaints:
    """Page Send Media Message (2026-02-25). ``media_type`` and the file have error codes of their own."""
    yield from _phone(fields, 10, 15)
    yield from _string(fields, "media_type")
    if not isinstance(fields.get("media_file"), Upload):
        yield from _url(fields, "media_url", otherwise="media_file")
    yield from _string(fields, "caption", required=False, longest=1024)
    if fields.get("media_type") == "audio" and "caption" in fields:
        yield "caption", "The caption is not supported for audio."
    yield from _string(fields, "filename", required=False, longest=255)
    yield from _contact_id(fields)
    yield from detail_rules(fields)


def template_rules(fields: Fields) -> Complaints:
    """https://docs.app.wa.cr/send-template-message-28559791e0 ."""
    yield from _phone(fields, 1, 64)
    yield from _string(fields, "template_name")
    yield from _string(fields, "language", longest=10)
    yield from _string(fields, "header_document_name", required=False, longest=255)
    for kind in _HEADERS:
        if f"header_{kind}_url" in fields:
            yield from _url(fields, f"header_{kind}_url", otherwise=f"header_{kind}_file")
    names = ("header_field_1", *(f"field_{number}" for number in range(1, 11)), "button_0", "button_1", "button_2")
    for name in names:
        yield from _string(fields, name, required=False)
    yield from _contact_id(fields)


def interactive_rules(fields: Fields) -> Complaints:
    """https://docs.app.wa.cr/send-interactive-message-28559793e0 ."""
    yield from _phone(fields, 1, 64)
    yield from _string(fields, "body_text", longest=1024)
    yield from _string(fields, "header_text", required=False, longest=60)
    yield from _string(fields, "footer_text", required=False, longest=60)
    yield from _contact_id(fields)
    if fields.get("type") == "button":
        yield from _each(fields, "buttons", 3, _button)
    elif fields.get("type") == "list":
        yield from _string(fields, "list_button_text", longest=20)
        yield from _each(fields, "sections", 10, _section)
    else:
        yield "type", "The type must be one of: button, list."


def refused_file(fields: Fields) -> str | None:
    """The sentence of the inline 422, if a file's ending or size is not allowed."""
    kind = fields.get("media_type")
    named = [("media_file", kind), *((f"header_{header}_file", header) for header in _HEADERS)]
    for name, kind in named:
        upload = fields.get(name)
        if isinstance(upload, Upload) and kind in KINDS:
            rule: MediaRule = getattr(DEFAULT_LIMITS, str(kind))
            _, dot, ending = upload.name.rpartition(".")
            if not dot or ending.lower() not in rule.extensions:
                return f"Invalid file extension for {kind}. Allowed: {', '.join(rule.extensions)}"
            if upload.size > rule.max_bytes:
                return f"File size exceeds limit for {kind}."
    return None


def _phone(fields: Fields, shortest: int, longest: int) -> Complaints:
    value = fields.get("phone")
    if not isinstance(value, str) or not value.strip():
        yield "phone", "The phone field is required and must be a string."
    elif not shortest <= len(value) <= longest:
        yield "phone", f"The phone must be between {shortest} and {longest} characters."
    elif not _PHONE.fullmatch(value) or not any(character.isdigit() for character in value):
        yield "phone", "The phone format is invalid."


def _string(fields: Fields, name: str, *, required: bool = True, longest: int | None = None) -> Complaints:
    value = fields.get(name)
    if value is None or value == "":
        if required:
            yield name, f"The {name} field is required."
    elif not isinstance(value, str):
        yield name, f"The {name} must be a string."
    elif longest is not None and len(value) > longest:
        yield name, f"The {name} may not be greater than {longest} characters."


def _url(fields: Fields, name: str, *, otherwise: str) -> Complaints:
    value = fields.get(name)
    if value is None or value == "":
        yield name, f"The {name} field is required when {otherwise} is not present."
    elif not isinstance(value, str) or host_of(value) is None:
        yield name, f"The {name} must be a valid URL."


def host_of(url: str) -> str | None:
    """The host of an http(s) address, or None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _contact_id(fields: Fields) -> Complaints:
    if "contact_id" in fields and contact_id(fields) is None:
        yield "contact_id", "The contact_id must be an integer."


def contact_id(fields: Fields) -> int | None:
    """``contact_id`` as JSON writes it (a number) or as a form does (digits); None if absent or wrong."""
    value = fields.get("contact_id")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _each(fields: Fields, name: str, most: int, check: Callable[[Fields], Complaints]) -> Complaints:
    items = fields.get(name)
    if not isinstance(items, list) or not items:
        yield name, f"The {name} field is required and must be an array."
        return
    if len(items) > most:
        yield name, f"The {name} may not have more than {most} items."
    for index, item in enumerate(items[:most]):
        place = f"{name}.{index}"
        if not isinstance(item, dict):
            yield place, f"The {place} must be an object."
            continue
        for field, complaint in check(item):
            yield f"{place}.{field}", complaint


def _button(fields: Fields) -> Complaints:
    yield from _string(fields, "id")
    yield from _string(fields, "title", longest=20)


def _section(fields: Fields) -> Complaints:
    yield from _string(fields, "title")
    yield from _each(fields, "rows", 10, _row)


def _row(fields: Fields) -> Complaints:
    yield from _string(fields, "id")
    yield from _string(fields, "title", longest=24)
    yield from _string(fields, "description", required=False, longest=72)

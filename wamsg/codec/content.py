"""Our own stable JSON for content and outcomes.

Content is a table with a ``type`` (``text``, ``image``, ``template`` ...) and the fields of its class in
`wamsg.model`; nested alternatives (parameters, buttons, headers) carry a ``type`` too, and plain strings stand for
text. Local files are paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_origin

import attrs
from cattrs import Converter, override, transform_error
from cattrs.v import format_exception

from wamsg.errors import InvalidMessage, SendError
from wamsg.model import (
    CONTENT_TYPES,
    Audio,
    Buttons,
    CallToAction,
    Catalog,
    Contacts,
    Content,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    File,
    Flow,
    Header,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Outcome,
    Parameter,
    Product,
    ProductList,
    QuickReply,
    Reaction,
    ReadReceipt,
    Sticker,
    Template,
    TemplateButton,
    Text,
    TextParameter,
    UrlButton,
    Video,
)

#: The word for each class that can stand where several could.
TAGS: Mapping[str, type] = {
    "text": Text,
    "image": Image,
    "video": Video,
    "audio": Audio,
    "document": Document,
    "sticker": Sticker,
    "template": Template,
    "buttons": Buttons,
    "list": ListMenu,
    "cta": CallToAction,
    "location_request": LocationRequest,
    "flow": Flow,
    "catalog": Catalog,
    "product": Product,
    "product_list": ProductList,
    "location": Location,
    "contacts": Contacts,
    "reaction": Reaction,
    "read_receipt": ReadReceipt,
}
_PARAMETERS: Mapping[str, type] = {
    "text": TextParameter,
    "currency": CurrencyParameter,
    "date_time": DateTimeParameter,
}
_BUTTONS: Mapping[str, type] = {"quick_reply": QuickReply, "url": UrlButton, "copy_code": CopyCode}
_MEDIA = {name: TAGS[name] for name in ("image", "video", "document")}
_TEMPLATE_HEADERS = {**_PARAMETERS, **_MEDIA, "location": Location}
_WORDS: Mapping[type, str] = {cls: word for table in (TAGS, _PARAMETERS, _BUTTONS) for word, cls in table.items()}
_MOST_TEXT = 1_000_000
_LONGEST_PATH = 4096


def content_to_dict(content: Content) -> dict[str, Any]:
    """``content`` as plain JSON values, with its ``type``.

    Raises `InvalidMessage` for a file given as bytes, which has no path to write.
    """
    if type(content) not in CONTENT_TYPES:
        raise InvalidMessage(f"{type(content).__name__} is no content of a message", field="message")
    return {"type": _WORDS[type(content)], **_shared(None).unstructure(content)}


def content_from_dict(document: object, *, files: Path | None = None) -> Content:
    """The content that ``document`` describes.

    Local files are read only below ``files``; without it none are. Raises `InvalidMessage` that names the place.
    """
    converter = _shared(files.resolve() if files is not None else None)
    try:
        content: Content = tagged(converter, TAGS, document)
    except InvalidMessage:
        raise
    except Exception as error:
        raise InvalidMessage(explain(error, "message"), field="message") from error
    return content


def outcome_to_dict(outcome: Outcome, *, show_number: bool = True) -> dict[str, Any]:
    """One recipient's outcome as plain JSON values; ``show_number=False`` masks the number, in the error too."""
    recipient = outcome.recipient
    error = _error_to_dict(outcome.error) if outcome.error else None
    if error and recipient and not show_number:
        error["detail"] = error["detail"].replace(recipient.digits, recipient.masked.removeprefix("+"))
    return {
        "position": outcome.position,
        "recipient": recipient and (recipient.e164 if show_number else recipient.masked),
        "status": outcome.status.value,
        "message_id": outcome.result.message_id if outcome.result else None,
        "error": error,
    }


def _error_to_dict(error: Exception) -> dict[str, Any]:
    facts: dict[str, Any] = {"type": type(error).__name__, "detail": str(error)}
    if isinstance(error, SendError):
        facts |= {
            "code": error.code,
            "http_status": error.http_status,
            "retry_after": error.retry_after,
            "may_have_gone_out": error.may_have_gone_out,
        }
    return facts


def tagged(converter: Converter, table: Mapping[str, type], document: object) -> Any:
    """The value of that class of ``table`` which the ``type`` of ``document`` names."""
    fields = dict(_table(document))
    word = fields.pop("type", None)
    if not isinstance(word, str) or word not in table:
        shown = repr(word[:40]) if isinstance(word, str) else type(word).__name__
        raise InvalidMessage(f"type must be one of {', '.join(table)}, not {shown}", field="type")
    return converter.structure(fields, table[word])


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidMessage(f"expected a table, not {type(value).__name__}", field="message")
    if not all(isinstance(name, str) for name in value):
        raise InvalidMessage("every name in a table must be text", field="message")
    return value


def _structure_file(path: object, folder: Path | None) -> File:
    if not isinstance(path, str):
        raise InvalidMessage("file must be a path", field="file")
    if folder is None:
        raise InvalidMessage("local files are not allowed here; use a link or a media id", field="file")
    if len(path) > _LONGEST_PATH:
        raise InvalidMessage("the path is too long", field="file", limit=_LONGEST_PATH, actual=len(path))
    try:
        wanted = (folder / path).resolve()
    except (OSError, RuntimeError, ValueError):
        # A loop of links (RuntimeError until Python 3.12) or a zero byte.
        raise InvalidMessage("file is not a path that can be followed", field="file") from None
    if not wanted.is_relative_to(folder):
        raise InvalidMessage(f"the file must lie below {folder}", field="file")
    return File.at(wanted)


def _unstructure_file(file: File) -> str:
    if file.path is None:
        raise InvalidMessage("bytes cannot be stored; save them as a file and name its path", field="file")
    return str(file.path)


def _text_only(value: object, _type: object) -> str:
    # cattrs would turn 5 into "5" and None into "None"; a wrong type must be told, not sent.
    if not isinstance(value, str):
        raise InvalidMessage(f"expected text, not {type(value).__name__}", field="message")
    if len(value) > _MOST_TEXT:
        raise InvalidMessage(f"text of {len(value)} characters", field="message", limit=_MOST_TEXT, actual=len(value))
    return value


def _as_is(kinds: tuple[type, ...]) -> Any:
    def check(value: object, _type: object) -> object:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            raise InvalidMessage(f"expected {wanted}, not {type(value).__name__}", field="message")
        return value

    return check


@lru_cache(maxsize=16)
def _shared(folder: Path | None) -> Converter:
    return make_converter(folder)


def make_converter(folder: Path | None, *, renamed: Mapping[Any, str] = MappingProxyType({})) -> Converter:
    """A converter that takes no value of a wrong type; local files are read only below ``folder``.

    ``renamed`` are the names of all fields of a type.
    """
    overrides = {kind: override(rename=name) for kind, name in renamed.items()}
    converter = Converter(forbid_extra_keys=True, omit_if_default=True, type_overrides=overrides)
    converter.register_structure_hook(str, _text_only)
    converter.register_structure_hook(bool, _as_is((bool,)))
    converter.register_structure_hook(int, _as_is((int,)))
    converter.register_structure_hook(float, _as_is((int, float)))
    converter.register_structure_hook_factory(attrs.has, lambda kind: _from_table(converter, kind))
    converter.register_structure_hook(File, lambda value, _: _structure_file(value, folder))
    converter.register_unstructure_hook(File, _unstructure_file)
    _register(converter, Parameter, _PARAMETERS)
    _register(converter, TemplateButton, _BUTTONS)
    _register(converter, Header | None, _MEDIA)
    _register(converter, Parameter | Image | Video | Document | Location | None, _TEMPLATE_HEADERS)
    _register(converter, Image | Video, {"image": Image, "video": Video})
    converter.register_structure_hook_func(
        lambda kind: kind == tuple[Parameter, ...], lambda value, _: _structure_body(converter, value)
    )
    converter.register_structure_hook_func(lambda kind: kind == Mapping[str, object], _as_is((Mapping,)))
    converter.register_unstructure_hook_func(lambda kind: kind == Mapping[str, object], dict)
    return converter


def _from_table(converter: Converter, kind: type[Any]) -> Any:
    """The hook for a class of ours, which by itself would take any object's keys and cut a string into a list."""
    structure = converter.gen_structure_attrs_fromdict(kind)
    lists = [item.name for item in attrs.fields(kind) if get_origin(item.type) is tuple and item.name != "body"]

    def check(value: object, wanted: object) -> object:
        table = _table(value)
        for name in lists:
            if not isinstance(table.get(name, []), list | tuple):
                raise InvalidMessage(f"{name} must be a list, not {type(table[name]).__name__}", field=name)
        return structure(table, wanted)

    return check


def _register(converter: Converter, union: Any, table: Mapping[str, type]) -> None:
    def structure(value: object, _type: object) -> object:
        return value if value is None or isinstance(value, str) else tagged(converter, table, value)

    def unstructure(value: object) -> object:
        if value is None or isinstance(value, str):
            return value
        return {"type": _WORDS[type(value)], **converter.unstructure(value)}

    converter.register_structure_hook(union, structure)
    converter.register_unstructure_hook(union, unstructure)


def _structure_body(converter: Converter, value: object) -> object:
    if isinstance(value, Mapping):
        table = _table(value)
        return {
            name: item if isinstance(item, str) else tagged(converter, _PARAMETERS, item)
            for name, item in table.items()
        }
    if not isinstance(value, list | tuple):
        raise InvalidMessage("body must be a list of texts or a table of named ones", field="template.body")
    return tuple(item if isinstance(item, str) else tagged(converter, _PARAMETERS, item) for item in value)


def explain(error: Exception, path: str) -> str:
    """What is wrong where, from ``path`` on, in at most five pieces."""
    lines = transform_error(error, path=path, format_exception=_sentence)
    return "; ".join(lines[:5])


def _sentence(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, InvalidMessage) else format_exception(error, kind)

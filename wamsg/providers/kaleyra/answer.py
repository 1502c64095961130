"""One reading of an answer, which both the pipeline's verdict and people's errors come from; copes with any bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType

from attrs import frozen

from wamsg.providers.kaleyra import codes
from wamsg.providers.kaleyra.codes import Rule
from wamsg.wire import Response

_LONGEST_MESSAGE = 200
_LONGEST_TEXT = 10_000
_LONGEST_ID = 512
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
#: What may be a phone number.
_DIGITS = re.compile(r"\+?\d(?:[ -]?\d){7,}")
_EMPTY: Mapping[str, object] = MappingProxyType({})


@frozen
class Reading:
    """What an answer says; ``rule`` is None if it says that the request was accepted."""

    rule: Rule | None
    #: The provider's own, where there is one.
    code: str | None
    #: The answer's JSON object; empty where it is none.
    document: Mapping[str, object]


def read(response: Response) -> Reading:
    """Branch on the code before the HTTP status: a 401 may be a number, a 400 an empty balance."""
    found = response.json()
    document = found if isinstance(found, dict) else _EMPTY
    if document.get("code") == codes.ACCEPTED and 200 <= response.status < 300:
        return Reading(None, codes.ACCEPTED, document)
    code = _code(document)
    rule = codes.rule_of_code(code, _faults(document), _text(document.get("message"))) if code else None
    if rule is None:
        rule = _rule_without_code(response.status, code, document)
    return Reading(rule, code, document)


def ids_of(document: Mapping[str, object]) -> list[str]:
    """The ids that an answer names, in order; several only where it lists several.

    The answer to a send is not documented, so they are looked for where Kaleyra's other answers, Meta's answers and
    known clients have them.
    """
    for holder in (document.get("data"), document):
        if isinstance(holder, list):
            found = _all_ids(holder)
        elif isinstance(holder, dict):
            found = _ids_in(holder)
        else:
            continue
        if found:
            return found
    return []


def message_of(response: Response, document: Mapping[str, object], *, secret: str) -> str:
    """What the provider says, in its own words: one line of at most 200 characters without secrets and numbers."""
    said = shown(": ".join(dict.fromkeys(text for text in _sentences(document) if text)), secret=secret)
    return said or f"answered {_phrase(response.status)}" + ("" if document else " with no JSON object")


def shown(text: str, *, secret: str = "") -> str:
    """``text`` from outside as people may see it: the ``secret`` and phone numbers masked, on one line, cut."""
    # Masked before it is cut, so that no piece of the secret is left at the edge.
    text = text.replace(secret, "****") if secret else text
    text = _UNSHOWN.sub(" ", text[:_LONGEST_TEXT]).strip()
    text = _DIGITS.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 2] + ".."


def _rule_without_code(status: int, code: str | None, document: Mapping[str, object]) -> Rule | None:
    if code == codes.ACCEPTED:
        # A success code under a failure status contradicts itself.
        return codes.UNDECIDED
    if not 200 <= status < 300:
        return codes.rule_of_status(status)
    # The read receipt's answer is Meta's {"success": true}:
    # https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators
    taken = code is None and not document.get("error") and (document.get("success") is True or ids_of(document))
    return None if taken else codes.UNDECIDED


def _code(document: Mapping[str, object]) -> str | None:
    """Kaleyra's code at the top, else Meta's in its error object; small numbers at the top are HTTP statuses."""
    top = _code_text(document.get("code"))
    if top is not None and not (top.isdigit() and len(top) < 4):
        return top
    for holder in (document.get("error"), _first(document.get("errors"))):
        nested = _code_text(holder.get("code")) if isinstance(holder, dict) else None
        if nested is not None:
            return nested
    return None


def _code_text(value: object) -> str | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text.strip() if isinstance(text, str) and _CODE.fullmatch(text.strip()) else None


def _faults(document: Mapping[str, object]) -> Mapping[str, object]:
    error = document.get("error")
    return error if isinstance(error, dict) else _EMPTY


def _sentences(document: Mapping[str, object]) -> Iterator[str]:
    yield _text(document.get("message"))
    yield _text(document.get("error"))
    for holder in (document.get("error"), _first(document.get("errors"))):
        if not isinstance(holder, dict):
            continue
        # Meta's object has named parts; Kaleyra's has one text under the name of what is wrong.
        named = [_text(holder[name]) for name in ("message", "title") if name in holder]
        yield from named or map(_text, holder.values())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _ids_in(holder: Mapping[str, object]) -> list[str]:
    for name in ("messages", "media"):
        items = holder.get(name)
        if isinstance(items, list) and (found := _all_ids(items)):
            return found
    one = _id(holder)
    return [] if one is None else [one]


def _all_ids(items: list[object]) -> list[str]:
    found = [_id(item) for item in items]
    # A list with gaps cannot be told apart by place.
    return [one for one in found if one is not None] if None not in found else []


def _id(holder: object) -> str | None:
    if not isinstance(holder, dict):
        return None
    for name in ("message_id", "media_id", "id"):
        value = holder.get(name)
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, str) and 0 < len(text) <= _LONGEST_ID and text.isprintable() and not text.isspace():
            return text
    return None


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)

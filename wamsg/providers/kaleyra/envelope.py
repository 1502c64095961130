"""What an answer to an operation holds, out of ``{"code", "message", "data", "error"}``; bare answers are read too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_origin

import attrs
from attrs import frozen

from wamsg.errors import Unanswered
from wamsg.operations import Declaration, Page
from wamsg.providers.kaleyra import decode
from wamsg.providers.kaleyra.answer import Reading, ids_of, read
from wamsg.settings import Secret
from wamsg.wire import Response

_ENVELOPE = frozenset({"code", "message", "data", "error"})
#: What a missing permission most likely means, by operation.
_DENIED = {"media.upload": decode.UPLOAD_HINT}


@frozen
class Envelope:
    """Implements `wamsg.operations.Reader`."""

    secret: Secret

    def payload(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        """``data`` as the result's fields, or as a list where the result is one."""
        document = self._document(declaration, response, lanes)
        if get_origin(declaration.result) is tuple:
            return _rows(document)
        fields = _fields(document)
        # Where an upload's id stands is not documented.
        if "id" not in fields and "id" in attrs.fields_dict(declaration.result):
            ids = ids_of(document)
            return {**fields, "id": ids[0]} if len(ids) == 1 else fields
        return fields

    def page(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Page[object]:
        """The list in ``data``, and the cursor behind it, which is where Meta has it."""
        document = self._document(declaration, response, lanes)
        return Page(items=tuple(_rows(document)), cursor=_cursor(document))

    def unreadable(self, why: str, response: Response, lanes: tuple[str, ...]) -> Exception:
        """The error for an acceptance that is not what it should be."""
        said = f"the answer cannot be read: {why}"
        return decode.error_of(Unanswered, said, response, read(response), lanes=lanes, secret=self.secret)

    def _document(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Mapping[str, object]:
        reading = read(response)
        if _taken(response, reading):
            return reading.document
        denied = _DENIED.get(declaration.name, "")
        return decode.accepted(response, lanes=lanes, secret=self.secret, denied=denied)


def _taken(response: Response, reading: Reading) -> bool:
    """Whether a success without Kaleyra's code is one: the v1 calls answer by status, and 202 may have no body."""
    refused = reading.document.get("error") or reading.document.get("success") is False
    if not 200 <= response.status < 300 or reading.code is not None or refused:
        return False
    return bool(reading.document) or (response.status in {202, 204} and not response.body.strip())


def _fields(document: Mapping[str, object]) -> Mapping[str, object]:
    data = document.get("data")
    beside = {name: value for name, value in document.items() if name not in _ENVELOPE}
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return beside if not data else {**beside, "data": data}
    inner = data.get("block_users")
    return {**beside, **data, **(inner if isinstance(inner, dict) else {})}


def _rows(document: Mapping[str, object]) -> list[object]:
    """The list that an answer is about: ``data`` itself, or the one list in it; an object alone is a list of one."""
    data: object = document.get("data", {name: value for name, value in document.items() if name not in _ENVELOPE})
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        # Beside a list there are counts; beside the facts of one thing there are words.
        alone = len(lists) == 1 and not any(isinstance(value, str) for value in data.values())
        data = lists[0] if alone else [data] if data else []
    # What is no list is shown to whoever reads the rows, rather than taken for "there are none".
    rows = data if isinstance(data, list) else [] if data in (None, "") else [data]
    # Meta has the block list inside of a list.
    return [inner for row in rows for inner in (_inner(row) or [row])]


def _inner(row: object) -> list[object]:
    inner = row.get("block_users") if isinstance(row, dict) else None
    return inner if isinstance(inner, list) else []


def _cursor(document: Mapping[str, object]) -> str | None:
    for holder in (document, document.get("data")):
        paging = holder.get("paging") if isinstance(holder, dict) else None
        cursors = paging.get("cursors") if isinstance(paging, dict) else None
        after = cursors.get("after") if isinstance(cursors, dict) else None
        if isinstance(after, str) and after:
            return after
    return None

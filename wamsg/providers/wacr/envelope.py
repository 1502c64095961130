"""What an answer to an operation holds, out of its envelope: enveloped, flat, a page, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_origin

import attrs
from attrs import frozen

from wamsg.errors import Unanswered
from wamsg.operations import Declaration, Page
from wamsg.providers.wacr.decode import Decoder
from wamsg.providers.wacr.reply import Reply
from wamsg.wire import Response

_ENVELOPE = frozenset({"success", "message", "meta", "data"})


@frozen
class Envelope:
    """Implements `wamsg.operations.Reader`."""

    decoder: Decoder

    def payload(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        """``data`` and whatever stands beside it; where there is no ``data`` the answer is flat."""
        document = self._document(declaration, response, lanes)
        data = document.get("data")
        if get_origin(declaration.result) is tuple:
            return data
        wanted = {item.name for item in attrs.fields(declaration.result)} if attrs.has(declaration.result) else set()
        beside = {name: value for name, value in document.items() if name not in _ENVELOPE or name in wanted}
        # PHP writes an empty object as an empty list.
        if data is None or data == []:
            return beside
        return {**beside, **data} if isinstance(data, dict) else data

    def page(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Page[object]:
        """``data`` as a list, and ``meta.pagination``, of which ``has_more`` alone is known."""
        document = self._document(declaration, response, lanes)
        data, meta = document.get("data"), document.get("meta")
        if not isinstance(data, list):
            raise self.unreadable(f"{declaration.name}: data is not a list", response, lanes)
        about = meta.get("pagination") if isinstance(meta, dict) else None
        known = about if isinstance(about, dict) else {}
        more = known.get("has_more")
        return Page(items=tuple(data), more=more if isinstance(more, bool) else None, about=known)

    def unreadable(self, why: str, response: Response, lanes: tuple[str, ...]) -> Unanswered:
        """The error for an acceptance that is not what it should be."""
        facts = self.decoder.facts(response, Reply.of(response), lanes)
        return Unanswered(f"the answer cannot be read: {why}", **facts)

    def _document(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Mapping[str, object]:
        # How deletions answer is not documented, and 204 is how many services do: done, and nothing to tell.
        if response.status == 204 and not response.body and declaration.method != "GET":
            return {}
        return self.decoder.accepted(response, scope=declaration.scope, lanes=lanes).document or {}

"""A provider that exists in this folder only: every form that a declaration can take, and what it lends to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cattrs import Converter

from wamsg.errors import Unanswered
from wamsg.operations import Declaration, Page, Service, teach
from wamsg.wire import Response

CONVERTER = Converter(detailed_validation=False)
teach(CONVERTER)


class PlainReader:
    """Answers without an envelope; a page is ``{"items", "more", "next"}``."""

    def payload(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        return response.json()

    def page(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Page[object]:
        document: Any = response.json()
        return Page(items=tuple(document["items"]), more=document.get("more"), cursor=document.get("next"))

    def unreadable(self, why: str, response: Response, lanes: tuple[str, ...]) -> Unanswered:
        return Unanswered(why, provider="plain", http_status=response.status, lanes=lanes)


@pytest.fixture
def service() -> Service:
    """One account of that provider."""
    places: Mapping[str, str] = {"sid": "HX1", "number": "919812340001"}
    return Service(
        provider="plain",
        base_url="https://api.plain.example/v1",
        headers={"X-Key": "fake"},
        lanes=("account:1",),
        places=places,
        reader=PlainReader(),
        write=lambda document: json.dumps(document).encode(),
        structure=CONVERTER.structure,
    )

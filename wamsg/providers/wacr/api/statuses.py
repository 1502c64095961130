"""Statuses: how far contacts have come. They have nothing to do with the status of a message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, TypeAlias

from wamsg.operations import KEEP, Done, Evidence, Keep, Resource, Text, listing, operation
from wamsg.providers.wacr.api.labels import Status
from wamsg.providers.wacr.api.pages import DOCS, LIKE_N8N, PAGING, PageNumber, PageSize, Search

_Name: TypeAlias = Annotated[str, Text(255), "unique in the account"]
_Color: TypeAlias = Annotated[str, Text(pattern="#[0-9A-Fa-f]{6}"), "such as #1A9E5F"]


class Statuses(Resource):
    """How far contacts have come."""

    @listing(
        "statuses.list", "/statuses", paging=PAGING, scope="statuses:read", evidence=Evidence.INFERRED, note=LIKE_N8N
    )
    def list(self, *, search: Search = None, page: PageNumber = 1, per_page: PageSize = 100) -> AsyncIterator[Status]:
        """All statuses that fit."""

    @operation("statuses.create", "POST", "/statuses", scope="statuses:write", docs=f"{DOCS}create-status-28559817e0")
    async def create(self, name: _Name, *, color: _Color | None = None) -> Status:
        """Make a status."""

    @operation(
        "statuses.get", "GET", "/statuses/{id}", scope="statuses:read", evidence=Evidence.INFERRED, note=LIKE_N8N
    )
    async def get(self, id: int) -> Status:
        """One status."""

    @operation(
        "statuses.update", "PATCH", "/statuses/{id}", scope="statuses:write", docs=f"{DOCS}update-status-28559819e0"
    )
    async def update(self, id: int, *, name: _Name, color: _Color | Keep = KEEP) -> Status:
        """Change a status; the provider wants its name even where the colour alone changes."""

    @operation(
        "statuses.delete",
        "DELETE",
        "/statuses/{id}",
        scope="statuses:delete",
        evidence=Evidence.INFERRED,
        note=LIKE_N8N,
    )
    async def delete(self, id: int) -> Done:
        """Delete a status that no contact has any more."""

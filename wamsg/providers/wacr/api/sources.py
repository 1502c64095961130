"""Sources: where contacts come from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, TypeAlias

from wamsg.operations import Done, Evidence, Resource, Text, listing, operation
from wamsg.providers.wacr.api.labels import Source
from wamsg.providers.wacr.api.pages import DOCS, LIKE_N8N, PAGING, PageNumber, PageSize, Search

_Name: TypeAlias = Annotated[str, Text(255), "unique in the account"]


class Sources(Resource):
    """Where contacts come from."""

    @listing("sources.list", "/sources", paging=PAGING, scope="sources:read", evidence=Evidence.INFERRED, note=LIKE_N8N)
    def list(self, *, search: Search = None, page: PageNumber = 1, per_page: PageSize = 100) -> AsyncIterator[Source]:
        """All sources that fit."""

    @operation("sources.create", "POST", "/sources", scope="sources:write", docs=f"{DOCS}create-source-28559812e0")
    async def create(self, name: _Name) -> Source:
        """Make a source."""

    @operation("sources.get", "GET", "/sources/{id}", scope="sources:read", evidence=Evidence.INFERRED, note=LIKE_N8N)
    async def get(self, id: int) -> Source:
        """One source."""

    @operation(
        "sources.update", "PATCH", "/sources/{id}", scope="sources:write", docs=f"{DOCS}update-source-28559814e0"
    )
    async def update(self, id: int, *, name: _Name) -> Source:
        """Call a source otherwise."""

    @operation(
        "sources.delete", "DELETE", "/sources/{id}", scope="sources:delete", evidence=Evidence.INFERRED, note=LIKE_N8N
    )
    async def delete(self, id: int) -> Done:
        """Delete a source that no contact has any more."""

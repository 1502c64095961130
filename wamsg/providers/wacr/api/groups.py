"""Groups of contacts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, TypeAlias

from attrs import frozen

from wamsg.operations import Done, Evidence, Resource, Result, Text, Words, listing, operation
from wamsg.providers.wacr.api.labels import Group
from wamsg.providers.wacr.api.pages import DOCS, LIKE_N8N, PAGING, PageNumber, PageSize, Search

_Name: TypeAlias = Annotated[str, Text(255), "unique in the account"]
_SORTS = ("name", "created_at", "updated_at")


@frozen(kw_only=True)
class MembersAdded(Result):
    """How many contacts are new in a group."""

    group_id: int | None = None
    #: Those who were members already are not counted.
    contacts_added: int | None = None


@frozen(kw_only=True)
class MembersRemoved(Result):
    """How many contacts have left a group."""

    group_id: int | None = None
    #: Those who were no members are not counted.
    contacts_removed: int | None = None


class Groups(Resource):
    """Groups of contacts."""

    @listing(
        "groups.list",
        "/groups",
        paging=PAGING,
        scope="groups:read",
        docs=f"{DOCS}list-groups-28559801e0",
        note="the page's filters and its table of the answer were cut off; items are read as those of groups.create",
    )
    def list(
        self,
        *,
        search: Search = None,
        sort: Annotated[str | Sequence[str] | None, Words(*_SORTS, signed=True), "such as -created_at"] = None,
        page: PageNumber = 1,
        per_page: PageSize = 100,
    ) -> AsyncIterator[Group]:
        """All groups that fit; ``search`` looks in the name."""

    @operation("groups.create", "POST", "/groups", scope="groups:write", docs=f"{DOCS}create-group-28559802e0")
    async def create(self, name: _Name) -> Group:
        """Make a group."""

    @operation("groups.get", "GET", "/groups/{id}", scope="groups:read", evidence=Evidence.INFERRED, note=LIKE_N8N)
    async def get(self, id: int) -> Group:
        """One group."""

    @operation("groups.update", "PATCH", "/groups/{id}", scope="groups:write", docs=f"{DOCS}update-group-28559804e0")
    async def update(self, id: int, *, name: _Name) -> Group:
        """Call a group otherwise."""

    @operation(
        "groups.delete", "DELETE", "/groups/{id}", scope="groups:delete", evidence=Evidence.INFERRED, note=LIKE_N8N
    )
    async def delete(self, id: int) -> Done:
        """Delete a group; what becomes of its contacts is not documented."""

    @operation(
        "groups.add_contacts",
        "POST",
        "/groups/{id}/contacts",
        scope="groups:write",
        docs=f"{DOCS}add-contacts-to-group-28559806e0",
    )
    async def add_contacts(self, id: int, contact_ids: Sequence[int]) -> MembersAdded:
        """Put contacts into a group; each of them must exist, and those who are in it already are skipped."""

    @operation(
        "groups.remove_contacts",
        "DELETE",
        "/groups/{id}/contacts",
        scope="groups:write",
        docs=f"{DOCS}remove-contacts-from-group-28559807e0",
    )
    async def remove_contacts(self, id: int, contact_ids: Sequence[int]) -> MembersRemoved:
        """Take contacts out of a group; those who are not in it are skipped."""

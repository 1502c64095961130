"""Contacts: the people of the account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from attrs import field, frozen

from wamsg.operations import (
    KEEP,
    Choice,
    Done,
    Evidence,
    Items,
    Keep,
    Moment,
    Resource,
    Result,
    Text,
    Whole,
    Words,
    listing,
    operation,
    private,
)
from wamsg.providers.wacr.api.labels import Group, Source, Status
from wamsg.providers.wacr.api.pages import DOCS, LIKE_N8N, PAGING, Filter, PageNumber, PageSize, Search, Where

ContactType: TypeAlias = Literal["lead", "customer", "guest"]
_Short: TypeAlias = Annotated[str, Text(255)]
_Zip: TypeAlias = Annotated[str, Text(20)]
_Phone: TypeAlias = Annotated[str, Text(20), "unique in the account"]
_Email: TypeAlias = Annotated[str, Text(191, pattern=r"[^@\s]+@[^@\s]+"), "unique in the account"]
_Address: TypeAlias = Annotated[str, Text(500, lines=True)]
_Long: TypeAlias = Annotated[str, Text(lines=True)]
_Include: TypeAlias = Annotated[
    str | Sequence[Literal["groups", "source", "status"]] | None,
    Words("groups", "source", "status"),
    "what to fill in beside the ids",
]
_SORTS = ("id", "firstname", "lastname", "created_at", "updated_at")


@frozen(kw_only=True)
class Contact(Result):
    """A contact. ``groups``, ``source`` and ``status`` are there only where they were asked for."""

    id: int
    firstname: str | None = private()
    lastname: str | None = private()
    company: str | None = None
    #: ``lead``, ``customer`` or ``guest``.
    type: str | None = None
    email: str | None = private()
    phone: str | None = private()
    status_id: int | None = None
    source_id: int | None = None
    description: str | None = private()
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    address: str | None = private()
    country_id: int | None = None
    assigned_id: int | None = None
    #: The ids of its groups, whatever the name says.
    group_id: tuple[int, ...] | None = None
    is_opted_out: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    groups: tuple[Group, ...] | None = None
    source: Source | None = None
    status: Status | None = None


@frozen(kw_only=True)
class NewContact:
    """A contact to be made with others, `Contacts.create_batch`; the provider takes no groups there."""

    firstname: _Short = field(repr=False)
    lastname: _Short = field(repr=False)
    phone: _Phone = field(repr=False)
    type: ContactType
    source_id: int
    status_id: int
    email: _Email | None = private()
    company: _Short | None = None
    description: _Long | None = private()
    city: _Short | None = None
    state: _Short | None = None
    zip: _Zip | None = None
    address: _Address | None = private()
    country_id: int | None = None
    assigned_id: int | None = None


@frozen(kw_only=True)
class BatchOptions:
    """How a batch goes on."""

    #: Whether one bad contact leaves the others in.
    continue_on_error: bool = True
    #: Whether a phone that is known already is skipped instead of failed.
    skip_duplicates: bool = False


@frozen(kw_only=True)
class BatchSummary(Result):
    """What became of a batch, in numbers."""

    total: int | None = None
    created: int | None = None
    skipped: int | None = None
    deleted: int | None = None
    failed: int | None = None


@frozen(kw_only=True)
class Skipped(Result):
    """One contact of a batch that was known already."""

    #: Its place in the batch, from 0.
    index: int | None = None
    reason: str | None = None
    data: Mapping[str, object] | None = private()


@frozen(kw_only=True)
class BatchError(Result):
    """One contact of a batch that failed; what the provider says of it is in ``extra``."""

    #: Its place in the batch, from 0.
    index: int | None = None


@frozen(kw_only=True)
class BatchCreated(Result):
    """What became of each contact of a batch: failures are told here, not raised."""

    summary: BatchSummary
    created: tuple[Contact, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    errors: tuple[BatchError, ...] = ()


@frozen(kw_only=True)
class BatchDeleted(Result):
    """What became of a batch of ids; unknown ones count as failed."""

    summary: BatchSummary


class Contacts(Resource):
    """The people of the account."""

    @listing(
        "contacts.list",
        "/contacts",
        paging=PAGING,
        scope="contacts:read",
        docs=f"{DOCS}list-contacts-28559783e0",
        note="the page's table of the answer was not available; items are read as those of contacts.get",
    )
    def list(
        self,
        *,
        search: Search = None,
        type: Annotated[ContactType | Where | None, Filter(Choice(("lead", "customer", "guest")), "type")] = None,
        status_id: Annotated[int | Where | None, Filter(Whole(), "status_id")] = None,
        source_id: Annotated[int | Where | None, Filter(Whole(), "source_id")] = None,
        assigned_id: Annotated[int | Where | None, Filter(Whole(), "assigned_id")] = None,
        group_id: Annotated[int | Where | None, Filter(Whole(), "group_id")] = None,
        created_at: Annotated[datetime | Where | None, Filter(Moment(), "created_at")] = None,
        created_after: Annotated[
            datetime | None, Filter(Moment(), "created_at", "gte", operators=()), "this moment included"
        ] = None,
        created_before: Annotated[
            datetime | None, Filter(Moment(), "created_at", "lte", operators=()), "this moment included"
        ] = None,
        sort: Annotated[str | Sequence[str] | None, Words(*_SORTS, signed=True), "such as -created_at"] = None,
        include: _Include = None,
        page: PageNumber = 1,
        per_page: PageSize = 100,
    ) -> AsyncIterator[Contact]:
        """All contacts that fit; ``search`` looks in first and last name, e-mail, phone and company."""

    @operation("contacts.create", "POST", "/contacts", scope="contacts:write", docs=f"{DOCS}create-contact-28559784e0")
    async def create(
        self,
        *,
        firstname: _Short,
        lastname: _Short,
        phone: _Phone,
        type: ContactType,
        source_id: int,
        status_id: int,
        email: _Email | None = None,
        company: _Short | None = None,
        description: _Long | None = None,
        city: _Short | None = None,
        state: _Short | None = None,
        zip: _Zip | None = None,
        address: _Address | None = None,
        country_id: int | None = None,
        assigned_id: int | None = None,
        groups: Sequence[int] | None = None,
    ) -> Contact:
        """Make a contact."""

    @operation("contacts.get", "GET", "/contacts/{id}", scope="contacts:read", docs=f"{DOCS}get-contact-28559785e0")
    async def get(self, id: int, *, include: _Include = None) -> Contact:
        """One contact."""

    @operation(
        "contacts.update",
        "PATCH",
        "/contacts/{id}",
        scope="contacts:write",
        docs=f"{DOCS}update-contact-28559786e0",
        note="that null empties a field is the habit of such services; the page does not say it",
    )
    async def update(
        self,
        id: int,
        *,
        firstname: _Short | Keep = KEEP,
        lastname: _Short | Keep = KEEP,
        phone: _Phone | Keep = KEEP,
        type: ContactType | Keep = KEEP,
        source_id: int | Keep = KEEP,
        status_id: int | Keep = KEEP,
        email: _Email | Keep | None = KEEP,
        company: _Short | Keep | None = KEEP,
        description: _Long | Keep | None = KEEP,
        city: _Short | Keep | None = KEEP,
        state: _Short | Keep | None = KEEP,
        zip: _Zip | Keep | None = KEEP,
        address: _Address | Keep | None = KEEP,
        country_id: int | Keep | None = KEEP,
        assigned_id: int | Keep | None = KEEP,
        groups: Annotated[Sequence[int] | Keep, Items(Whole(), least=0), "replaces all of them"] = KEEP,
    ) -> Contact:
        """Change what is given of a contact and leave the rest; None empties a field."""

    @operation(
        "contacts.delete",
        "DELETE",
        "/contacts/{id}",
        scope="contacts:delete",
        evidence=Evidence.INFERRED,
        note=LIKE_N8N,
    )
    async def delete(self, id: int) -> Done:
        """Delete a contact."""

    @operation(
        "contacts.create_batch",
        "POST",
        "/contacts/batch",
        scope="contacts:write",
        docs=f"{DOCS}batch-create-contacts-28559788e0",
        note="what an entry of errors holds beside its index, and how many contacts one batch takes, is not known",
    )
    async def create_batch(
        self, contacts: Sequence[NewContact], *, options: BatchOptions | None = None
    ) -> BatchCreated:
        """Make many contacts in one request; what became of each is in the result."""

    @operation(
        "contacts.delete_batch",
        "DELETE",
        "/contacts/batch",
        scope="contacts:delete",
        docs=f"{DOCS}batch-delete-contacts-28559789e0",
    )
    async def delete_batch(self, ids: Sequence[int]) -> BatchDeleted:
        """Delete many contacts in one request; unknown ids are counted, not raised."""

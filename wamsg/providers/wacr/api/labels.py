"""What contacts are sorted by: groups, sources, statuses."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from wamsg.operations import Result


@frozen(kw_only=True)
class Group(Result):
    """Contacts that belong together."""

    id: int
    name: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True)
class Source(Result):
    """Where a contact came from."""

    id: int
    name: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True)
class Status(Result):
    """How far a contact has come."""

    id: int
    name: str | None = None
    #: ``#RRGGBB``.
    color: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

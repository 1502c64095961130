"""Callback profiles: where Kaleyra tells what has happened, and in what words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Literal

from attrs import frozen

from wamsg.operations import Document, Evidence, Link, Resource, Result, Text, listing, operation, private
from wamsg.providers.kaleyra.api.places import DOCS, PAGING, PageSize, PageStart

_PATH = "/v1/{sid}/callback/profiles"
_NOTE = "the page's answer could not be read; its fields are those of the request"


@frozen(kw_only=True)
class CallbackProfile(Result):
    """A place that callbacks go to."""

    id: str | None = None
    title: str | None = None
    http_method: str | None = None
    url: str | None = private()
    body: Mapping[str, object] | None = private()
    response_message: str | None = None
    headers: Mapping[str, object] | None = private()
    enc: str | None = None
    channel: str | None = None
    events: str | None = None


class CallbackProfiles(Resource):
    """The callback profiles of the account."""

    @operation(
        "callback_profiles.create",
        "POST",
        _PATH,
        docs=f"{DOCS}platform-apis-create-callback-profiles",
        evidence=Evidence.INFERRED,
        note=_NOTE,
    )
    async def create(
        self,
        *,
        title: Annotated[str, Text(255, least=3, pattern=r"[A-Za-z0-9 _-]+"), "letters, digits, blanks, - and _"],
        http_method: Literal["GET", "POST", "PUT", "DELETE"],
        url: Annotated[str, Link()],
        body: Annotated[
            Mapping[str, object] | None, Document(), "for POST and PUT, with the console's variables"
        ] = None,
        response_message: Annotated[str | None, Text(lines=True)] = None,
        headers: Annotated[
            Mapping[str, object] | None, Document(), "such as a secret that your server looks for"
        ] = None,
        enc: Annotated[str | None, Text()] = None,
        channel: Annotated[str | None, Text()] = None,
        events: Annotated[str | None, Text()] = None,
    ) -> CallbackProfile:
        """Make a profile."""

    @listing(
        "callback_profiles.list",
        _PATH,
        paging=PAGING,
        docs=f"{DOCS}platform-apis-get-callback-profiles-detail",
        evidence=Evidence.INFERRED,
        note=_NOTE,
    )
    def list(
        self,
        *,
        title: Annotated[str | None, Text(255), "of those with this title alone"] = None,
        limit: PageSize = 25,
        offset: PageStart = 0,
    ) -> AsyncIterator[CallbackProfile]:
        """All profiles, with everything that is known of each."""

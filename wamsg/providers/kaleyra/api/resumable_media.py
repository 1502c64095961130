"""Resumable media: large files for the headers of templates, taken in the background."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from attrs import frozen

from wamsg.model import File
from wamsg.operations import Evidence, Lane, Resource, Result, Text, listing, operation
from wamsg.providers.kaleyra.api.files import ResumableUpload
from wamsg.providers.kaleyra.api.places import DOCS, PAGING, PageSize, PageStart, WabaId

_NOTE = "the page's answer could not be read; its fields are taken from the callback that tells of an upload"


@frozen(kw_only=True)
class ResumableFile(Result):
    """A file that was handed over; the handle is good for 24 hours, the entry stays for three days."""

    id: str | None = None
    #: Such as ``UPLOADED``.
    status: str | None = None
    #: What a template's header takes as its example, once the file is uploaded.
    uploaded_file_handle: str | None = None
    file_name: str | None = None
    file_link: str | None = None
    waba_id: str | None = None


class ResumableMedia(Resource):
    """Files of a WhatsApp Business Account; a callback profile tells when one is uploaded."""

    @operation(
        "resumable_media.create",
        "POST",
        "/v2/{sid}/whatsapp/{waba_id}/resumable_media",
        docs=f"{DOCS}whatsapp-resumable-api-v2-upload-resumable-media",
        evidence=Evidence.INFERRED,
        note=_NOTE,
        lanes=(Lane("resumable-media", by=("waba_id",)),),
    )
    async def create(self, waba_id: WabaId, file: Annotated[File, ResumableUpload()]) -> ResumableFile:
        """Hand over a file of up to 100 MB; 20 in an hour for each account."""

    @listing(
        "resumable_media.list",
        "/v2/{sid}/whatsapp/{waba_id}/resumable_media",
        paging=PAGING,
        docs=f"{DOCS}whatsapp-resumable-media-api-v2-get-resumable-media",
        evidence=Evidence.INFERRED,
        note=_NOTE,
    )
    def list(
        self,
        waba_id: WabaId,
        *,
        id: Annotated[str | None, Text(64), "that one alone"] = None,
        limit: PageSize = 25,
        offset: PageStart = 0,
    ) -> AsyncIterator[ResumableFile]:
        """What was handed over, and what became of it."""

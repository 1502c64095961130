"""Media: files that messages refer to by id."""

from __future__ import annotations

from typing import Annotated

from attrs import frozen

from wamsg.model import File
from wamsg.operations import Resource, Result, operation
from wamsg.providers.kaleyra.api.files import MediaFile
from wamsg.providers.kaleyra.api.places import DOCS


@frozen(kw_only=True)
class UploadedMedia(Result):
    """An uploaded file; ``Image(media_id=id)`` sends it, any number of times, to anyone."""

    id: str


class Media(Resource):
    """Files of the sending number. Local files in messages are uploaded by themselves; this is for other purposes."""

    # An upload messages nobody, so that a second one does no harm.
    @operation(
        "media.upload",
        "POST",
        "/v2/{sid}/whatsapp/{number}/media",
        docs=f"{DOCS}whatsapp-api-v2-upload-media-files",
        note="the page's answer could not be read: the id is looked for where other answers have it",
        repeatable=True,
    )
    async def upload(self, file: Annotated[File, MediaFile()]) -> UploadedMedia:
        """Upload a file, as a stream. Only postpaid accounts may; for others there is a public link."""

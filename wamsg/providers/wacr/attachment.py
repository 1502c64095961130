"""Links and local files as form fields."""

from __future__ import annotations

from wamsg.model import Document, Media
from wamsg.model.checks import at_most
from wamsg.providers.wacr.media import MediaLimits
from wamsg.providers.wacr.refusal import unsupported
from wamsg.wire import Upload


def attach(media: Media, limits: MediaLimits, *, prefix: str) -> dict[str, object]:
    """``{prefix}_url`` with the link, or ``{prefix}_file`` with the file.

    Raises `Unsupported` for a media id and `InvalidMessage` for a file that the account does not take.
    """
    if media.link is not None:
        return {f"{prefix}_url": media.link}
    file = media.file
    if file is None:
        raise unsupported("media has no ids there; give a link or a file", feature="media ids")
    limits.check(media.kind, file)
    upload = Upload(name=file.name, content_type=file.type.mime, size=file.size, path=file.path, data=file.data)
    return {f"{prefix}_file": upload}


def shown_name(document: Document, *, field: str) -> dict[str, object]:
    """``field`` with the name that the recipient sees: the one given, else the local file's own."""
    # No page says that the name inside the upload is the one shown, so it is sent as a field too.
    name = document.filename or (document.file.name if document.file else None)
    if name is None:
        return {}
    at_most("document.filename", name, 255)
    return {field: name}

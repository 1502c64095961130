"""Media as Meta's message object shows it: by link or by the id of an upload."""

from __future__ import annotations

from typing import Any

from wamsg.errors import Unsupported
from wamsg.model import Media
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.convert import CONVERTER


def media_object(media: Media) -> dict[str, Any]:
    """``{"link" | "id", "caption"?, "filename"?}``. Raises `Unsupported` for a local file: it is uploaded first."""
    if media.file is not None:
        message = f"{NAME} sends no file inside a message: upload it first, then send its id"
        raise Unsupported(message, provider=NAME, feature=f"{media.kind}.file")
    shown: dict[str, Any] = CONVERTER.unstructure(media)
    return shown


def media_parameter(name: str, media: Media) -> dict[str, Any]:
    """``{"type": kind, kind: {..}}``, the form in headers and template parameters; ``name`` says where it stands.

    Raises `Unsupported` for a caption: a header shows none, and nothing is dropped silently.
    """
    if getattr(media, "caption", None) is not None:
        message = f"{NAME}: media in {name} shows no caption; write it into the body"
        raise Unsupported(message, provider=NAME, feature=f"{name}.caption")
    return {"type": media.kind, media.kind: media_object(media)}

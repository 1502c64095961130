"""Images, videos, sounds, documents and stickers, each from a public link, a provider's media id, or a local file."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import evolve, field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import checks
from wamsg.model.file import File, as_file


@frozen(kw_only=True)
class Media:
    """What the five kinds share: exactly one of ``link``, ``id`` and ``file``.

    ``link`` is a public http(s) address that the provider fetches; ``id`` is the provider's id of media uploaded
    before; ``file`` is a path or bytes. Raises `InvalidMessage` for none or several of them, and for a file that
    cannot be read or is not what its name says.
    """

    #: The word that both providers use for the kind.
    kind: ClassVar[str] = "media"

    link: str | None = field(default=None, validator=checks.optional_url)
    id: str | None = field(default=None, validator=checks.optional_line)
    file: File | None = field(default=None, converter=as_file, validator=checks.optional_one_of(File))

    def __attrs_post_init__(self) -> None:
        if sum(source is not None for source in (self.link, self.id, self.file)) != 1:
            message = f"{self.kind}: give exactly one of link, id and file"
            raise InvalidMessage(message, field=f"{self.kind}.link")

    def uploaded_as(self, media_id: str) -> Self:
        """The same content with the provider's id in the place of the file."""
        return evolve(self, file=None, id=media_id)


@frozen(kw_only=True)
class Image(Media):
    """A picture with an optional caption."""

    kind: ClassVar[str] = "image"
    caption: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class Video(Media):
    """A video with an optional caption."""

    kind: ClassVar[str] = "video"
    caption: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class Audio(Media):
    """A sound; WhatsApp shows no caption with it."""

    kind: ClassVar[str] = "audio"


@frozen(kw_only=True)
class Document(Media):
    """A document with an optional caption; ``filename`` is what the recipient sees (default: the file's own name)."""

    kind: ClassVar[str] = "document"
    caption: str | None = field(default=None, validator=checks.optional_text)
    filename: str | None = field(default=None, validator=checks.optional_line)

    def uploaded_as(self, media_id: str) -> Self:
        """The same content with the provider's id in the place of the file, whose name the recipient goes on seeing."""
        name = self.filename or (self.file.name if self.file else None)
        return evolve(self, file=None, id=media_id, filename=name)


@frozen(kw_only=True)
class Sticker(Media):
    """A sticker; WhatsApp shows no caption with it."""

    kind: ClassVar[str] = "sticker"

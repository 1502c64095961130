"""Files in a form, each with its MIME type in a field of its own."""

from __future__ import annotations

import re

from attrs import frozen

from wamsg.dialect.arrived import arrived
from wamsg.errors import InvalidMessage
from wamsg.model import File
from wamsg.operations import Attachment, Several
from wamsg.providers.kaleyra.limits import FILES
from wamsg.wire import Upload

#: Of each type that may be uploaded, how many bytes.
_MOST = {kind.mime: rule.most_bytes for rule in FILES.values() for kind in rule.types}
#: https://developers.kaleyra.io/docs/whatsapp-resumable-api-v2-upload-resumable-media
RESUMABLE = Attachment(100 * 1024 * 1024, ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"))
_NAME = re.compile(r"[^\\/<@% ]{1,250}\.[^\\/<@% .]{1,10}")
_LONGEST_NAME = 255


@frozen
class MediaFile:
    """A file that can be sent in a message."""

    says = f"file of one of the types {', '.join(sorted(_MOST))}"

    def check(self, name: str, value: object) -> Several:
        """The file and its type."""
        most = _MOST.get(value.type.mime) if isinstance(value, File) else None
        return _with_type(Attachment(most, tuple(_MOST)).check(name, value))

    def typed(self, text: str) -> object:
        """The file at a path."""
        return File.at(text)

    def arrived(self, name: str, value: object) -> object:
        """The file that came; its type is in a field of its own."""
        return arrived(Attachment(), name, value)


@frozen
class ResumableUpload:
    r"""A file for a template's header: up to 100 MB; its name has an ending and none of ``\ / < @ %`` and blank."""

    says = f"{RESUMABLE.says}, whose name has an ending and neither blanks nor \\ / < @ %"

    def check(self, name: str, value: object) -> Several:
        """The file and its type."""
        upload = RESUMABLE.check(name, value)
        check_name(name, upload.name)
        return _with_type(upload)

    def typed(self, text: str) -> object:
        """The file at a path."""
        return File.at(text)

    def arrived(self, name: str, value: object) -> object:
        """The file that came; its type is in a field of its own."""
        arrived(Attachment(RESUMABLE.most), name, value)
        check_name(name, value.name if isinstance(value, Upload) else "")
        return value


def check_name(name: str, given: str) -> None:
    """Raise `InvalidMessage` if ``given`` is no name that Kaleyra takes for a resumable upload."""
    if len(given) > _LONGEST_NAME or not _NAME.fullmatch(given):
        message = (
            f"{name} must be called something with an ending, of 255 characters at most, without blanks and \\ / < @ %"
        )
        raise InvalidMessage(message, field=name, limit=_LONGEST_NAME, actual=len(given))


def _with_type(upload: Upload) -> Several:
    return Several({"file": upload, "type": upload.content_type})

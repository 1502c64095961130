"""A form as the bytes of ``multipart/form-data``, with its files left out for whoever streams them.

Names and file names are written the way browsers write them (HTML standard, "multipart/form-data encoding algorithm"):
plain UTF-8 between quotes, with only quotes and line breaks escaped. So ``contact[firstname]`` arrives as it is.
"""

from __future__ import annotations

from wamsg.errors import InvalidMessage
from wamsg.wire import Form, Part, Upload

_ESCAPES = {code: f"%{code:02X}" for code in (*range(0x20), 0x22, 0x7F)}


def render(form: Form, boundary: str) -> list[bytes | Upload]:
    """The body in order: bytes to be sent as they are, and the uploads that stand between them.

    Raises `InvalidMessage` for text that UTF-8 cannot carry and for a content type that is no header.
    """
    pieces: list[bytes | Upload] = []
    pending = b""
    for part in form.parts:
        pending += _encoded(part, _head(part, boundary))
        if isinstance(part.value, Upload):
            pieces += [pending, part.value]
            pending = b""
        else:
            pending += _encoded(part, part.value)
        pending += b"\r\n"
    return [*pieces, pending + f"--{boundary}--\r\n".encode()]


def _head(part: Part, boundary: str) -> str:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part.name.translate(_ESCAPES)}"'
    if not isinstance(part.value, Upload):
        return f"{head}\r\n\r\n"
    kind = part.value.content_type
    if not (kind.isascii() and kind.isprintable()):
        raise InvalidMessage("the content type of a file must be printable ASCII", field=part.name)
    return f'{head}; filename="{part.value.name.translate(_ESCAPES)}"\r\nContent-Type: {kind}\r\n\r\n'


def _encoded(part: Part, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Without the original: it holds the whole text.
        raise InvalidMessage("holds half of a surrogate pair, which is no character", field=part.name) from None

"""From a message to Acme's fields; what Acme has no field for is refused, never dropped."""

from __future__ import annotations

from typing import Any

from acme_provider.config import NAME
from acme_provider.convert import converter
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import File, Image, Media, Message, Text
from wamsg.model.checks import at_most, check_line
from wamsg.wire import Form, Part, Upload

#: https://docs.acme.example/messages: the longest text, caption and tag, in characters, and the largest image.
TEXT, CAPTION, TAG, IMAGE_BYTES = 2000, 500, 64, 5_000_000


def message_fields(message: Message) -> dict[str, Any]:
    """The JSON object that sends ``message``. Raises `Unsupported` and `InvalidMessage`."""
    if message.reply_to is not None:
        raise unsupported("reply_to", "a message cannot answer another")
    if len(message.to) > 1:
        raise unsupported("several recipients", "one request takes one recipient")
    content = message.content
    if isinstance(content, Text):
        kind = "text"
        _check_text(content)
    elif isinstance(content, Image):
        kind = "image"
        _check_image(content)
    else:
        raise unsupported(type(content).__name__, "it sends texts and images")
    fields = {"to": message.to[0].e164, "kind": kind, **converter.unstructure(content)}
    return fields | _options(message)


def upload_form(media: Media, file: File) -> Form:
    """The form that uploads ``file``. Raises `Unsupported` and `InvalidMessage`."""
    if not isinstance(media, Image):
        raise unsupported(f"{media.kind} from file", "it takes images")
    if file.size > IMAGE_BYTES:
        message = f"image.file has {file.size} bytes; at most {IMAGE_BYTES} are allowed"
        raise InvalidMessage(message, field="image.file", limit=IMAGE_BYTES, actual=file.size)
    upload = Upload(name=file.name, content_type=file.type.mime, size=file.size, path=file.path, data=file.data)
    return Form((Part("file", upload),))


def unsupported(feature: str, why: str) -> Unsupported:
    """The error for what Acme's API has no field for."""
    return Unsupported(f"Acme cannot send this ({feature}): {why}", provider=NAME, feature=feature)


def _check_text(text: Text) -> None:
    if text.preview_url:
        raise unsupported("preview_url", "a text has no field for it")
    at_most("text.body", text.body, TEXT)


def _check_image(image: Image) -> None:
    if image.file is not None:
        raise unsupported("image.file", "upload it first, then send its id")
    at_most("image.caption", image.caption or "", CAPTION)


def _options(message: Message) -> dict[str, str]:
    for name in message.provider_options:
        if name != "tag":
            raise InvalidMessage(f"Acme has no option {name!r}; it has tag", field=f"provider_options.{name}")
    if "tag" not in message.provider_options:
        return {}
    tag = check_line("provider_options.tag", message.provider_options["tag"])
    at_most("provider_options.tag", tag, TAG)
    return {"tag": tag}

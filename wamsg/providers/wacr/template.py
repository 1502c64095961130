"""Templates, flattened: https://docs.app.wa.cr/send-template-message-28559791e0 ."""

from __future__ import annotations

from wamsg.model import Document, Image, Parameter, Template, TemplateButton, TextParameter, UrlButton, Video
from wamsg.model.checks import at_most
from wamsg.providers.wacr.attachment import attach, shown_name
from wamsg.providers.wacr.media import MediaLimits
from wamsg.providers.wacr.refusal import unsupported


def template_fields(content: Template, limits: MediaLimits) -> dict[str, object]:
    """The fields of a template; body parameters count from 1 (``field_1``), buttons from 0 (``button_0``)."""
    if content.cards:
        raise unsupported("templates have no cards there", feature="carousel")
    if len(content.body) > 10:
        raise unsupported("a template has field_1 to field_10", feature="more than 10 body parameters")
    at_most("template.language", content.language, 10)
    fields: dict[str, object] = {"template_name": content.name, "language": content.language}
    fields |= _header(content, limits)
    fields |= {f"field_{number}": _plain(parameter) for number, parameter in enumerate(content.body, start=1)}
    return fields | dict(_button(button) for button in content.buttons)


def _header(content: Template, limits: MediaLimits) -> dict[str, object]:
    header = content.header
    if header is None:
        return {}
    if isinstance(header, Image | Video | Document):
        return _media_header(header, limits)
    if isinstance(header, Parameter):
        return {"header_field_1": _plain(header)}
    raise unsupported("a header is text, an image, a video or a document", feature="location header")


def _media_header(header: Image | Video | Document, limits: MediaLimits) -> dict[str, object]:
    if header.caption is not None:
        raise unsupported("the header of a template has no caption", feature="caption of a template header")
    fields = attach(header, limits, prefix=f"header_{header.kind}")
    return fields | shown_name(header, field="header_document_name") if isinstance(header, Document) else fields


def _plain(parameter: Parameter) -> str:
    if not isinstance(parameter, TextParameter):
        raise unsupported("parameters are plain text", feature="currency and date-time parameters")
    if parameter.name is not None:
        raise unsupported("parameters are positional", feature="named parameters")
    return parameter.text


def _button(button: TemplateButton) -> tuple[str, str]:
    if not isinstance(button, UrlButton):
        kind = type(button).__name__
        raise unsupported(f"only URL buttons take a value, not {kind}", feature="quick-reply and copy-code values")
    if button.index > 2:
        raise unsupported("URL buttons are button_0 to button_2", feature="more than 3 template buttons")
    return f"button_{button.index}", button.text

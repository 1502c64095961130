"""The account's templates as everybody understands them: Meta's components, which Kaleyra hands on."""

from __future__ import annotations

from wamsg.errors import ConfigError
from wamsg.operations import Service, make
from wamsg.providers.kaleyra.api.templates import Template, Templates
from wamsg.views import ApprovedTemplate, Inquiry, from_components


def templates(service: Service, waba_id: str | None) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    """All templates of the WhatsApp Business Account, whatever their status.

    Raises `wamsg.errors.ConfigError` without ``waba_id``: templates belong to an account, not to a sending number.
    """
    if waba_id is None:
        message = (
            "kaleyra tells templates by WhatsApp Business Account: set waba_id (in the console, beside the number)"
        )
        raise ConfigError(message, setting="waba_id")
    found: tuple[Template, ...] = yield make(Templates.list.declaration, service, {"waba_id": waba_id})
    return tuple(one for item in found if (one := approved(item)) is not None)


def approved(template: Template) -> ApprovedTemplate | None:
    """One template; None without its name and language, by which alone it can be sent."""
    if template.name is None or template.language is None:
        return None
    parts = from_components(template.components or ())
    return ApprovedTemplate(
        name=template.name,
        language=template.language,
        id=template.id,
        status=template.status and template.status.strip().upper(),
        category=template.category and template.category.strip().upper(),
        header=parts.header,
        header_parameters=parts.header_parameters,
        body=parts.body,
        buttons=parts.buttons,
    )

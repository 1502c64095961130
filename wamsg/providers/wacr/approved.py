"""The account's templates as everybody understands them: https://docs.app.wa.cr/get-template-28559810e0 ."""

from __future__ import annotations

from wamsg.errors import Unanswered
from wamsg.operations import Page, Service, make
from wamsg.providers.wacr.api.templates import TemplateInfo, Templates
from wamsg.views import (
    ApprovedButton,
    ApprovedTemplate,
    HeaderKind,
    Inquiry,
    Parameters,
    from_components,
    parameters_of,
)
from wamsg.views.components import buttons_of, header_kind
from wamsg.wire import read_json

#: WhatsApp allows 6000 translations of templates at most; a server that has more has lost count.
#: Source: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
_MOST = 10_000


def templates(service: Service) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    """All templates of the account, whatever their status; needs the scope ``templates:read``."""
    declaration = Templates.list.declaration
    paging = declaration.paging
    values = declaration.bind()
    found: dict[int, TemplateInfo] = {}
    while len(found) < _MOST:
        page: Page[TemplateInfo] = yield make(declaration, service, values)
        fresh = {item.id: item for item in page.items if item.id not in found}
        found |= fresh
        following = paging.following(values, page) if paging is not None and fresh else None
        if following is None:
            return tuple(one for item in found.values() if (one := approved(item)) is not None)
        values = dict(following)
    message = f"{declaration.name}: no end after {_MOST} templates"
    raise Unanswered(message, provider=service.provider, lanes=service.lanes)


def approved(info: TemplateInfo) -> ApprovedTemplate | None:
    """One template; None without its name and language, by which alone it can be sent.

    The fields that the provider's page documents go before ``components``, whose form it does not tell.
    """
    name = info.template_name or info.name
    if name is None or info.language is None:
        return None
    parts = from_components(info.components or ())
    return ApprovedTemplate(
        name=name,
        language=info.language,
        id=info.template_id,
        status=info.status and info.status.strip().upper(),
        category=info.category and info.category.strip().upper(),
        header=header_kind(info.header_data_format) or parts.header,
        header_parameters=_header_parameters(info) or parts.header_parameters,
        body=_parameters(info.body_params_count, info.body_data) or parts.body,
        buttons=_buttons(info) if info.buttons_data else parts.buttons,
    )


def _header_parameters(info: TemplateInfo) -> Parameters | None:
    if header_kind(info.header_data_format) is not HeaderKind.TEXT:
        return None
    return _parameters(info.header_params_count, info.header_data_text)


def _parameters(count: int | None, text: str | None) -> Parameters | None:
    """The blanks by the provider's count and by the text; None where the two differ, as neither can be trusted then."""
    if text is None:
        return None if count is None else Parameters(count=count)
    blanks = parameters_of(text)
    return blanks if count in {None, blanks.count} else None


def _buttons(info: TemplateInfo) -> tuple[ApprovedButton, ...] | None:
    return buttons_of(read_json((info.buttons_data or "").encode(errors="replace")))

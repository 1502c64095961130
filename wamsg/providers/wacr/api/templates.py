"""Templates of the account, as WhatsApp has approved them or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from attrs import frozen

from wamsg.operations import Done, Resource, Result, Text, Words, listing, operation, private
from wamsg.providers.wacr.api.pages import DOCS, PAGING, Fields, Filter, PageNumber, PageSize, Search

_SORTS = ("template_name", "created_at", "updated_at")
_FIELDS = (
    "template_id",
    "template_name",
    "name",
    "language",
    "category",
    "status",
    "header_data_format",
    "header_data_text",
    "header_params_count",
    "header_file_url",
    "body_data",
    "body_params_count",
    "footer_data",
    "footer_params_count",
    "buttons_data",
    "components",
    "created_at",
    "updated_at",
)


@frozen(kw_only=True)
class TemplateInfo(Result):
    """One translation of a template."""

    #: The account's own number.
    id: int
    #: WhatsApp's id, which `Templates.get` takes.
    template_id: str | None = None
    template_name: str | None = None
    #: The same as ``template_name``.
    name: str | None = None
    language: str | None = None
    #: ``MARKETING``, ``UTILITY`` or ``AUTHENTICATION``.
    category: str | None = None
    #: Such as ``APPROVED``, ``PENDING``, ``REJECTED``.
    status: str | None = None
    #: ``TEXT``, ``IMAGE``, ``VIDEO``, ``DOCUMENT`` or ``NONE``.
    header_data_format: str | None = None
    header_data_text: str | None = None
    header_params_count: int | None = None
    header_file_url: str | None = None
    header_variable_value: str | None = private()
    body_data: str | None = None
    body_params_count: int | None = None
    body_variable_value: str | None = private()
    footer_data: str | None = None
    footer_params_count: int | None = None
    #: JSON as text.
    buttons_data: str | None = None
    message_send_ttl_seconds: int | None = None
    add_security_recommendation: bool | None = None
    code_expiration_minutes: int | None = None
    otp_button_config: Mapping[str, object] | None = None
    #: Header, body, footer and buttons in WhatsApp's own form.
    components: tuple[Mapping[str, object], ...] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Templates(Resource):
    """Templates of the account."""

    @listing(
        "templates.list",
        "/templates",
        paging=PAGING,
        scope="templates:read",
        docs=f"{DOCS}list-templates-28559808e0",
        note=(
            "the page's filters and its table of the answer were cut off; status, category and language are filters "
            "of the provider's own n8n node, and items are read as those of templates.get"
        ),
    )
    def list(
        self,
        *,
        search: Search = None,
        status: Annotated[str | None, Filter(Text(), "status", operators=()), "such as APPROVED"] = None,
        category: Annotated[str | None, Filter(Text(), "category", operators=()), "such as MARKETING"] = None,
        language: Annotated[str | None, Filter(Text(), "language", operators=()), "such as en_US"] = None,
        sort: Annotated[str | Sequence[str] | None, Words(*_SORTS, signed=True), "such as -created_at"] = None,
        fields: Annotated[str | Sequence[str] | None, Fields(*_FIELDS), "what to tell of each beside its id"] = None,
        page: PageNumber = 1,
        per_page: PageSize = 100,
    ) -> AsyncIterator[TemplateInfo]:
        """All templates that fit, one for each language; ``search`` looks in name and category."""

    @operation(
        "templates.sync",
        "POST",
        "/templates/sync",
        scope="templates:sync",
        docs=f"{DOCS}sync-templates-from-whatsapp-28559809e0",
        note="the page's table of the answer was cut off; the provider's own n8n node sends no body",
    )
    async def sync(self) -> Done:
        """Fetch all templates from WhatsApp; what the provider says of it is in ``extra``."""

    @operation(
        "templates.get",
        "GET",
        "/templates/{template_id}",
        scope="templates:read",
        docs=f"{DOCS}get-template-28559810e0",
    )
    async def get(self, template_id: str) -> TemplateInfo:
        """One template by WhatsApp's id, `TemplateInfo.template_id` (not the account's own number)."""

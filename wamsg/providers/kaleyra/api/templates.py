"""Templates: messages that Meta has approved, or is asked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from attrs import frozen

from wamsg.operations import At, Document, Done, Evidence, Items, Lane, Place, Resource, Result, Text, operation
from wamsg.providers.kaleyra.api.places import DOCS, WabaId

_PATH = "/v2/{sid}/whatsapp/{waba_id}/message_templates"
Category: TypeAlias = Literal["MARKETING", "UTILITY", "AUTHENTICATION"]
#: https://developers.kaleyra.io/docs/whatsapp-template-api-v2-create-template
Name: TypeAlias = Annotated[str, Text(512, pattern="[a-z0-9_]+"), "lower-case letters, digits and underscores"]
Components: TypeAlias = Annotated[
    Sequence[Mapping[str, object]],
    Items(Document()),
    "Meta's components, such as {'type': 'BODY', 'text': 'Hello {{1}}'}",
]
_Id: TypeAlias = Annotated[str, Text(64, pattern=r"[A-Za-z0-9_-]+")]


@frozen(kw_only=True)
class Template(Result):
    """A template in one language."""

    id: str | None = None
    name: str | None = None
    language: str | None = None
    category: str | None = None
    #: ``APPROVED``, ``PENDING``, ``REJECTED``, ``PAUSED``, ``DISABLED``.
    status: str | None = None
    #: As Meta has them: header, body, footer, buttons.
    components: tuple[Mapping[str, object], ...] | None = None
    company_id: str | None = None


class Templates(Resource):
    """The templates of a WhatsApp Business Account."""

    @operation("templates.list", "GET", _PATH, docs=f"{DOCS}whatsapp-template-api-v2-get-templates")
    async def list(self, waba_id: WabaId) -> tuple[Template, ...]:
        """All templates, whatever their state."""

    @operation(
        "templates.create",
        "POST",
        _PATH,
        docs=f"{DOCS}whatsapp-template-api-v2-create-template",
        evidence=Evidence.INFERRED,
        note="the page's request could not be read; its fields are Meta's. Documented are address, limits, the "
        "categories, and {id, status, category} in the answer",
        lanes=(Lane("templates-create", by=("waba_id",)),),
    )
    async def create(
        self,
        waba_id: WabaId,
        *,
        name: Name,
        language: Annotated[str, Text(16, pattern="[A-Za-z_]+"), "such as en or en_US"],
        category: Category,
        components: Components,
    ) -> Template:
        """Ask for a new template; 100 in an hour for each account."""

    @operation(
        "templates.edit",
        "PUT",
        _PATH,
        docs=f"{DOCS}whatsapp-template-api-v2-edit-template",
        evidence=Evidence.INFERRED,
        note="address, rules and limits are documented; the request could not be read, so the template is named as "
        "in a deletion and what is new as in a creation",
        lanes=(Lane("templates-edit", by=("waba_id",)),),
    )
    async def edit(
        self,
        waba_id: WabaId,
        template_id: _Id,
        *,
        category: Category | None = None,
        components: Components | None = None,
    ) -> Template:
        """Change the category or the components, which takes a request each; 100 in an hour for each account.

        Only approved, rejected and paused templates can be edited, an approved one once a day, ten times in 30 days,
        and not in its category.
        """

    @operation("templates.delete", "DELETE", _PATH, docs=f"{DOCS}whatsapp-template-api-v2-delete-template")
    async def delete(
        self,
        waba_id: WabaId,
        name: Annotated[Name, At(Place.QUERY)],
        *,
        template_id: Annotated[_Id | None, At(Place.QUERY), "of the one language that is meant"] = None,
    ) -> Done:
        """Delete a template in all its languages, or with its id in one."""

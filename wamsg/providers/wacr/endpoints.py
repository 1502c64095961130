"""The places of the API that sending needs: path, scope, and what each takes beside the content."""

from __future__ import annotations

from attrs import frozen

_CONTACT = ("firstname", "lastname", "email", "country", "assigned_id", "groups")


@frozen(kw_only=True, eq=False)
class Endpoint:
    """One operation of the API; compared by identity."""

    #: As documents and logs call it, such as ``messages.media``.
    name: str
    path: str
    #: What the token must be allowed to do.
    scope: str
    method: str = "POST"
    #: Shortest and longest ``phone``, counted in characters as sent; None where the page gives no rule.
    phone: tuple[int, int] | None = None
    #: The ``provider_options`` that it takes.
    options: tuple[str, ...] = ()
    #: Whether it takes media, always as a form.
    media: bool = False


#: https://docs.app.wa.cr/send-text-message-28559790e0
TEXT = Endpoint(
    name="messages.text", path="/messages/text", scope="messages:send", phone=(10, 20), options=("contact_id",)
)
#: Page Send Media Message (2026-02-25); the only one that documents ``contact.*``.
MEDIA = Endpoint(
    name="messages.media",
    path="/messages/media",
    scope="messages:send",
    phone=(10, 15),
    options=("contact_id", *(f"contact.{name}" for name in _CONTACT)),
    media=True,
)
#: https://docs.app.wa.cr/send-template-message-28559791e0
TEMPLATE = Endpoint(
    name="messages.template",
    path="/messages/template",
    scope="messages:send",
    options=("contact_id", "auto_generate_otp", "otp_field_number"),
)
#: https://docs.app.wa.cr/send-interactive-message-28559793e0
INTERACTIVE = Endpoint(
    name="messages.interactive", path="/messages/interactive", scope="messages:send", options=("contact_id",)
)

SENDS = (TEXT, MEDIA, TEMPLATE, INTERACTIVE)

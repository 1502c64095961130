"""Everything that is neither media, interactive nor a template."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import checks


@frozen(kw_only=True)
class Text:
    """Plain text; ``preview_url`` asks WhatsApp to show a preview of the first link."""

    body: str = field(validator=checks.text)
    preview_url: bool = field(default=False, validator=checks.flag)


@frozen(kw_only=True)
class Location:
    """A place on the map; degrees, north and east positive."""

    latitude: float = field(validator=checks.number(-90, 90))
    longitude: float = field(validator=checks.number(-180, 180))
    name: str | None = field(default=None, validator=checks.optional_text)
    address: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class Reaction:
    """An emoji on a message received or sent before; an empty ``emoji`` takes the reaction back (as Meta does)."""

    message_id: str = field(validator=checks.line)
    emoji: str = field()

    @emoji.validator
    def _check_emoji(self, _attribute: object, value: object) -> None:
        if value != "":
            checks.check_line("reaction.emoji", value)


@frozen(kw_only=True)
class ReadReceipt:
    """Marks a received message (and those before it) as read; ``typing`` also shows "typing..." until the reply.

    It has no recipient: the message id says whose chat it is.
    """

    message_id: str = field(validator=checks.line)
    typing: bool = field(default=False, validator=checks.flag)


@frozen(kw_only=True)
class ContactName:
    """How a contact is called; ``formatted_name`` is the whole name."""

    formatted_name: str = field(validator=checks.text)
    first_name: str | None = field(default=None, validator=checks.optional_text)
    last_name: str | None = field(default=None, validator=checks.optional_text)
    middle_name: str | None = field(default=None, validator=checks.optional_text)
    prefix: str | None = field(default=None, validator=checks.optional_text)
    suffix: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class ContactPhone:
    """A number on a contact card, as it shall be shown; ``wa_id`` makes it tappable."""

    phone: str = field(validator=checks.line, repr=False)
    type: str | None = field(default=None, validator=checks.optional_line)
    wa_id: str | None = field(default=None, validator=checks.optional_line, repr=False)


@frozen(kw_only=True)
class ContactEmail:
    """An e-mail address on a contact card."""

    email: str = field(validator=checks.line)
    type: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class ContactUrl:
    """A web address on a contact card."""

    url: str = field(validator=checks.line)
    type: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class ContactAddress:
    """A postal address on a contact card."""

    street: str | None = field(default=None, validator=checks.optional_text)
    city: str | None = field(default=None, validator=checks.optional_text)
    state: str | None = field(default=None, validator=checks.optional_text)
    zip: str | None = field(default=None, validator=checks.optional_text)
    country: str | None = field(default=None, validator=checks.optional_text)
    country_code: str | None = field(default=None, validator=checks.optional_line)
    type: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class ContactOrganization:
    """Where a contact works."""

    company: str | None = field(default=None, validator=checks.optional_text)
    department: str | None = field(default=None, validator=checks.optional_text)
    title: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class Contact:
    """One card; ``birthday`` is YYYY-MM-DD."""

    name: ContactName = field(validator=checks.one_of(ContactName))
    phones: tuple[ContactPhone, ...] = field(
        default=(), converter=checks.as_tuple, validator=checks.items(ContactPhone, minimum=0)
    )
    emails: tuple[ContactEmail, ...] = field(
        default=(), converter=checks.as_tuple, validator=checks.items(ContactEmail, minimum=0)
    )
    urls: tuple[ContactUrl, ...] = field(
        default=(), converter=checks.as_tuple, validator=checks.items(ContactUrl, minimum=0)
    )
    addresses: tuple[ContactAddress, ...] = field(
        default=(), converter=checks.as_tuple, validator=checks.items(ContactAddress, minimum=0)
    )
    org: ContactOrganization | None = field(default=None, validator=checks.optional_one_of(ContactOrganization))
    birthday: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class Contacts:
    """One or more contact cards."""

    contacts: tuple[Contact, ...] = field(converter=checks.as_tuple, validator=checks.items(Contact))

    def __attrs_post_init__(self) -> None:
        for index, contact in enumerate(self.contacts):
            if contact.birthday is not None and not _is_date(contact.birthday):
                name = f"contacts.contacts[{index}].birthday"
                raise InvalidMessage(f"{name} must be a date such as 1990-12-31", field=name)


def _is_date(text: str) -> bool:
    try:
        # Written back, because fromisoformat also takes 19901231 and 1990-W01-1.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

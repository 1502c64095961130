"""``provider_options``: the fields that only WA.cr knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wamsg.errors import InvalidMessage
from wamsg.model.checks import check_line
from wamsg.providers.wacr.endpoints import SENDS, Endpoint
from wamsg.providers.wacr.refusal import unsupported

_LARGEST_ID = 2**63 - 1
_CONTACT = "contact."


def read_options(options: Mapping[str, object], endpoint: Endpoint) -> dict[str, object]:
    """The options as fields of the API, in the order of its page.

    Contact fields are taken as ``{"contact.firstname": ..}`` and as ``{"contact": {"firstname": ..}}``. Raises
    `InvalidMessage` for an unknown option and for a wrong value, `Unsupported` for one of another endpoint.
    """
    if not options:
        return {}
    given = _flat(options)
    for name in given:
        if name not in _READERS:
            known = ", ".join(endpoint.options)
            message = f"WA.cr has no option {name!r} for {endpoint.name}; it takes {known}"
            raise InvalidMessage(message, field=_field(name))
        if name not in endpoint.options:
            taken = ", ".join(other.name for other in SENDS if name in other.options)
            raise unsupported(f"the option {name} is documented for {taken} only", feature=name)
    return {name: _READERS[name](name, given[name]) for name in endpoint.options if name in given}


def spell(name: str, style: str) -> str:
    """A field's name in a form, with ``contact.firstname`` in the given style (``brackets`` or ``dots``)."""
    # The page writes a dot, which PHP's form parser turns into an underscore; brackets are what it reads as nesting.
    if style == "brackets" and name.startswith(_CONTACT):
        return f"contact[{name.removeprefix(_CONTACT)}]"
    return name


def _flat(options: Mapping[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in options.items():
        for key, item in _contact(value) if name == "contact" else [(name, value)]:
            if key in flat:
                raise InvalidMessage(f"the option {key} is given twice", field=_field(key))
            flat[key] = item
    return flat


def _contact(value: object) -> list[tuple[str, object]]:
    if not isinstance(value, Mapping):
        raise InvalidMessage("the option contact must be a mapping", field=_field("contact"))
    if not all(isinstance(name, str) for name in value):
        raise InvalidMessage("the option contact must have names that are text", field=_field("contact"))
    return [(_CONTACT + name, item) for name, item in value.items()]


def _field(name: str) -> str:
    return f"provider_options.{name}"


def _identifier(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _LARGEST_ID:
        raise InvalidMessage(f"the option {name} must be a positive whole number", field=_field(name))
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidMessage(f"the option {name} must be true or false", field=_field(name))
    return value


def _line(name: str, value: object) -> str:
    return check_line(_field(name), value)


def _groups(name: str, value: object) -> str:
    # The page: "Comma-separated group IDs".
    if isinstance(value, str):
        words = [word.strip() for word in value.split(",")]
        good = all(word.isascii() and word.isdigit() and len(word) <= 19 for word in words)
        value = [int(word) for word in words] if good else None
    if not isinstance(value, list | tuple) or not value:
        message = f"the option {name} must be group ids, such as [3, 8] or '3,8'"
        raise InvalidMessage(message, field=_field(name))
    return ",".join(str(_identifier(name, item)) for item in value)


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "contact_id": _identifier,
    "contact.firstname": _line,
    "contact.lastname": _line,
    "contact.email": _line,
    "contact.country": _line,
    "contact.assigned_id": _identifier,
    "contact.groups": _groups,
    "auto_generate_otp": _flag,
    # The page reads "default: 1, must be 6", which cannot both hold; so no range here.
    "otp_field_number": _identifier,
}

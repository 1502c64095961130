"""Kaleyra's own fields beside the message: references that come back in callbacks, and the traffic source.

Source: https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages (the ``extra_info`` object)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from wamsg.errors import InvalidMessage
from wamsg.model.checks import at_most, check_text
from wamsg.providers.kaleyra.config import NAME, WA_SOURCES
from wamsg.providers.kaleyra.limits import REFERENCE
from wamsg.settings import choice

_wa_source = choice(*WA_SOURCES)


def _reference(name: str, value: object) -> str:
    text = check_text(name, value)
    at_most(name, text, REFERENCE)
    return text


def _source(name: str, value: object) -> str:
    try:
        return _wa_source(value)
    except ValueError as error:
        raise InvalidMessage(f"{name} {error}", field=name) from None


OPTIONS: Mapping[str, Callable[[str, object], str]] = MappingProxyType(
    {"ref": _reference, "ref1": _reference, "ref2": _reference, "wa_source": _source}
)


def check_reference(reference: str) -> str:
    """The reference itself, if Kaleyra carries it uncut; raises `InvalidMessage`."""
    return _reference("reference", reference)


def extra_info(options: Mapping[str, object], *, wa_source: str, reference: str | None = None) -> dict[str, str]:
    """The ``extra_info`` object of a message's reference and ``provider_options``.

    Raises `InvalidMessage` for unknown or wrong ones, and for a ``ref`` beside a reference, which is sent as ``ref``.
    """
    info = {"wa_source": wa_source}
    if reference is not None:
        if "ref" in options:
            message = "the reference is sent as 'ref'; put your own in ref1 or ref2"
            raise InvalidMessage(message, field="provider_options.ref")
        info["ref"] = check_reference(reference)
    for name, value in options.items():
        field = f"provider_options.{name}"
        check = OPTIONS.get(name)
        if check is None:
            raise InvalidMessage(f"{NAME} has no option {name!r}; it has {', '.join(OPTIONS)}", field=field)
        info[name] = check(field, value)
    return info

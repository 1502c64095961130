"""Templates: texts approved beforehand, with parameters filled in at sending."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import checks
from wamsg.model.content import Location
from wamsg.model.media import Document, Image, Video


@frozen(kw_only=True)
class TextParameter:
    """A piece of text; ``name`` only for templates with named parameters. Must not be empty: Meta refuses that."""

    text: str = field(validator=checks.text)
    name: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class CurrencyParameter:
    """An amount in the recipient's notation: ``amount_1000`` is the amount times 1000, ``code`` is ISO 4217."""

    fallback: str = field(validator=checks.text)
    code: str = field(validator=checks.line)
    amount_1000: int = field(validator=[checks.one_of(int), checks.number(-1e15, 1e15)])
    name: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class DateTimeParameter:
    """A date or time as it shall be shown."""

    fallback: str = field(validator=checks.text)
    name: str | None = field(default=None, validator=checks.optional_line)


Parameter = TextParameter | CurrencyParameter | DateTimeParameter


@frozen(kw_only=True)
class QuickReply:
    """The payload that comes back when the quick-reply button at ``index`` (0-based) is tapped."""

    index: int = field(validator=[checks.one_of(int), checks.number(0, 9)])
    payload: str = field(validator=checks.line)


@frozen(kw_only=True)
class UrlButton:
    """The text that completes the address of the URL button at ``index`` (0-based)."""

    index: int = field(validator=[checks.one_of(int), checks.number(0, 9)])
    text: str = field(validator=checks.line)


@frozen(kw_only=True)
class CopyCode:
    """The coupon code that the button at ``index`` (0-based) copies."""

    index: int = field(validator=[checks.one_of(int), checks.number(0, 9)])
    code: str = field(validator=checks.line)


TemplateButton = QuickReply | UrlButton | CopyCode


def _parameters(value: object) -> object:
    """Plain strings are positional, a mapping is named; ready-made parameters pass (in a mapping under its name)."""
    if isinstance(value, Mapping):
        return tuple(_named(name, item) for name, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(TextParameter(text=item) if isinstance(item, str) else item for item in value)
    return value


def _named(name: object, value: object) -> object:
    if isinstance(value, str):
        return TextParameter(name=name, text=value)  # type: ignore[arg-type]  # the validator judges the name
    return evolve(value, name=name) if isinstance(value, Parameter) else value  # type: ignore[arg-type]  # as above


def _header(value: object) -> object:
    return TextParameter(text=value) if isinstance(value, str) else value


_PARAMETERS = checks.items(TextParameter, CurrencyParameter, DateTimeParameter, minimum=0)
_BUTTONS = checks.items(QuickReply, UrlButton, CopyCode, minimum=0)


def _check_fill(name: str, body: tuple[Parameter, ...], buttons: tuple[TemplateButton, ...]) -> None:
    names = [parameter.name for parameter in body if parameter.name is not None]
    if names and len(names) != len(body):
        raise InvalidMessage(f"{name}.body: name all parameters or none", field=f"{name}.body")
    if len(set(names)) != len(names):
        raise InvalidMessage(f"{name}.body: two values for one name", field=f"{name}.body")
    if len({button.index for button in buttons}) != len(buttons):
        raise InvalidMessage(f"{name}.buttons: two values for one button", field=f"{name}.buttons")


@frozen(kw_only=True)
class Card:
    """One card of a carousel: media, the body's parameters, and its buttons' values."""

    header: Image | Video = field(validator=checks.one_of(Image, Video))
    body: tuple[Parameter, ...] = field(default=(), converter=_parameters, validator=_PARAMETERS)
    buttons: tuple[TemplateButton, ...] = field(default=(), converter=checks.as_tuple, validator=_BUTTONS)

    def __attrs_post_init__(self) -> None:
        _check_fill("card", self.body, self.buttons)


@frozen(kw_only=True)
class Template:
    """An approved template and what fills it.

    ``body`` takes strings (positional, in order), a mapping (named), or ready-made parameters; ``header`` a string, a
    parameter, media or a location; ``language`` is the code of the approved translation, such as ``en`` or ``pt_BR``.
    """

    name: str = field(validator=checks.line)
    language: str = field(validator=checks.line)
    header: Parameter | Image | Video | Document | Location | None = field(
        default=None,
        converter=_header,
        validator=checks.optional_one_of(
            TextParameter, CurrencyParameter, DateTimeParameter, Image, Video, Document, Location
        ),
    )
    body: tuple[Parameter, ...] = field(default=(), converter=_parameters, validator=_PARAMETERS)
    buttons: tuple[TemplateButton, ...] = field(default=(), converter=checks.as_tuple, validator=_BUTTONS)
    cards: tuple[Card, ...] = field(default=(), converter=checks.as_tuple, validator=checks.items(Card, minimum=0))

    def __attrs_post_init__(self) -> None:
        _check_fill("template", self.body, self.buttons)

    @classmethod
    def authentication(cls, *, name: str, language: str, code: str) -> Template:
        """An authentication template: the code fills the body and the copy-code button (Meta's shape for both)."""
        return cls(name=name, language=language, body=(code,), buttons=(UrlButton(index=0, text=code),))

"""Does a message fit the template that was approved? Asked before a broadcast, not by its first thousand refusals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from wamsg.model import (
    CopyCode,
    Document,
    Image,
    Location,
    Parameter,
    QuickReply,
    Template,
    TemplateButton,
    UrlButton,
    Video,
)
from wamsg.views.approved import ApprovedButton, ApprovedTemplate, HeaderKind, Parameters

#: Kind of button -> the values that it takes. Authentication templates fill theirs as an address:
#: https://developers.facebook.com/docs/whatsapp/business-management-api/authentication-templates
_TAKEN: Mapping[str, tuple[type, ...]] = {
    "URL": (UrlButton,),
    "QUICK_REPLY": (QuickReply,),
    "COPY_CODE": (CopyCode,),
    "OTP": (UrlButton, CopyCode),
}


class Flaw(StrEnum):
    """What is wrong."""

    UNKNOWN_NAME = "unknown name"
    UNKNOWN_LANGUAGE = "unknown language"
    NOT_APPROVED = "not approved"
    MISSING = "missing"
    EXTRA = "extra"
    #: Another kind of header or button, or names where numbers are wanted.
    WRONG_KIND = "wrong kind"


@frozen(kw_only=True)
class Misfit:
    """One way in which a template message does not fit."""

    flaw: Flaw
    #: Such as ``name``, ``header``, ``body``, ``buttons[0]``.
    field: str
    #: A sentence for people.
    says: str


def misfits(message: Template, approved: Iterable[ApprovedTemplate]) -> tuple[Misfit, ...]:
    """Everything that keeps ``message`` from being sent, as far as ``approved`` tells; empty if nothing does.

    ``approved`` are all templates of the account: which languages exist is told from them. Cards of carousels are not
    looked at.
    """
    named = [one for one in approved if one.name == message.name]
    if not named:
        return (_misfit(Flaw.UNKNOWN_NAME, "name", f"the account has no template {message.name!r}"),)
    translated = [one for one in named if one.language == message.language]
    if not translated:
        known = ", ".join(sorted({one.language for one in named}))
        says = f"the template {message.name!r} is not there in {message.language!r}, but in {known}"
        return (_misfit(Flaw.UNKNOWN_LANGUAGE, "language", says),)
    # An old refusal may stand beside what was approved later.
    best = next((one for one in translated if one.status == "APPROVED"), translated[0])
    return tuple(_differences(message, best))


def _differences(message: Template, approved: ApprovedTemplate) -> Iterator[Misfit]:
    if approved.status not in {"APPROVED", None}:
        says = f"the template {approved.name!r} in {approved.language!r} is {approved.status}; only APPROVED is sent"
        yield _misfit(Flaw.NOT_APPROVED, "name", says)
    yield from _header(message, approved)
    if approved.body is not None:
        yield from _parameters("body", message.body, approved.body)
    if approved.buttons is not None:
        yield from _buttons(message.buttons, approved.buttons)


def _header(message: Template, approved: ApprovedTemplate) -> Iterator[Misfit]:
    wanted, given = approved.header, _kind_of(message)
    if wanted is None:
        return
    if wanted is HeaderKind.NONE:
        if given is not HeaderKind.NONE:
            yield _misfit(Flaw.EXTRA, "header", f"the template has no header, and {given} is given")
    elif wanted is HeaderKind.TEXT:
        yield from _text_header(message, approved, given)
    elif given is HeaderKind.NONE:
        yield _misfit(Flaw.MISSING, "header", f"the template's header needs a {wanted}")
    elif given is not wanted:
        yield _misfit(Flaw.WRONG_KIND, "header", f"the template's header is a {wanted}, not a {given}")


def _text_header(message: Template, approved: ApprovedTemplate, given: HeaderKind) -> Iterator[Misfit]:
    if given not in {HeaderKind.NONE, HeaderKind.TEXT}:
        yield _misfit(Flaw.WRONG_KIND, "header", f"the template's header is text, not a {given}")
    elif approved.header_parameters is not None:
        filled = (message.header,) if isinstance(message.header, Parameter) else ()
        yield from _parameters("header", filled, approved.header_parameters)


def _kind_of(message: Template) -> HeaderKind:
    header = message.header
    if header is None:
        return HeaderKind.NONE
    if isinstance(header, Image | Video | Document):
        return HeaderKind(header.kind)
    return HeaderKind.LOCATION if isinstance(header, Location) else HeaderKind.TEXT


def _parameters(place: str, given: tuple[Parameter, ...], wanted: Parameters) -> Iterator[Misfit]:
    names = tuple(parameter.name for parameter in given if parameter.name is not None)
    if names and wanted.count and not wanted.names:
        yield _misfit(Flaw.WRONG_KIND, place, f"the template's {place} numbers its parameters, and names are given")
    elif wanted.names and len(names) < len(given):
        says = f"the template's {place} names its parameters: {', '.join(wanted.names)}"
        yield _misfit(Flaw.WRONG_KIND, place, says)
    elif wanted.names:
        yield from _names(place, names, wanted.names)
    elif len(given) != wanted.count:
        flaw = Flaw.MISSING if len(given) < wanted.count else Flaw.EXTRA
        says = f"the template's {place} takes {_counted(wanted.count)}, and {len(given)} are given"
        yield _misfit(flaw, place, says)


def _names(place: str, given: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[Misfit]:
    missing = [name for name in wanted if name not in given]
    extra = [name for name in given if name not in wanted]
    if missing:
        yield _misfit(Flaw.MISSING, place, f"the template's {place} also needs {', '.join(missing)}")
    if extra:
        yield _misfit(Flaw.EXTRA, place, f"the template's {place} has no {', '.join(extra)}")


def _buttons(given: tuple[TemplateButton, ...], wanted: tuple[ApprovedButton, ...]) -> Iterator[Misfit]:
    filled = {button.index: button for button in given}
    for index, button in sorted(filled.items()):
        if index >= len(wanted):
            says = f"the template has {len(wanted)} buttons, and a value is given for number {index}, counted from 0"
            yield _misfit(Flaw.EXTRA, f"buttons[{index}]", says)
        elif (flaw := _unfit(button, wanted[index])) is not None:
            says = f"the button is {wanted[index].kind}, which takes no value of {type(button).__name__}"
            yield _misfit(flaw, f"buttons[{index}]", says)
    for index, approved in enumerate(wanted):
        if approved.needs_value and index not in filled:
            yield _misfit(Flaw.MISSING, f"buttons[{index}]", f"the button is {approved.kind} and needs a value")


def _unfit(given: TemplateButton, wanted: ApprovedButton) -> Flaw | None:
    if not isinstance(given, _TAKEN.get(wanted.kind, ())):
        return Flaw.WRONG_KIND
    return Flaw.EXTRA if wanted.kind == "URL" and not wanted.needs_value else None


def _counted(count: int) -> str:
    return "no parameter" if count == 0 else "1 parameter" if count == 1 else f"{count} parameters"


def _misfit(flaw: Flaw, place: str, says: str) -> Misfit:
    return Misfit(flaw=flaw, field=place, says=says)

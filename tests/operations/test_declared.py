"""Every declaration of every installed provider is sound; whoever adds one is checked without doing anything for it."""

from __future__ import annotations

import inspect
from typing import get_origin

import pytest

from wamsg import registry
from wamsg.driver import Provider
from wamsg.operations import Declaration, Evidence, Place, Result, Service
from wamsg.pipeline import Rate
from wamsg.settings import resolve

PROVIDERS = [registry.load(name) for name in ("kaleyra", "wacr")]
DECLARED = [
    pytest.param(provider, declaration, id=f"{provider.name} {declaration.name}")
    for provider in PROVIDERS
    for declaration in provider.operations()
]


def service_of(provider: Provider) -> Service:
    settings = resolve(provider.name, provider.settings, given=provider.example, environ={}).values
    service: object = getattr(provider.driver(settings), "service", None)
    assert isinstance(service, Service)
    return service


def test_there_are_some() -> None:
    """The tests below would pass if the list went away."""
    assert len(DECLARED) >= 15


@pytest.mark.parametrize(("provider", "declaration"), DECLARED)
def test_a_declaration_is_sound(provider: Provider, declaration: Declaration) -> None:
    """Its name is its method's, its places are filled, its pages and lanes name arguments, its evidence is told."""
    names = {argument.name for argument in declaration.arguments}
    service = service_of(provider)

    assert declaration.verb == declaration.function.__name__
    assert set(declaration.placeholders) <= names | set(service.places)
    assert {item.name for item in declaration.arguments if item.place is Place.PATH} <= set(declaration.placeholders)
    for lane in declaration.lanes:
        assert set(lane.by) <= names | set(service.places)
    if declaration.paging is not None:
        assert set(declaration.paging.arguments) <= names
    assert declaration.evidence is Evidence.INFERRED or declaration.docs
    assert declaration.docs is None or declaration.docs.startswith("https://")
    assert declaration.summary.endswith(".")
    assert not declaration.note.endswith(".")


@pytest.mark.parametrize(("provider", "declaration"), DECLARED)
def test_arguments_and_result_are_typed(provider: Provider, declaration: Declaration) -> None:
    """Each argument has a rule with words for it, and defaults pass; the result keeps what has no field."""
    assert declaration in provider.operations()
    for argument in declaration.arguments:
        assert argument.rule.says
        if argument.default is not inspect.Parameter.empty:
            argument.encode(argument.default)
    result = declaration.result

    assert get_origin(result) is tuple or issubclass(result, Result)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_names_are_unique(provider: Provider) -> None:
    """So are method and path together."""
    names = [declaration.name for declaration in provider.operations()]
    doors = [(declaration.method, declaration.path) for declaration in provider.operations()]

    assert len(set(names)) == len(names)
    assert len(set(doors)) == len(doors)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_limits_can_be_read(provider: Provider) -> None:
    """Those of an operation's own lanes too."""
    assert all(Rate.parse(text).count > 0 for text in provider.limits.values())

"""Each declared operation has a command that says all about it, and asks what the same call in Python asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.command_line import Run
from wamsg import registry
from wamsg.cli.operations import carry_out
from wamsg.cli.operations.options import DEFAULT_LIMIT, Extent, emptied, parameters, size_of
from wamsg.cli.operations.values import several, value_of
from wamsg.driver import Provider
from wamsg.errors import WamsgError
from wamsg.model import File
from wamsg.operations import Declaration, Document, Done, Items, Record, Resource, make, operation, text
from wamsg.operations.surface import Declared
from wamsg.settings import env_name, resolve
from wamsg.testing.examples import arguments
from wamsg.wire import Form, Request

PROVIDERS = [registry.load(name) for name in ("kaleyra", "wacr")]
DECLARED = [
    pytest.param(provider, declaration, id=f"{provider.name} {declaration.name}")
    for provider in PROVIDERS
    for declaration in provider.operations()
    if not declaration.sends
]
every = pytest.mark.parametrize(("provider", "declaration"), DECLARED)


def words_of(declaration: Declaration) -> list[str]:
    return [word.replace("_", "-") for word in declaration.name.split(".")]


def option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@every
def test_its_help_says_what_is_known(run: Run, provider: Provider, declaration: Declaration) -> None:
    """Summary, options with their rules, scope, page, and what is inferred."""
    ran = run(provider.name, *words_of(declaration), "--help")
    flat = " ".join(ran.out.replace("│", " ").split())

    assert ran.code == 0
    assert " ".join(declaration.summary.replace("`", "").split()) in flat
    for fact in (declaration.scope, declaration.docs, declaration.note):
        assert not fact or " ".join(fact.replace("`", "").split()) in flat
    for argument in declaration.arguments:
        assert argument is size_of(declaration) or option(argument.name) in flat
    assert ("--all" in flat) == (declaration.paging is not None)
    assert ("--yes" in flat) == (declaration.method == "DELETE")


@every
def test_what_is_typed_is_what_is_asked(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    provider: Provider,
    declaration: Declaration,
) -> None:
    """Every argument written out as words makes the request that its value makes in Python."""
    for name, value in provider.example.items():
        monkeypatch.setenv(env_name(provider.name, name), value)
    made: list[Request] = []

    def look(*given: Any) -> Any:
        made.append(make(*given).request)
        raise KeyboardInterrupt

    monkeypatch.setattr(carry_out, "make", look)
    values = arguments(declaration)
    words = [
        word for item in declaration.arguments if item.name in values for word in typed_out(item, values, tmp_path)
    ]

    ran = run(provider.name, *words_of(declaration), *words)

    assert ran.code == 130, ran.err
    size = size_of(declaration)
    if size is not None:
        values[size.name] = min(item for item in (DEFAULT_LIMIT + 1, size.default) if isinstance(item, int))
    expected = make(declaration, service(provider), declaration.bind(**values)).request
    assert comparable(expected) == comparable(made[0])


def typed_out(argument: Any, values: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """The words for one argument."""
    for word in texts(argument.rule, values[argument.name], folder):
        yield f"{option(argument.name)}={word}"


def texts(rule: Any, value: Any, folder: Path) -> list[str]:
    if isinstance(rule, Items):
        structured = isinstance(rule.rule, Record | Document)
        return [json.dumps(plain(item)) if structured else str(item) for item in value]
    if isinstance(rule, Record | Document):
        return [f"{name}:={json.dumps(item)}" for name, item in plain(value).items()]
    if isinstance(value, File):
        path = folder / value.name
        path.write_bytes(value.data or b"")
        return [str(path)]
    return [value.isoformat() if isinstance(value, datetime) else text(value)]


def plain(value: Any) -> Any:
    return attrs.asdict(value) if attrs.has(type(value)) else value


def service(provider: Provider) -> Any:
    settings = resolve(provider.name, provider.settings, given=provider.example, environ={}).values
    return provider.driver(settings).service  # type: ignore[attr-defined]  # a driver with operations has one


def comparable(request: Request) -> tuple[object, ...]:
    body = request.body
    if isinstance(body, Form):
        # A file from a path and the same bytes are the same upload.
        body = tuple((part.name, getattr(part.value, "size", part.value)) for part in body.parts)  # type: ignore[assignment]  # to be compared alone
    return request.method, request.url, body, request.lanes, dict(request.headers)


def test_a_page_is_no_larger_than_what_is_wanted() -> None:
    """The size of pages follows `--limit`, within what the provider gives."""
    listing = next(item for item in registry.load("wacr").operations() if item.name == "contacts.list")
    size = size_of(listing)
    assert size is not None

    sizes = [carry_out._size(size, Extent(limit=limit)) for limit in (1, 70, 500)]

    assert [1, 70, 100] == [found["per_page"] for found in sizes]
    assert carry_out._size(size, Extent(all=True)) == {}


class Awkward(Resource):
    """A provider that calls its arguments as the command line calls its own options."""

    @operation("awkward.show", "DELETE", "/awkward")
    async def show(self, json: str, *, limit: int, yes: bool, help: str | None = None) -> Done:  # type: ignore[empty-body]  # noqa: A002 -- declared
        """All of them."""


def test_no_argument_hides_an_option_of_all_commands() -> None:
    """An argument that is called like one of those gets another name, and each is told apart by the parser."""
    found: object = vars(Awkward)["show"]
    assert isinstance(found, Declared)

    names = [get_args(item.annotation)[1].name for item in parameters(found.declaration, ()) if "_" not in item.name]

    assert [("--json-field",), ("--limit-field",), ("--yes-field",), ("--help-field",)] == names


def test_what_can_be_emptied_is_what_may_be_null_or_an_empty_list() -> None:
    """And nothing that must have a value."""
    update = next(item for item in registry.load("wacr").operations() if item.name == "contacts.update")

    names = {item.name for item in emptied(update)}

    assert {"email", "groups"} <= names
    assert not {"firstname", "phone", "source_id"} & names


def test_a_resource_lists_its_verbs(run: Run) -> None:
    """`wamsg wacr --help` and `wamsg wacr contacts --help` lead to every command, those of `wamsg send` among them."""
    for provider in PROVIDERS:
        top = run(provider.name, "--help").out
        for resource in {words_of(declaration)[0] for declaration in provider.operations()}:
            assert f"│ {resource} " in top
            below = run(provider.name, resource, "--help").out
            verbs = {words_of(item)[1] for item in provider.operations() if words_of(item)[0] == resource}
            assert all(f"│ {verb} " in below for verb in verbs)


WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "@", "@-x", "@\0", "[", "{}", "[1]", "{", "in:", "null:", "between:1", "a:=", "a:={", "=", "9" * 5000]
    ),
    st.builds("{}={}".format, st.text(max_size=8), st.text(max_size=8)),
    st.builds("{}:={}".format, st.text(max_size=8), st.sampled_from(["1", "[", "null", "9" * 5000, "[" * 20_000])),
    st.builds("{}:{}".format, st.sampled_from(["in", "ne", "null", "like", "between"]), st.text(max_size=12)),
)


@settings(max_examples=25)
@given(data=st.data())
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_no_word_breaks_an_argument(provider: Provider, data: st.DataObject) -> None:
    """Whatever is typed is a value that the rule takes, or an error with a sentence of this library's."""
    for declaration in provider.operations():
        for argument in declaration.arguments:
            words = data.draw(st.lists(WORDS, min_size=1, max_size=3))
            with suppress(WamsgError):
                argument.encode(value_of(argument, tuple(words) if several(argument.rule) else words[0]))

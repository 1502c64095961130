"""The public surface: exactly what each package says, and not too much of it."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

import wamsg
from wamsg import model

PACKAGES = ["wamsg", *(found.name for found in pkgutil.walk_packages(wamsg.__path__, "wamsg.") if found.ispkg)]
LISTING = [name for name in PACKAGES if hasattr(importlib.import_module(name), "__all__")]


def _offered(package: ModuleType) -> set[str]:
    """What a package defines, or imports from its own folder; what it only uses comes from elsewhere."""
    names: set[str] = set()
    for node in _statements(ast.parse(inspect.getsource(package)).body):
        match node:
            case ast.ImportFrom(module=str(source)) if source.split(".")[: package.__name__.count(".") + 1] == (
                package.__name__.split(".")
            ):
                names |= _imported(
                    importlib.import_module(source), [alias.asname or alias.name for alias in node.names]
                )
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a module, and those that only type checkers see: the top imports its names on first use."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body
        else:
            yield node


def _imported(source: ModuleType, names: list[str]) -> set[str]:
    return set(source.__all__) if names == ["*"] else set(names)


def _in_order(name: str) -> tuple[int, list[str | int], str]:
    """Constants, classes, functions; numbers inside a name by their value."""
    rank = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return rank, [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", name)], name


@pytest.mark.parametrize("name", LISTING)
def test_all_lists_every_public_name(name: str) -> None:
    """What a package shows is what it lists; modules are listed only where that is meant."""
    package = importlib.import_module(name)
    modules = {entry for entry in _offered(package) if inspect.ismodule(getattr(package, entry))}

    assert _offered(package) - modules == set(package.__all__) - modules
    assert all(hasattr(package, entry) for entry in package.__all__)


@pytest.mark.parametrize("name", LISTING)
def test_all_is_sorted_and_names_nothing_twice(name: str) -> None:
    """A reader finds a name where it belongs."""
    listed = list(importlib.import_module(name).__all__)
    # The top's list is its own names and then, as one block, the model's.
    blocks = [listed[: -len(model.__all__)], model.__all__] if name == "wamsg" else [listed]

    assert len(set(listed)) == len(listed)
    assert listed == [entry for block in blocks for entry in sorted(block, key=_in_order)]


def test_the_rooms_that_users_import_from_have_a_list() -> None:
    """The test above would pass if the lists went away."""
    assert {"wamsg", "wamsg.model", "wamsg.wire", "wamsg.client", "wamsg.pipeline", "wamsg.testing"} <= set(LISTING)


def test_the_top_is_small() -> None:
    """At most ninety names, each of which is there."""
    assert len(wamsg.__all__) <= 90
    assert all(getattr(wamsg, name) is not None for name in wamsg.__all__)


def test_a_star_import_brings_what_is_listed() -> None:
    """As an interactive user tries it."""
    space: dict[str, object] = {}
    exec("from wamsg import *", space)  # noqa: S102 -- a star import stands at the top of a module only

    assert set(wamsg.__all__) == set(space) - {"__builtins__"}


def test_the_version_is_that_of_the_installed_package() -> None:
    """Asked for lazily."""
    assert importlib.metadata.version("wamsg") == wamsg.__version__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy version swallows no slip of the pen."""
    with pytest.raises(AttributeError, match="no attribute 'Txet'"):
        _ = wamsg.Txet

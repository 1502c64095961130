"""Providers are found by entry point, ours and anyone's; each way in which that can go wrong is a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import wamsg
from tests.support import third_party
from wamsg import registry
from wamsg.driver import Provider
from wamsg.errors import ConfigError


def install(folder: Path, name: str, value: str, *, source: str = "") -> Path:
    """A distribution in ``folder`` that offers the provider ``name`` at ``value``, whose module holds ``source``."""
    module = value.partition(":")[0]
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[wamsg.providers]\n{name} = {value}\n")
    (folder / f"{module}.py").write_text(source)
    return folder


def test_names_are_those_of_the_installed_providers() -> None:
    """Ours and a distribution of its own stand in one sorted list."""
    with third_party.visible():
        assert ("acme", "kaleyra", "wacr") == registry.names()


def test_a_provider_that_is_not_installed_is_not_listed() -> None:
    """What is gone from the path is gone from the list; nothing is remembered."""
    with third_party.visible():
        assert "acme" in registry.names()

    assert "acme" not in registry.names()


def test_listing_names_loads_no_provider() -> None:
    """Asking who there is costs no import of any of them."""
    code = (
        "import sys; from wamsg import registry; print(*registry.names()); "
        "sys.exit(any(name.startswith(('wamsg.providers.', 'acme_provider')) for name in sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=third_party.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "acme kaleyra wacr\n") == (done.returncode, done.stdout), done.stderr


@pytest.mark.parametrize("name", ["acme", "kaleyra", "wacr"])
def test_a_provider_is_loaded_by_its_name(name: str) -> None:
    """The record that the entry point names comes back, the same for every provider's origin."""
    with third_party.visible():
        provider = registry.load(name)

    assert isinstance(provider, Provider)
    assert name == provider.name


@pytest.mark.parametrize("name", ["nobody", "", "Kaleyra", "../wacr", "wacr\n", "wamsg.providers.wacr"])
def test_an_unknown_name_is_told_with_those_that_are_known(name: str) -> None:
    """A misspelt provider is a ConfigError that lists what could have been meant."""
    with third_party.visible(), pytest.raises(ConfigError, match="acme, kaleyra, wacr") as caught:
        registry.load(name)

    assert "provider" == caught.value.setting
    assert repr(name) in str(caught.value)


def test_connect_raises_the_same_for_an_unknown_name() -> None:
    """Users meet the registry through connect."""
    with pytest.raises(ConfigError, match="no provider 'nobody'"):
        wamsg.connect("nobody")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("import no_such_library", "no_such_library", id="lacks a library"),
        pytest.param("def", "SyntaxError", id="is no Python"),
        pytest.param("raise RuntimeError", "RuntimeError", id="fails without a word"),
        pytest.param("", "provider", id="lacks the name"),
    ],
)
def test_a_module_that_cannot_be_loaded_is_named(
    tmp_path: Path, request: pytest.FixtureRequest, source: str, said: str
) -> None:
    """A plug-in that breaks on import is told by provider and module, with the cause kept."""
    module = f"broken_{abs(hash(request.node.name))}"
    folder = install(tmp_path, "broken", f"{module}:provider", source=source)

    with third_party.visible(folder), pytest.raises(ConfigError, match="'broken' cannot be loaded") as caught:
        registry.load("broken")

    assert module in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_broken_provider_does_not_hide_the_others(tmp_path: Path) -> None:
    """Whoever uses another provider does not notice."""
    folder = install(tmp_path, "broken", "broken_beside:provider", source="raise OSError")

    with third_party.visible(folder):
        assert ("broken", "kaleyra", "wacr") == registry.names()
        assert "wacr" == registry.load("wacr").name


def test_loading_all_tells_the_broken_ones_and_gives_the_others(tmp_path: Path) -> None:
    """So that ``wamsg providers`` and the sandbox go on without them."""
    folder = install(tmp_path, "broken", "broken_among:provider", source="raise OSError('no disk')")

    with third_party.visible(folder):
        found, broken = registry.load_all()

    assert ["kaleyra", "wacr"] == [provider.name for provider in found]
    assert ["no disk"] == [str(error).rpartition(": ")[2] for error in broken]


def test_an_object_that_is_no_provider_is_refused(tmp_path: Path) -> None:
    """An entry point that names a driver class, say, instead of the record is told."""
    folder = install(tmp_path, "wrong", "wrong_object:provider", source="provider = object()")

    with third_party.visible(folder), pytest.raises(ConfigError, match=r"is not a wamsg\.driver\.Provider"):
        registry.load("wrong")


def test_a_record_under_another_name_is_refused(tmp_path: Path) -> None:
    """Settings and environment variables follow the record's name, so it must be the one that people type."""
    source = "from wamsg.providers.wacr import provider"
    folder = install(tmp_path, "alias", "alias_of_wacr:provider", source=source)

    with third_party.visible(folder), pytest.raises(ConfigError, match="calls itself 'wacr'"):
        registry.load("alias")


def test_two_distributions_that_offer_one_name_are_refused(tmp_path: Path) -> None:
    """Credentials must not go to whichever distribution happens to stand first on the path."""
    folder = install(tmp_path, "wacr", "wacr_in_disguise:provider", source="provider = None")

    with third_party.visible(folder), pytest.raises(ConfigError, match="offered twice") as caught:
        registry.load("wacr")

    assert "wacr_in_disguise:provider" in str(caught.value)


def test_one_distribution_seen_twice_is_one(tmp_path: Path) -> None:
    """A checkout on the path beside its installed self offers the same thing, which is no conflict."""
    other = install(tmp_path, "acme", "acme_provider:provider")
    (other / "acme_provider-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: again\nVersion: 1\n")

    with third_party.visible(other), third_party.visible():
        assert "acme" == registry.load("acme").name

"""Finding providers: ours and anyone's by the same road, the entry-point group ``wamsg.providers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wamsg.driver import Provider
from wamsg.errors import ConfigError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

GROUP = "wamsg.providers"


def names() -> tuple[str, ...]:
    """The names of all installed providers, sorted. Loads none of them."""
    return tuple(sorted({point.name for point in _installed()}))


def load(name: str) -> Provider:
    """The provider called ``name``. Raises `ConfigError` if there is none, two, or it cannot be loaded."""
    found = [point for point in _installed() if point.name == name]
    if not found:
        known = ", ".join(names()) or "none; is wamsg installed, rather than only on the path?"
        raise ConfigError(f"there is no provider {name!r}; installed: {known}", setting="provider")
    if len({point.value for point in found}) > 1:
        rivals = ", ".join(point.value for point in found)
        raise ConfigError(f"provider {name!r} is offered twice: {rivals}; uninstall one of them", setting="provider")
    return _load(found[0])


def load_all() -> tuple[list[Provider], list[ConfigError]]:
    """Every provider that can be loaded, and why the others cannot: one broken plug-in must not take the rest down."""
    found: list[Provider] = []
    broken: list[ConfigError] = []
    for name in names():
        try:
            found.append(load(name))
        except ConfigError as error:
            broken.append(error)
    return found, broken


def _installed() -> EntryPoints:
    # Imported on use: it costs as much as the rest of `import wamsg`.
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _load(point: EntryPoint) -> Provider:
    try:
        provider = point.load()
    except Exception as error:
        # A plug-in's module can fail in any way; the sentence must say whose module it was.
        why = f"{type(error).__name__}: {error}"
        raise ConfigError(f"provider {point.name!r} cannot be loaded from {point.value}: {why}") from error
    if not isinstance(provider, Provider):
        raise ConfigError(f"provider {point.name!r}: {point.value} is not a wamsg.driver.Provider")
    if provider.name != point.name:
        raise ConfigError(f"provider {point.name!r} calls itself {provider.name!r}; the two names must be the same")
    return provider

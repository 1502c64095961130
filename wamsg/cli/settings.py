"""Which provider, and its settings: argument, then environment, then file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from attrs import field, frozen
from cyclopts import Group, Parameter

import wamsg
from wamsg import registry
from wamsg.cli.kinds.pairs import Repeated, pairs
from wamsg.cli.reading import read_text, read_toml
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.pipeline import Limiter
from wamsg.settings import resolve
from wamsg.transport.base import Transport

ConfigFile: TypeAlias = Annotated[
    Path | None, Parameter(help="settings file (TOML); else WAMSG_CONFIG, else ~/.config/wamsg/config.toml")
]
Setting: TypeAlias = Annotated[
    tuple[str, ...],
    Repeated,
    Parameter(help="name=value of a provider's setting; not for secrets: other users of this machine can see it"),
]


@Parameter(name="*", group=Group("Through which provider", sort_key=2))
@frozen(kw_only=True)
class ProviderOptions:
    """How every command that talks to a provider is told which one, and with what settings."""

    provider: Annotated[
        str | None,
        Parameter(name=["--provider", "-p"], help="such as kaleyra; else WAMSG_PROVIDER, else the settings file's"),
    ] = None
    config: ConfigFile = None
    set: Setting = ()


NO_PROVIDER_OPTIONS = ProviderOptions()
#: Holds a table per sender inside a provider's table of the file.
_SENDERS = "senders"


@frozen(kw_only=True)
class Chosen:
    """A provider, and what was said about its settings; nothing of it is checked yet but the names."""

    provider: Provider
    #: ``argument``, ``WAMSG_PROVIDER`` or the path of the file.
    because: str
    given: Mapping[str, object]
    #: The provider's table of the file.
    table: Mapping[str, object]
    #: What the file says of several senders, by the name of each.
    senders: Mapping[str, Mapping[str, object]] = field(factory=dict, repr=False)
    #: The file that was read, if any.
    path: Path | None

    def resolve(self, environ: Mapping[str, str]) -> Any:
        """The settings for sending. Raises `ConfigError` that names the wrong one."""
        inbound = self.provider.inbound
        return resolve(
            self.provider.name,
            self.provider.settings,
            given=self.given,
            environ=environ,
            file=self.table,
            beside=inbound.settings if inbound else None,
        ).values


def choose(options: ProviderOptions, environ: Mapping[str, str] = os.environ) -> Chosen:
    """Find the provider and gather its settings. Raises `ConfigError` that says what to change."""
    path = _config_path(options.config, environ)
    document = _read_config(path) if path is not None else {}
    name, because = _provider_name(options, environ, document, path)
    provider = registry.load(name)
    table = document.get(name, {})
    assert isinstance(table, Mapping)  # noqa: S101 -- _read_config saw to it
    given = pairs("--set", options.set, "name=value, such as pod=in")
    return Chosen(
        provider=provider,
        because=because,
        given=given,
        table={key: value for key, value in table.items() if key != _SENDERS},
        senders=_senders(name, table.get(_SENDERS, {}), path),
        path=path,
    )


def _senders(provider: str, tables: object, path: Path | None) -> Mapping[str, Mapping[str, object]]:
    if isinstance(tables, Mapping) and all(isinstance(table, Mapping) for table in tables.values()):
        return tables
    message = f"{path}: write the settings of each sender below a line [{provider}.{_SENDERS}.NAME]"
    raise ConfigError(message, setting=_SENDERS)


def _config_path(given: Path | None, environ: Mapping[str, str]) -> Path | None:
    if given is not None:
        return given
    if environ.get("WAMSG_CONFIG"):
        return Path(environ["WAMSG_CONFIG"])
    # XDG Base Directory Specification: ~/.config unless XDG_CONFIG_HOME says otherwise.
    home = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 -- Path raises without a home
    path = Path(home) / "wamsg" / "config.toml"
    return path if os.path.exists(path) else None  # noqa: PTH110 -- Path.exists raises where one may not look


def _read_config(path: Path) -> dict[str, object]:
    document = read_toml(read_text(path, str(path)), str(path))
    known = registry.names()
    for key, value in document.items():
        if key == "provider":
            if not isinstance(value, str):
                raise ConfigError(f'{path}: provider must be text, such as provider = "kaleyra"', setting="provider")
        elif key not in known:
            raise ConfigError(f"{path}: {key!r} is neither 'provider' nor one of the providers {', '.join(known)}")
        elif not isinstance(value, Mapping):
            raise ConfigError(f"{path}: {key} must be a table; write its settings below a line [{key}]")
    return document


def _provider_name(
    options: ProviderOptions, environ: Mapping[str, str], document: Mapping[str, object], path: Path | None
) -> tuple[str, str]:
    if options.provider is not None:
        return options.provider, "argument"
    if environ.get("WAMSG_PROVIDER"):
        return environ["WAMSG_PROVIDER"], "WAMSG_PROVIDER"
    if isinstance(document.get("provider"), str):
        return str(document["provider"]), str(path)
    known = ", ".join(registry.names())
    message = f"which provider? pass --provider NAME or set WAMSG_PROVIDER; installed: {known}"
    raise ConfigError(message, setting="provider")


def connect(
    chosen: Chosen,
    *,
    transport: Transport,
    limit: str | None = None,
    limiter: Limiter | None = None,
    timeout: float,
    retry: wamsg.RetryPolicy | None = None,
) -> wamsg.Client:
    """A client for what was chosen; ``limit`` is text, ``none``, or None for the provider's own limits.

    A ``limiter`` takes their place.
    """
    # First by itself: a setting's name that connect() uses for something else must not get there.
    chosen.resolve(os.environ)
    limits: dict[str, object] = {}
    if limiter is not None:
        limits["limiter"] = limiter
    elif limit is not None:
        limits["limits"] = None if limit.lower() == "none" else limit
    settings: dict[str, Any] = {**chosen.given, **limits}
    return wamsg.connect(
        chosen.provider.name, transport=transport, timeout=timeout, retry=retry, file=chosen.table, **settings
    )

"""The commands below a provider's name: a word for each resource, and below it one for each verb."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from cyclopts import App, Group

from wamsg import registry
from wamsg.cli.operations.options import parameters
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.operations import Declaration
from wamsg.settings import settings_of


def provider_app(name: str, group: Group) -> App:
    """All commands of one provider, itself in ``group``. Raises `ConfigError` if it cannot be loaded, or has none."""
    provider = registry.load(name)
    declarations = provider.operations()
    if not declarations:
        raise ConfigError(f"{provider.title} declares nothing beside sending; to send, use wamsg send -p {name}")
    app = App(
        name=name,
        help=_about(provider),
        help_format="plaintext",
        group=group,
        group_commands=Group("Resources"),
        version_flags=(),
    )
    for resource, found in groupby(declarations, key=lambda declaration: declaration.resource):
        app.command(_resource(provider, resource, tuple(found)))
    return app


def _about(provider: Provider) -> str:
    return f"What {provider.title} offers beside sending. Its documentation: {provider.docs}"


def _resource(provider: Provider, resource: str, declarations: Sequence[Declaration]) -> App:
    words = [_word(declaration.verb) for declaration in declarations]
    app = App(name=_word(resource), help=", ".join(words), group_commands=Group("Commands"), version_flags=())
    for word, declaration in zip(words, declarations, strict=True):
        app.command(_verb(provider, declaration), name=word, help=declaration.help.replace("`", ""))
    return app


def _verb(provider: Provider, declaration: Declaration) -> Callable[..., Awaitable[int]]:
    settings = {item.name for item in settings_of(provider.name, provider.settings) if not item.secret}

    async def command(*words: object, **named: object) -> int:
        from wamsg.cli.operations.carry_out import carry_out

        given = command.__signature__.bind(*words, **named).arguments  # type: ignore[attr-defined]  # it is set below
        return await carry_out(provider, declaration, given)

    async def instead() -> int:
        message = f"{declaration.name} is carried out by wamsg send; see wamsg send --help"
        raise ConfigError(message)

    if declaration.sends:
        return instead
    # The command-line library reads it as it reads that of any function.
    command.__signature__ = inspect.Signature(parameters(declaration, settings))  # type: ignore[attr-defined]  # functions may have one
    return command


def _word(name: str) -> str:
    return name.replace("_", "-")

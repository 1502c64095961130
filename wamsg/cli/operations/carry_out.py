"""One operation from the words of a command line to its result on the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any, get_origin

from wamsg.cli.operations.options import DEFAULT_LIMIT, Around, Consent, Extent, emptied, size_of
from wamsg.cli.operations.tables import Sink, sink
from wamsg.cli.operations.values import option_of, value_of
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, tell
from wamsg.cli.settings import Chosen, ProviderOptions, choose, connect
from wamsg.client import Client
from wamsg.driver import Provider
from wamsg.errors import CodeRefused, ConfigError, SendError
from wamsg.operations import Argument, Declaration, Service, Whole, make, walk
from wamsg.settings import env_name, resolve
from wamsg.transport.aiohttp import AiohttpTransport

Given = Mapping[str, Any]


async def carry_out(provider: Provider, declaration: Declaration, given: Given) -> int:
    """The exit code: 0 it was done, 1 it was not or nobody knows. Whatever is wrong before that is raised."""
    around: Around = given.get("around_", Around())
    chosen = choose(ProviderOptions(provider=provider.name, config=around.config, set=around.set))
    client = connect(chosen, transport=AiohttpTransport(timeout=around.timeout), limit=None, timeout=around.timeout)
    values = declaration.bind(**_values(declaration, chosen, given))
    many = declaration.paging is not None or get_origin(declaration.result) is tuple
    out = sink(as_json=around.json, mask=around.mask, many=many)
    async with client:
        # Everything is checked before the user is asked, and before anything is sent.
        first = make(declaration, _service(client), values)
        _ask(declaration, given)
        try:
            if declaration.paging is not None:
                count = await _list(walk(client, declaration, _service(client), values, first), out, _extent(given))
            else:
                result = await client.call(first)
                count = _add_all(result if many else (result,), out)
        except SendError as error:
            out.close()
            tell(_sentence(error, declaration))
            return NONE_ACCEPTED
    out.close()
    if not count and not around.json:
        tell("there is nothing")
    return ALL_ACCEPTED


def _values(declaration: Declaration, chosen: Chosen, given: Given) -> dict[str, object]:
    """What was given, and what settings and ``--limit`` have to add; the defaults are the declaration's."""
    found: dict[str, object] = {}
    size = size_of(declaration)
    for argument in declaration.arguments:
        words = given.get(argument.name)
        if words is not None:
            found[argument.name] = value_of(argument, words)
        elif argument is size:
            found.update(_size(argument, _extent(given)))
        elif argument.required:
            found[argument.name] = _setting(argument, chosen)
    return {**found, **_emptied(declaration, given, found)}


def _size(argument: Argument, extent: Extent) -> dict[str, object]:
    """No larger a page than is wanted; where nobody said how much, one thing more, which tells that there is more."""
    if extent.all:
        return {}
    wanted = DEFAULT_LIMIT + 1 if extent.limit is None else extent.limit
    usual = argument.default if isinstance(argument.default, int) else wanted
    most = argument.rule.most if isinstance(argument.rule, Whole) else wanted
    return {argument.name: min(wanted, usual, most)}


def _setting(argument: Argument, chosen: Chosen) -> object:
    """A required argument that was not given: the provider's setting of that name."""
    provider = chosen.provider
    settings = resolve(
        provider.name, provider.settings, given=chosen.given, environ=os.environ, file=chosen.table
    ).values
    value = getattr(settings, argument.name, None)
    if value is None:
        option, variable = option_of(argument.name), env_name(provider.name, argument.name)
        raise ConfigError(f"{option} is missing; give it, or set {variable}", setting=argument.name)
    return value


def _emptied(declaration: Declaration, given: Given, found: Mapping[str, object]) -> dict[str, object]:
    known = {item.name: item for item in emptied(declaration)}
    names = [name.replace("-", "_") for name in given.get("empty_", ())]
    for name in names:
        if name not in known:
            raise ConfigError(f"--empty takes one of {', '.join(known)}", setting="empty")
        if name in found:
            raise ConfigError(f"give {option_of(name)} or --empty {name}, not both", setting=name)
    return {name: None if known[name].nullable else [] for name in names}


def _extent(given: Given) -> Extent:
    extent: Extent = given.get("extent_", Extent())
    if extent.all and extent.limit is not None:
        raise ConfigError("choose --limit or --all, not both", setting="limit")
    if extent.limit is not None and extent.limit < 1:
        raise ConfigError("--limit must be at least 1", setting="limit")
    return extent


def _service(client: Client) -> Service:
    service: object = getattr(client.driver, "service", None)
    if not isinstance(service, Service):
        raise ConfigError(f"the driver of {client.provider.name} has no service for its operations")
    return service


def _ask(declaration: Declaration, given: Given) -> None:
    """A deletion is asked for, and without anybody to ask it needs ``--yes``."""
    consent: Consent = given.get("consent_", Consent())
    if declaration.method != "DELETE" or consent.yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError(f"{declaration.name} cannot be taken back; add --yes if you mean it", setting="yes")
    sys.stderr.write(f"wamsg: {declaration.name}: {declaration.summary} Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise ConfigError("nothing was done")


async def _list(items: AsyncIterator[Any], out: Sink, extent: Extent) -> int:
    limit = None if extent.all else extent.limit or DEFAULT_LIMIT
    count = 0
    async for item in items:
        if count == limit:
            tell(f"the first {limit} are shown; --limit N shows another number of them, --all shows all")
            break
        out.add(item)
        count += 1
        if count == extent.limit:
            break
    return count


def _add_all(results: tuple[object, ...], out: Sink) -> int:
    for result in results:
        out.add(result)
    return len(results)


def _sentence(error: SendError, declaration: Declaration) -> str:
    """What went wrong, and what the error knows besides."""
    facts = [str(error)]
    if isinstance(error, CodeRefused) and error.attempts_remaining is not None:
        facts.append(f"attempts remaining: {error.attempts_remaining}")
    if error.retry_after is not None:
        facts.append(f"try again in {error.retry_after:g} s")
    if error.may_have_gone_out and not declaration.repeatable:
        facts.append("it may have been done all the same; look before you do it again")
    return "; ".join(facts)

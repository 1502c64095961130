"""``wamsg doctor``: where every setting comes from, and whether the provider takes them."""

from __future__ import annotations

import json as json_
import os
from collections.abc import Mapping
from typing import Annotated

from attrs import asdict, frozen
from cyclopts import Parameter

from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, USAGE, printable, say
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, Chosen, ProviderOptions, choose, connect
from wamsg.errors import BadCredentials, ConfigError, NotSent, PermissionDenied, SendError, Throttled, Unanswered
from wamsg.pipeline import RetryPolicy
from wamsg.settings import Setting, locate, settings_of
from wamsg.transport.aiohttp import AiohttpTransport

#: Whoever asks for a diagnosis wants the first answer.
_ONE_TRY = RetryPolicy(attempts=1)


@frozen
class Row:
    """One setting: its name, where it was found, and what may be shown of it."""

    name: str
    #: ``argument``, an environment variable's name, ``file``, ``default`` or ``missing``.
    source: str
    #: ``set`` for a secret; empty where there is nothing to show.
    shown: str


@frozen
class Diagnosis:
    """What was found out."""

    healthy: bool
    sentence: str
    exit_code: int


async def doctor(
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
    *,
    timeout: Annotated[float, Parameter(help="seconds for the provider's answer")] = 10.0,  # noqa: ASYNC109 -- an option of the command line
    json: Annotated[bool, Parameter(negative=(), help="as one JSON document")] = False,
) -> int:
    """Show where each setting comes from, never a secret; then ask the provider whether they are good.

    Sends no message. Exit codes: 0 healthy, 1 refused or not reached, 2 a setting is missing or wrong.
    """
    chosen = choose(about)
    rows = _rows(chosen)
    diagnosis = await _diagnose(chosen, timeout)
    if json:
        _print_json(chosen, rows, diagnosis)
    else:
        _print_table(chosen, rows, diagnosis)
    return diagnosis.exit_code


def _rows(chosen: Chosen) -> list[Row]:
    name, cls = chosen.provider.name, chosen.provider.settings
    try:
        values = chosen.resolve(os.environ)
    except ConfigError:
        # A wrong value may hold anything, a password in an address for one: none is shown.
        values = None
    return [_row(item, chosen, values) for item in settings_of(name, cls)]


def _row(item: Setting, chosen: Chosen, values: object) -> Row:
    _, source = locate(item, chosen.given, os.environ, chosen.table)
    if source == "default":
        return Row(item.name, "missing" if item.required else "default", f"set {item.env}" if item.required else "")
    # A converted value knows how to be shown: numbers are masked.
    shown = "set" if item.secret or values is None else printable(str(getattr(values, item.name)))[:60]
    return Row(item.name, source, shown)


async def _diagnose(chosen: Chosen, seconds: float) -> Diagnosis:
    try:
        client = connect(
            chosen, transport=AiohttpTransport(timeout=seconds), limit=None, timeout=seconds, retry=_ONE_TRY
        )
    except ConfigError as error:
        return Diagnosis(False, str(error), USAGE)
    try:
        async with client:
            sentence = await client.call(client.driver.probe())
    except SendError as error:
        return Diagnosis(False, f"{error}; {_advice(error, chosen, client.sources)}", NONE_ACCEPTED)
    return Diagnosis(True, sentence, ALL_ACCEPTED)


def _advice(error: SendError, chosen: Chosen, sources: Mapping[str, str]) -> str:
    known = settings_of(chosen.provider.name, chosen.provider.settings)
    places = {"argument": "--set {}", "file": "{} in the settings file"}
    secrets = " and ".join(
        places.get(sources[item.name], sources[item.name]).format(item.name) for item in known if item.secret
    )
    for kind, advice in (
        (BadCredentials, f"check {secrets or 'the credentials'}"),
        (PermissionDenied, "ask for the missing right in the provider's console"),
        (NotSent, "check base_url and the network"),
        (Throttled, "wait and try again"),
        (Unanswered, "check base_url: something answers there that is not this provider, or not at all"),
    ):
        if isinstance(error, kind):
            return advice
    return f"see {chosen.provider.docs}"


def _print_json(chosen: Chosen, rows: list[Row], diagnosis: Diagnosis) -> None:
    document = {
        "provider": chosen.provider.name,
        "chosen_by": chosen.because,
        "settings": [asdict(row) for row in rows],
        "healthy": diagnosis.healthy,
        "detail": printable(diagnosis.sentence),
    }
    say(json_.dumps(document, indent=2))


def _print_table(chosen: Chosen, rows: list[Row], diagnosis: Diagnosis) -> None:
    say(f"provider  {chosen.provider.name} ({chosen.because})")
    if chosen.path is not None:
        say(f"file      {chosen.path}")
    width = max(len(row.name) for row in rows)
    sources = max(len(row.source) for row in rows)
    for row in rows:
        say(f"  {row.name:<{width}}  {row.source:<{sources}}  {row.shown}".rstrip())
    say(f"{'healthy' if diagnosis.healthy else 'not healthy'}: {printable(diagnosis.sentence)}")

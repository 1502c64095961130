"""From content and options to outcomes on the screen."""

from __future__ import annotations

import asyncio
import json

import wamsg
from wamsg.capabilities import as_sent
from wamsg.cli.interrupt import Recall, Stopped, Wire, on_interrupt
from wamsg.cli.kinds.pairs import pair
from wamsg.cli.output import STOPPED, Report, Tally
from wamsg.cli.progress import progress_bar
from wamsg.cli.recipients import gather
from wamsg.cli.send_options import SendOptions
from wamsg.cli.settings import ProviderOptions, choose, connect
from wamsg.errors import ConfigError, SendError
from wamsg.model import Content, Message, Outcome, PhoneNumber, ReadReceipt
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.wire import Priority

#: Stands in for the recipients while the message is checked.
_ANYONE = PhoneNumber("+12025550100")


def deliver(content: Content, options: SendOptions, about: ProviderOptions) -> int:
    """Send ``content`` as told; the exit code. What is wrong is raised before anything is sent.

    Reading comes before the event loop: inside it, Ctrl-C would not end a read from a terminal.
    """
    receipt = isinstance(content, ReadReceipt)
    message = Message(
        content=content,
        to=None if receipt else _ANYONE,
        reply_to=options.reply_to,
        provider_options=provider_options(options.option),
    )
    connections = max(100, options.concurrency)
    wire = Wire(AiohttpTransport(timeout=options.timeout, max_connections=connections))
    client = connect(choose(about), transport=wire, limit=options.limit, timeout=options.timeout)
    # Whatever the driver has against the message is raised here, before any of it is sent.
    client.driver.encode(as_sent(client.driver, message))
    if receipt:
        _refuse_recipients(options)
        return asyncio.run(_receipt(client, message, options))
    to = gather(options.to, options.to_file)
    return asyncio.run(_everyone(client, wire, message, to, options))


def provider_options(texts: tuple[str, ...]) -> dict[str, object]:
    """``key=text`` as text, ``key:=JSON`` as what it says. Raises `ConfigError` for anything else."""
    found: dict[str, object] = {}
    for text in texts:
        key, value = pair("--option", text, "key=text or key:=JSON")
        if key.endswith(":"):
            key = key.removesuffix(":")
            found[key] = _json_value(key, value)
        else:
            found[key] = value
    return found


def _json_value(key: str, text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"--option {key}:=.. must be followed by JSON; for plain text write {key}=..") from error
    return value


def _refuse_recipients(options: SendOptions) -> None:
    if options.to is not None or options.to_file is not None:
        raise ConfigError("a read receipt takes no --to: its message id says whose chat it is")


async def _receipt(client: wamsg.Client, message: Message, options: SendOptions) -> int:
    tally, report = Tally(1), Report(as_json=options.json, show_numbers=options.show_numbers)
    async with client:
        try:
            result = await client.send(message.content, provider_options=message.provider_options)
            outcome = Outcome(position=0, recipient=None, result=result)
        except SendError as error:
            outcome = Outcome(position=0, recipient=None, error=error)
    tally.add(outcome)
    report.write(outcome)
    report.close(tally)
    return tally.exit_code()


async def _everyone(client: wamsg.Client, wire: Wire, message: Message, to: list[str], options: SendOptions) -> int:
    async with client:
        return await _fan_out(Recall(client, wire), message, to, options)


async def _fan_out(messenger: Recall, message: Message, to: list[str], options: SendOptions) -> int:
    tally, report = Tally(len(to)), Report(as_json=options.json, show_numbers=options.show_numbers)
    run = wamsg.fan_out(
        messenger,
        message.content,
        to=to,
        concurrency=options.concurrency,
        reply_to=message.reply_to,
        provider_options=message.provider_options,
        # Someone sits before the screen: a few may go at once rather than evenly spaced as a broadcast would.
        priority=Priority.INTERACTIVE,
    )
    stopped = False

    def stop() -> str:
        nonlocal stopped
        stopped = True
        run.stop()
        return f"stopping; waiting for {messenger.stop()} under way (Ctrl-C again gives them up as unknown)"

    try:
        with on_interrupt(stop, messenger.cut), progress_bar(len(to)) as advance:
            async for outcome in run:
                if not isinstance(outcome.error, Stopped):
                    tally.add(outcome)
                    report.write(outcome)
                advance()
    finally:
        report.close(tally)
    return STOPPED if stopped else tally.exit_code()

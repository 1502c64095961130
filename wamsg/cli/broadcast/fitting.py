"""Asks the provider whether a template message fits what was approved, before its first thousand refusals do."""

from __future__ import annotations

from wamsg.cli.broadcast.inputs import Input
from wamsg.cli.output import tell
from wamsg.cli.settings import connect
from wamsg.errors import InvalidMessage, WamsgError
from wamsg.model import Template
from wamsg.pipeline import RetryPolicy
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.views import ApprovedTemplate, inquire, misfits

#: Asked once: whoever plans without a network shall not wait for it.
_ONCE = RetryPolicy(attempts=1)


async def check_fit(given: Input) -> None:
    """Raise `InvalidMessage` if the template is not there, not approved, or takes other parameters.

    Where the provider cannot be asked, that is told and nothing else.
    """
    message, templates = given.template.probe, given.senders.provider.templates
    if not isinstance(message, Template) or templates is None or not given.planning.template_check:
        return
    try:
        approved = await _approved(given)
    except WamsgError as error:
        tell(f"the template could not be checked with {given.senders.provider.name}: {error}")
        return
    if found := misfits(message, approved):
        says = "; ".join(one.says for one in found)
        raise InvalidMessage(f"{says}. If the provider's list is wrong, pass --no-template-check", field="message")


async def _approved(given: Input) -> tuple[ApprovedTemplate, ...]:
    senders = given.senders
    assert senders.provider.templates is not None  # noqa: S101 -- looked at by its only caller
    transport = AiohttpTransport(timeout=senders.timeout)
    async with connect(senders.chosen[0], transport=transport, timeout=senders.timeout, retry=_ONCE) as client:
        return await inquire(client.call, senders.provider.templates(client.driver))

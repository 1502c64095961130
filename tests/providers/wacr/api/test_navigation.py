"""All 43 operations of the provider's navigation, held against a list that was written from its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

import pytest

from tests.support.scripted import Script, ScriptedServer
from wamsg.errors import InvalidMessage
from wamsg.operations import Evidence, declarations_of, make
from wamsg.providers.wacr import provider
from wamsg.providers.wacr.api import WacrApi
from wamsg.providers.wacr.endpoints import SENDS

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]

#: Name -> method, path, scope; in the navigation's order of resources.
NAVIGATION: Mapping[str, tuple[str, str, str | None]] = {
    "account.info": ("GET", "/account", "account:read"),
    "account.usage": ("GET", "/account/usage", "account:read"),
    "account.limits": ("GET", "/account/limits", "account:read"),
    "otp.send": ("POST", "/auth/send-otp", "messages:send"),
    "otp.resend": ("POST", "/auth/resend", "messages:send"),
    "otp.verify": ("POST", "/auth/verify", "messages:send"),
    "otp.status": ("POST", "/auth/status", "messages:send"),
    "otp.templates": ("GET", "/auth/templates", "templates:read"),
    "comments.get": ("GET", "/comments/{mobile}", None),
    "comments.add": ("POST", "/comments/{mobile}", None),
    "contacts.list": ("GET", "/contacts", "contacts:read"),
    "contacts.create": ("POST", "/contacts", "contacts:write"),
    "contacts.get": ("GET", "/contacts/{id}", "contacts:read"),
    "contacts.update": ("PATCH", "/contacts/{id}", "contacts:write"),
    "contacts.delete": ("DELETE", "/contacts/{id}", "contacts:delete"),
    "contacts.create_batch": ("POST", "/contacts/batch", "contacts:write"),
    "contacts.delete_batch": ("DELETE", "/contacts/batch", "contacts:delete"),
    "groups.list": ("GET", "/groups", "groups:read"),
    "groups.create": ("POST", "/groups", "groups:write"),
    "groups.get": ("GET", "/groups/{id}", "groups:read"),
    "groups.update": ("PATCH", "/groups/{id}", "groups:write"),
    "groups.delete": ("DELETE", "/groups/{id}", "groups:delete"),
    "groups.add_contacts": ("POST", "/groups/{id}/contacts", "groups:write"),
    "groups.remove_contacts": ("DELETE", "/groups/{id}/contacts", "groups:write"),
    "messages.text": ("POST", "/messages/text", "messages:send"),
    "messages.template": ("POST", "/messages/template", "messages:send"),
    "messages.media": ("POST", "/messages/media", "messages:send"),
    "messages.interactive": ("POST", "/messages/interactive", "messages:send"),
    "messages.list": ("GET", "/messages", "messages:read"),
    "messages.get": ("GET", "/messages/{id}", "messages:read"),
    "sources.list": ("GET", "/sources", "sources:read"),
    "sources.create": ("POST", "/sources", "sources:write"),
    "sources.get": ("GET", "/sources/{id}", "sources:read"),
    "sources.update": ("PATCH", "/sources/{id}", "sources:write"),
    "sources.delete": ("DELETE", "/sources/{id}", "sources:delete"),
    "statuses.list": ("GET", "/statuses", "statuses:read"),
    "statuses.create": ("POST", "/statuses", "statuses:write"),
    "statuses.get": ("GET", "/statuses/{id}", "statuses:read"),
    "statuses.update": ("PATCH", "/statuses/{id}", "statuses:write"),
    "statuses.delete": ("DELETE", "/statuses/{id}", "statuses:delete"),
    "templates.list": ("GET", "/templates", "templates:read"),
    "templates.sync": ("POST", "/templates/sync", "templates:sync"),
    "templates.get": ("GET", "/templates/{template_id}", "templates:read"),
}
#: The nine of which no page could be read.
UNSEEN = {
    "contacts.delete",
    "groups.get",
    "groups.delete",
    "sources.list",
    "sources.get",
    "sources.delete",
    "statuses.list",
    "statuses.get",
    "statuses.delete",
}


def test_the_navigation_is_whole() -> None:
    """Forty-three, in its order, each with the method, the path and the scope of its page."""
    declared = {item.name: (item.method, item.path, item.scope) for item in provider.operations()}

    assert 43 == len(declared)
    assert list(NAVIGATION.items()) == list(declared.items())


def test_what_no_page_shows_says_so() -> None:
    """Nine operations are inferred and tell from what; all others name their page."""
    declared = declarations_of(WacrApi)

    assert UNSEEN == {item.name for item in declared if item.evidence is Evidence.INFERRED}
    assert all("n8n" in item.note for item in declared if item.evidence is Evidence.INFERRED)
    assert all(item.docs for item in declared if item.evidence is Evidence.DOCUMENTED)


def test_reads_alone_are_repeated() -> None:
    """And the look at a code's status, which uses nothing up, though it is a POST."""
    repeated = {item.name for item in provider.operations() if item.repeatable}

    assert {name for name, (method, _, _) in NAVIGATION.items() if method == "GET"} | {"otp.status"} == repeated


async def test_there_is_one_way_to_send(speaking: Speaking) -> None:
    """The four sends are listed with the data that the client's send uses, and cannot be called beside it."""
    sends = [item for item in provider.operations() if item.sends]
    async with speaking([]) as (api, server):
        service = api.messages._line.service
        for item in sends:
            with pytest.raises(InvalidMessage, match="the client's send"):
                make(item, service, {})
        assert not callable(api.messages.text)

    assert {(item.name, item.method, item.path, item.scope, item.media) for item in SENDS} == {
        (item.name, item.method, item.path, item.scope, item.form) for item in sends
    }
    assert not server.asked

"""Templates at the fake server: what is there, what a sync changes, and what a message needs to fit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.wacr.sandbox.desk import Desk
from wamsg.errors import NotFound
from wamsg.model import Template, UrlButton
from wamsg.providers.wacr import provider
from wamsg.views import ApprovedTemplate, Flaw, HeaderKind, misfits


def approved(desk: Desk) -> tuple[ApprovedTemplate, ...]:
    """The view that everybody uses, against the server."""
    assert provider.templates is not None
    inquiry = provider.templates(desk.driver)
    operation = next(inquiry)
    while True:
        try:
            operation = inquiry.send(operation.decode(desk.ask(operation.request)))
        except StopIteration as done:
            found: tuple[ApprovedTemplate, ...] = done.value
            return found


def test_there_are_templates_of_every_kind() -> None:
    """Listed and read alike, by status, category, language and words."""
    desk = Desk()
    everything = desk.walk("templates.list", per_page=3)

    assert {each.status for each in everything} == {"APPROVED", "PAUSED", "PENDING"}
    assert {each.category for each in everything} == {"MARKETING", "UTILITY", "AUTHENTICATION"}
    for each in everything:
        assert desk.do("templates.get", each.template_id) == each
        assert (each.extra, each.name) == ({}, each.template_name)
    assert [each.template_name for each in desk.walk("templates.list", status="PAUSED")] == ["winter_sale"]
    found = desk.walk("templates.list", category="AUTHENTICATION", language="hi", search="OTP", sort="-template_name")
    assert [each.template_name for each in found] == ["otp_verification"]
    assert desk.raw("GET", "/templates?fields=status&per_page=1")["data"] == [{"id": 1, "status": "APPROVED"}]
    for wrong in ("1", "x"):
        with pytest.raises(NotFound):
            desk.do("templates.get", wrong)


def test_templates_for_codes_are_listed_apart() -> None:
    """Approved ones of that category alone, in their own form."""
    desk = Desk()

    found = desk.walk("otp.templates", sort="language,-template_name")

    assert [(each.template_name, each.language) for each in found] == [
        ("otp_verification", "en"),
        ("otp", "en"),
        ("otp_verification", "hi"),
    ]
    assert all(each.status == "APPROVED" and each.body_params_count and each.extra == {} for each in found)
    assert [each.language for each in desk.walk("otp.templates", template_name="otp")] == ["en"]


def test_a_sync_finds_what_was_approved_meanwhile() -> None:
    """What was pending is approved and can be sent; another sync changes nothing."""
    desk = Desk()
    (pending,) = desk.walk("templates.list", status="PENDING")
    desk.now += 60

    first, second = (desk.do("templates.sync").extra for _ in range(2))

    assert (first, second) == ({"synced": 8, "updated": 1}, {"synced": 8, "updated": 0})
    synced = desk.do("templates.get", pending.template_id)
    assert synced.status == "APPROVED"
    assert synced.updated_at > pending.updated_at
    desk.send(Template(name="feedback", language="en", body=["Asha"]))


def test_the_view_tells_what_the_server_insists_on() -> None:
    """A message that fits is sent, and the flaws that the view finds are those that are refused."""
    desk = Desk()
    known = approved(desk)
    good: dict[str, Any] = {
        "name": "order_shipped",
        "language": "en",
        "header": "77",
        "body": ["Asha", "77"],
        "buttons": [UrlButton(index=0, text="77")],
    }

    assert len(known) == 8
    assert next(each.header for each in known if each.name == "spring_sale") is HeaderKind.IMAGE
    assert misfits(Template(**good), known) == ()
    desk.send(Template(**good))
    for changes, flaw in (
        ({"body": ["Asha"]}, Flaw.MISSING),
        ({"buttons": []}, Flaw.MISSING),
        ({"language": "xx"}, Flaw.UNKNOWN_LANGUAGE),
        ({"name": "winter_sale", "header": None, "body": ["Asha"], "buttons": []}, Flaw.NOT_APPROVED),
    ):
        assert [each.flaw for each in misfits(Template(**{**good, **changes}), known)] == [flaw]

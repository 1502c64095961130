"""The account's templates in everybody's words, and messages held against them."""

from __future__ import annotations

from typing import Any

import pytest

import wamsg
from wamsg.errors import ConfigError
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.api import KaleyraApi, Template
from wamsg.providers.kaleyra.approved import approved
from wamsg.sandbox import Sandbox
from wamsg.views import ApprovedButton, ApprovedTemplate, Flaw, HeaderKind, Inquiry, Parameters, inquire, misfits

WABA = "150441234142241"
COMPONENTS: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "IMAGE"},
    {"type": "BODY", "text": "Hello {{1}}, your order {{2}}"},
    {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Open", "url": "https://shop.example/{{1}}"}]},
]


def inquiry_of(client: wamsg.Client) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    assert provider.templates is not None
    return provider.templates(client.driver)


async def test_a_message_is_held_against_what_was_created() -> None:
    """From a creation at the sandbox to the misfits of a message."""
    async with (
        Sandbox() as sandbox,
        wamsg.connect("kaleyra", waba_id=WABA, environ={}, **sandbox.settings("kaleyra")) as client,
    ):
        for name in ("welcome", "welcome_paused"):
            await KaleyraApi(client).templates.create(
                WABA, name=name, language="en", category="UTILITY", components=COMPONENTS
            )
        found, paused = await inquire(client.call, inquiry_of(client))

    assert found == ApprovedTemplate(
        name="welcome",
        language="en",
        id=found.id,
        status="APPROVED",
        category="UTILITY",
        header=HeaderKind.IMAGE,
        body=Parameters(count=2),
        buttons=(ApprovedButton(kind="URL", text="Open", needs_value=True),),
    )
    message = wamsg.Template(name="welcome_paused", language="en", body=("Asha",))
    assert {(one.flaw, one.field) for one in misfits(message, [found, paused])} == {
        (Flaw.NOT_APPROVED, "name"),
        (Flaw.MISSING, "header"),
        (Flaw.MISSING, "body"),
        (Flaw.MISSING, "buttons[0]"),
    }


async def test_without_the_account_it_says_which_setting_is_missing() -> None:
    """Templates belong to an account, and a number does not tell its own."""
    settings: dict[str, Any] = dict(provider.example)
    async with wamsg.connect("kaleyra", environ={}, **settings) as client:
        with pytest.raises(ConfigError, match="waba_id") as caught:
            await inquire(client.call, inquiry_of(client))

    assert caught.value.setting == "waba_id"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (Template(name="a"), None),
        (Template(language="en"), None),
        (Template(name="a", language="en"), ApprovedTemplate(name="a", language="en")),
        (
            Template(name="a", language="en", status=" approved ", category="Utility"),
            ApprovedTemplate(name="a", language="en", status="APPROVED", category="UTILITY"),
        ),
    ],
)
def test_what_is_not_told_is_not_held_against_anything(template: Template, told: ApprovedTemplate | None) -> None:
    """Only name and language are needed; the rest may be missing, and words are in capitals."""
    assert approved(template) == told

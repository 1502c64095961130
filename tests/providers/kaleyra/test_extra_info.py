"""``provider_options`` become ``extra_info``; nothing in them is cut, dropped or guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wamsg.errors import InvalidMessage
from wamsg.model import Message, ReadReceipt, Text
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.config import WA_SOURCES
from wamsg.providers.kaleyra.driver import KaleyraDriver


def extra(driver: KaleyraDriver, options: Any, content: Text | ReadReceipt | None = None) -> Any:
    """The ``extra_info`` that is sent with ``options``."""
    to = None if isinstance(content, ReadReceipt) else "+919812340001"
    message = Message(content=content or Text(body="hi"), to=to, provider_options=options)
    body = driver.encode(message).request.body
    assert isinstance(body, bytes)
    return json.loads(body)["extra_info"]


def test_references_and_source_are_sent_as_given(driver: KaleyraDriver) -> None:
    """All four documented options arrive in ``extra_info``."""
    options = {"ref": "customer1", "ref1": "marketing", "ref2": "न", "wa_source": "zoho"}

    assert extra(driver, options) == options


def test_a_read_receipt_carries_references_too(driver: KaleyraDriver) -> None:
    """The read-receipt page allows ``extra_info``."""
    shown = extra(driver, {"ref": "r"}, ReadReceipt(message_id="wamid.A"))

    assert shown == {"ref": "r", "wa_source": "api"}


@pytest.mark.parametrize("source", WA_SOURCES)
def test_every_documented_source_is_taken(driver: KaleyraDriver, source: str) -> None:
    """All thirteen sources of the page may be set, as a setting and with one message."""
    settings = provider.settings(**provider.example, wa_source=source)

    assert extra(KaleyraDriver(settings), {}) == {"wa_source": source}
    assert extra(driver, {"wa_source": source}) == {"wa_source": source}


@pytest.mark.parametrize("name", ["ref", "ref1", "ref2"])
def test_a_reference_is_never_cut(driver: KaleyraDriver, name: str) -> None:
    """255 characters pass; one more, which Kaleyra would silently cut, is refused."""
    assert extra(driver, {name: "न" * 255})[name] == "न" * 255

    with pytest.raises(InvalidMessage) as caught:
        extra(driver, {name: "न" * 256})

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (f"provider_options.{name}", 255, 256)


def test_an_unknown_option_is_named_beside_the_known_ones(driver: KaleyraDriver) -> None:
    """A misspelt option is an error that helps, not a silent loss."""
    with pytest.raises(InvalidMessage, match="'reff'; it has ref, ref1, ref2, wa_source") as caught:
        extra(driver, {"reff": "x"})

    assert caught.value.field == "provider_options.reff"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ref", 7),
        ("ref", None),
        ("ref", ""),
        ("ref", b"x"),
        ("ref", "\ud83d"),
        ("ref1", ["a"]),
        ("ref2", {"a": 1}),
        ("wa_source", "facebook"),
        ("wa_source", ""),
        ("wa_source", None),
        ("wa_source", 1),
        ("wa_source", "api\n"),
    ],
)
def test_wrong_values_are_errors(driver: KaleyraDriver, name: str, value: object) -> None:
    """Wrong types and sources that Kaleyra would replace are refused by name."""
    with pytest.raises(InvalidMessage) as caught:
        extra(driver, {name: value})

    assert caught.value.field == f"provider_options.{name}"


def test_options_of_one_message_do_not_reach_the_next(driver: KaleyraDriver) -> None:
    """What a driver prepares once stays as it was prepared."""
    extra(driver, {"ref": "mine", "wa_source": "zoho"})

    assert extra(driver, {}) == {"wa_source": "api"}

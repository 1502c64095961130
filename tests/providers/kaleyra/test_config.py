"""Settings: pods, addresses, the sending number; every wrong one is a sentence that names it."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg.driver import Driver, SandboxDialect
from wamsg.errors import ConfigError
from wamsg.model import PhoneNumber
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.config import Settings
from wamsg.registry import load
from wamsg.settings import resolve, settings_of

GOOD = {"sid": "HXAP16000000097IN", "api_key": "fake-key", "sender": "+91 98000 00000"}


def settings(**given: Any) -> Settings:
    return resolve("kaleyra", Settings, given={**GOOD, **given}, environ={}).values


@pytest.mark.parametrize(
    ("pod", "host"),
    [
        ("in", "api.in.kaleyra.io"),
        ("sg", "api.kaleyra.io"),
        ("eu", "api.eu.kaleyra.io"),
        ("na", "api.na.kaleyra.ai"),
        ("EU", "api.eu.kaleyra.io"),
    ],
)
def test_each_pod_has_its_documented_host(pod: str, host: str) -> None:
    """The four hosts are those of the media page, whatever the case of the pod's name."""
    assert settings(pod=pod).root == f"https://{host}/v2/HXAP16000000097IN/whatsapp/919800000000"


def test_the_indian_pod_is_the_default() -> None:
    """Without a pod the address is India's."""
    assert settings().root.startswith("https://api.in.kaleyra.io/v2/")


@pytest.mark.parametrize(
    ("address", "root"),
    [
        ("https://api.ap.kaleyra.io", "https://api.ap.kaleyra.io/v2/"),
        ("https://proxy.example.com:8443/kaleyra/", "https://proxy.example.com:8443/kaleyra/v2/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/"),
    ],
)
def test_an_address_overrides_the_pod(address: str, root: str) -> None:
    """``base_url`` wins over the pod and is joined without a double slash."""
    assert settings(base_url=address, pod="eu").root.startswith(root)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("base_url", "http://api.in.kaleyra.io", "https://"),
        ("base_url", "https://api.in.kaleyra.io/v2/HXAP16000000097IN", "before /v2"),
        ("base_url", "https://api.in.kaleyra.io/v2", "before /v2"),
        ("base_url", "https://me@api.in.kaleyra.io", "user"),
        ("base_url", "https://a.example/?x=1", "query"),
        ("base_url", "api.in.kaleyra.io", "https://host.example"),
        ("pod", "us", "in, sg, eu, na"),
        ("wa_source", "facebook", "clevertap"),
        ("sid", "HX/../1", "letters"),
        ("sid", "..", "letters"),
        ("sid", "", "empty"),
        ("waba_id", "1/2", "letters"),
        ("waba_id", "", "empty"),
        ("sid", "HX1%2F", "letters"),
        ("api_key", "key\r\nX: 1", "line break"),
        ("api_key", "schlüssel", "ASCII"),
        ("sender", "919800000000", "country code"),
        ("sender", "me", "not a phone number"),
        ("sender", "", "empty"),
        ("sender", 919800000000, "must be text"),
        ("sender", "+9198000000001234567", "digits"),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it(name: str, value: object, says: str) -> None:
    """Each wrong value is a `ConfigError` with the setting's name and the way out, and never shows the key."""
    with pytest.raises(ConfigError, match=says) as caught:
        settings(**{name: value})

    assert caught.value.setting == name
    assert "schlüssel" not in str(caught.value)


def test_settings_come_from_the_environment_by_their_own_names() -> None:
    """The seven variables are WAMSG_KALEYRA_ and the setting's name."""
    environ = {
        "WAMSG_KALEYRA_SID": "HX1IN",
        "WAMSG_KALEYRA_API_KEY": "fake-key",
        "WAMSG_KALEYRA_SENDER": "+919800000000",
        "WAMSG_KALEYRA_POD": "sg",
        "WAMSG_KALEYRA_BASE_URL": "https://api.ap.kaleyra.io",
        "WAMSG_KALEYRA_WABA_ID": "150441234142241",
        "WAMSG_KALEYRA_WA_SOURCE": "braze",
    }
    found = resolve("kaleyra", Settings, given={}, environ=environ).values

    assert [item.env for item in settings_of("kaleyra", Settings)] == list(environ)
    assert (found.sid, found.sender, found.pod, found.wa_source) == (
        "HX1IN",
        PhoneNumber("+919800000000"),
        "sg",
        "braze",
    )
    assert (found.base_url, found.waba_id) == ("https://api.ap.kaleyra.io", "150441234142241")


def test_a_parsed_number_may_be_the_sender() -> None:
    """A `PhoneNumber` passes as it is."""
    assert settings(sender=PhoneNumber("+919800000000")).sender.digits == "919800000000"


def test_settings_show_neither_key_nor_number() -> None:
    """The repr of the settings may be logged."""
    assert "fake-key" not in repr(settings())
    assert "9800000000" not in repr(settings())


def test_the_record_is_found_by_name_and_keeps_its_promises() -> None:
    """The entry point gives this record, and its parts fit the seam."""
    driver: Driver = provider.driver(provider.settings(**provider.example))
    dialect: SandboxDialect = provider.sandbox

    assert load("kaleyra") is provider
    assert (driver.name, dialect.base_path) == ("kaleyra", "")
    assert dict(provider.limits) == {
        "sender": "80/s burst 8",
        "pair": "45/270s",
        "templates-create": "100/hour",
        "templates-edit": "100/hour",
        "resumable-media": "20/hour",
    }
    assert hasattr(provider.settings, "base_url")

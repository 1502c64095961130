"""Settings: where they come from, what is refused, what is never shown."""

from __future__ import annotations

import re

import pytest

from wamsg import registry
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.providers.wacr.config import Settings
from wamsg.settings import resolve


def test_the_registry_finds_it_by_its_name(provider: Provider) -> None:
    """The entry point names the provider's record."""
    assert registry.load("wacr") is provider


def test_a_token_is_enough() -> None:
    """Everything but the token has a default."""
    values = resolve("wacr", Settings, given={}, environ={"WAMSG_WACR_TOKEN": "fake-token"}).values

    assert values.token.reveal() == "fake-token"
    assert values.base_url == "https://app.wa.cr/api/v2"
    assert values.contact_fields == "brackets"
    assert values.media_limits.image.max_bytes == 5 * 1024 * 1024


def test_the_token_is_in_no_repr() -> None:
    """Settings can be printed without giving the token away."""
    assert "fake-token" not in repr(resolve("wacr", Settings, given={"token": "fake-token"}, environ={}))


def test_media_limits_come_from_the_environment() -> None:
    """A tenant's table is text there, and replaces only the kinds it names."""
    environ = {"WAMSG_WACR_TOKEN": "t", "WAMSG_WACR_MEDIA_LIMITS": "video: mp4, 32 MB"}

    limits = resolve("wacr", Settings, given={}, environ=environ).values.media_limits

    assert limits.video.extensions == ("mp4",)
    assert limits.video.max_bytes == 32 * 1024 * 1024
    assert limits.audio.extensions == ("mp3", "ogg", "amr", "aac", "opus")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("token", "two words", "holds a space", id="a token that no header could carry"),
        pytest.param("token", "a\r\nX-Evil: 1", "line break", id="a header injected through the token"),
        pytest.param("base_url", "http://app.wa.cr/api/v2", "https", id="a token sent in the clear"),
        pytest.param("contact_fields", "slashes", "brackets, dots", id="an unknown spelling"),
        pytest.param("media_limits", "image", "colon", id="a table without a rule"),
        pytest.param("media_limits", 5, "must be text or a mapping", id="a table that is a number"),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it(name: str, value: object, sentence: str) -> None:
    """Each wrong value is a ConfigError with the setting's name and what is wrong with it."""
    with pytest.raises(ConfigError, match=re.escape(sentence)) as caught:
        resolve("wacr", Settings, given={"token": "t", name: value}, environ={})

    assert caught.value.setting == name


def test_the_provider_declares_its_documented_limit(provider: Provider) -> None:
    """60 calls a minute per token, three resends of a code in five minutes, credentials that its sandbox takes."""
    assert dict(provider.limits) == {"account": "60/min", "otp-resend": "3/5min"}
    assert dict(provider.example) == {"token": "sandbox-token"}

"""The secrets of callbacks: which schemes they make, apart from the settings for sending."""

from __future__ import annotations

import pytest

import wamsg
from wamsg.driver import Webhook
from wamsg.errors import ConfigError, NotVerified
from wamsg.providers.kaleyra import provider
from wamsg.settings import CallbackSettings, resolve
from wamsg.wire import Basic, Bearer, HmacSha256, SharedHeader


def _settings(**given: object) -> CallbackSettings:
    return resolve("acme", CallbackSettings, given=given, environ={}).values


def test_without_a_secret_there_is_no_scheme() -> None:
    """So that nothing is taken."""
    assert () == _settings().schemes()
    with pytest.raises(NotVerified):
        Webhook(provider="a", schemes=(), reader=lambda _body, _query: []).verify({}, b"", now=0.0)


def test_each_secret_makes_its_scheme() -> None:
    """Several values, separated by commas, while one is changed."""
    made = _settings(
        callback_token="t1,t2",
        callback_header="X-My-Key",
        callback_secret="s1",
        callback_login="u:p",
        callback_app_secret="a1",
    ).schemes()

    assert (Bearer(["t1", "t2"]), SharedHeader("x-my-key", ["s1"]), Basic(["u:p"]), HmacSha256(["a1"])) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("callback_token", "a,,b"),
        ("callback_secret", ","),
        ("callback_login", "nocolon"),
        ("callback_login", "u:p,nocolon"),
        ("callback_app_secret", "a,"),
    ],
)
def test_an_empty_or_broken_secret_is_a_config_error(name: str, value: str) -> None:
    """It names the setting and does not show it."""
    with pytest.raises(ConfigError) as caught:
        _settings(**{name: value}).schemes()

    assert name == caught.value.setting
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["X Key", "X:Key", "", "X-Key\r\n", "X-K\u00e9y"])
def test_a_header_name_is_one(name: str) -> None:
    """Nothing else could be sent."""
    with pytest.raises(ConfigError, match="callback_header"):
        _settings(callback_header=name)


def test_no_secret_is_shown() -> None:
    """Neither in the settings nor in the webhook."""
    assert provider.inbound is not None
    settings = provider.inbound.settings(callback_token="fake-token", callback_login="user:fake")

    assert "fake" not in f"{settings!r}{provider.inbound.webhook(settings)!r}"


def test_one_table_of_a_file_may_hold_both() -> None:
    """Settings for sending and for callbacks; neither complains of the other's, both of what nobody knows."""
    assert provider.inbound is not None
    table = {**provider.example, "callback_token": "fake"}

    wamsg.connect("kaleyra", file=table, environ={})
    found = resolve("kaleyra", provider.inbound.settings, given={}, environ={}, file=table, beside=provider.settings)

    assert (Bearer(["fake"]),) == found.values.schemes()
    for cls, beside in ((provider.settings, provider.inbound.settings), (provider.inbound.settings, provider.settings)):
        with pytest.raises(ConfigError, match="callback_tokn"):
            resolve("kaleyra", cls, given={}, environ={}, file={**table, "callback_tokn": "x"}, beside=beside)


def test_receiving_needs_no_key_for_sending() -> None:
    """A process that faces the internet holds as little as it can."""
    assert provider.inbound is not None
    environ = {"WAMSG_KALEYRA_CALLBACK_SECRET": "fake"}

    found = resolve("kaleyra", provider.inbound.settings, given={}, environ=environ)

    provider.inbound.webhook(found.values).verify({"X-Callback-Secret": "fake"}, b"{}", now=0.0)

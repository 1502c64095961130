"""From settings to a webhook."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg.errors import ConfigError
from wamsg.webhooks import webhook
from wamsg.wire import Bearer, SharedHeader


def test_settings_come_from_arguments_environment_and_file() -> None:
    """In that order; those for sending may stand in the same table."""
    file = {"callback_token": "fake-from-file", "callback_secret": "fake-from-file", "api_key": "fake-key"}
    environ = {"WAMSG_KALEYRA_CALLBACK_TOKEN": "fake-from-environment"}

    made = webhook("kaleyra", callback_secret="fake-argument", environ=environ, file=file)

    assert (Bearer(["fake-from-environment"]), SharedHeader("x-callback-secret", ["fake-argument"])) == made.schemes


def test_the_environment_of_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another one is given."""
    monkeypatch.setenv("WAMSG_KALEYRA_CALLBACK_TOKEN", "fake-token")

    assert 1 == len(webhook("kaleyra").schemes)
    assert () == webhook("kaleyra", environ={}).schemes


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("nobody", {}, "there is no provider 'nobody'"),
        ("kaleyra", {"callback_tokn": "x"}, "no setting 'callback_tokn'"),
        ("kaleyra", {"callback_login": "no-colon"}, "user:password"),
    ],
)
def test_wrong_settings_are_told(name: str, settings: dict[str, Any], words: str) -> None:
    """With the name of what is wrong."""
    with pytest.raises(ConfigError, match=words):
        webhook(name, environ={}, **settings)

"""The record and its settings: what a provider says about itself, and which values it refuses."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

import re

import attrs
import pytest

from wamsg.errors import ConfigError
from wamsg.pipeline import Rate
from wamsg.settings import env_name, resolve, settings_of
from wamsg.testing.contract_subject import Subject, is_line

#: Addresses that would carry credentials to the wrong place, or cannot be one.
WRONG_ADDRESSES = (
    "http://api.example.com",
    "http://10.0.0.1",
    "ftp://api.example.com",
    "https://user:word@api.example.com",
    "https://api.example.com?a=b",
    "https://api.example.com#a",
    "https://api.example.com\r\nX-Evil: 1",
    "api.example.com",
    "https://",
)


class SettingsContract(Subject):
    """The `wamsg.driver.Provider` record and its settings class."""

    def test_the_record_says_what_people_need(self) -> None:
        """Name, title, documentation and default limits are there and well-formed."""
        provider = self.provider

        assert re.fullmatch(r"[a-z][a-z0-9_-]*", provider.name), f"name {provider.name!r}: lower case, digits, - and _"
        assert provider.title.strip(), "title is empty"
        assert provider.docs.startswith("https://"), f"docs must be an address, not {provider.docs!r}"
        assert provider.limits, "limits is empty; its first entry is what limits='80/s' sets"
        for kind, limit in provider.limits.items():
            assert str(Rate.parse(limit)), f"limits[{kind!r}] is {limit!r}"

    def test_the_example_makes_a_driver_of_the_same_name(self) -> None:
        """The example settings are enough for a driver, given as arguments or by the environment."""
        provider = self.provider
        environ = {env_name(provider.name, name): value for name, value in provider.example.items()}
        from_environment = resolve(provider.name, provider.settings, given={}, environ=environ).values

        assert self.driver().name == provider.name, "driver.name and provider.name differ"
        assert from_environment == self.settings(), "the example means something else when it is read as text"

    def test_every_setting_is_explained(self) -> None:
        """Each field of the settings class is made with `wamsg.settings.setting` and has a help text."""
        known = {item.name: item for item in settings_of(self.provider.name, self.provider.settings)}

        for field in attrs.fields(self.provider.settings):
            assert field.name in known, f"{field.name} is not made with wamsg.settings.setting"
            help_text = known[field.name].help
            assert help_text.strip(), f"{field.name} has no help text"
            assert is_line(help_text), f"the help text of {field.name} is not one line"
        assert "base_url" in known, "there is no base_url; tests and the sandbox need to set it"

    def test_a_missing_required_setting_is_named(self) -> None:
        """Leaving out a required setting is a ConfigError that names it and its environment variable."""
        provider = self.provider
        for item in settings_of(provider.name, provider.settings):
            if not item.required:
                continue
            given = {name: value for name, value in provider.example.items() if name != item.name}
            with pytest.raises(ConfigError) as caught:
                resolve(provider.name, provider.settings, given=given, environ={})

            assert caught.value.setting == item.name, f"the error for a missing {item.name} names another setting"
            assert item.env in str(caught.value), f"the error for a missing {item.name} does not name {item.env}"

    @pytest.mark.parametrize("address", WRONG_ADDRESSES)
    def test_a_wrong_base_url_is_refused(self, address: str) -> None:
        """Credentials go to https addresses or to this machine, and to nothing that hides another place."""
        with pytest.raises(ConfigError) as caught:
            self.settings(base_url=address)

        assert caught.value.setting == "base_url", "the error names another setting"

    def test_a_line_break_in_any_setting_is_refused(self) -> None:
        """No setting can smuggle a header or a second request."""
        for item in settings_of(self.provider.name, self.provider.settings):
            wrong = f"{self.provider.example.get(item.name, 'a')}\r\nX-Evil: 1"
            with pytest.raises(ConfigError) as caught:
                self.settings(**{item.name: wrong})

            assert caught.value.setting == item.name, f"the error for {item.name} names another setting"

    def test_a_loopback_address_is_taken(self) -> None:
        """The sandbox on this machine is reached without TLS."""
        base = f"http://127.0.0.1:8025/{self.provider.name}{self.provider.sandbox.base_path}"

        url = self.driver(base_url=base).probe().request.url

        assert url.startswith(base + "/"), f"with base_url={base} the probe goes to {url}"

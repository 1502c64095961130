"""Where settings come from, what a wrong one says, and that secrets stay secret."""

from __future__ import annotations

import copy
import json
import pickle
import re
import traceback

import attrs
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import ConfigError
from wamsg.settings import (
    Resolved,
    Secret,
    base_url,
    choice,
    env_name,
    path_segment,
    resolve,
    setting,
    settings_of,
)

KEY = "obviously-fake-key-123"


@frozen(kw_only=True)
class Account:
    sid: str = setting("account", converter=path_segment)
    api_key: Secret = setting("key", secret=True)
    pod: str = setting("region", default="in", converter=choice("in", "eu"))
    base_url: str = setting("address", default="https://api.example", converter=base_url)
    note: str | None = setting("anything", default=None)
    webhook: Secret | None = setting("signs callbacks", secret=True, default=None)
    unrelated: int = 0


GOOD: dict[str, object] = {"sid": "HX1", "api_key": KEY}


def _resolve(
    given_as: dict[str, object] | None = None,
    environ: dict[str, str] | None = None,
    file: dict[str, object] | None = None,
) -> Resolved[Account]:
    return resolve("acme-co", Account, given=given_as or {}, environ=environ or {}, file=file)


def test_an_argument_comes_before_the_environment_before_the_file_before_the_default() -> None:
    """Each value names its source; the environment's is the variable itself."""
    got = _resolve(
        {"sid": "argument"},
        {"WAMSG_ACME_CO_SID": "environment", "WAMSG_ACME_CO_API_KEY": KEY},
        {"sid": "file", "api_key": "file-key", "note": "file"},
    )

    assert ("argument", KEY, "file", "in") == (
        got.values.sid,
        got.values.api_key.reveal(),
        got.values.note,
        got.values.pod,
    )
    assert {
        "sid": "argument",
        "api_key": "WAMSG_ACME_CO_API_KEY",
        "note": "file",
        "pod": "default",
        "base_url": "default",
        "webhook": "default",
    } == dict(got.sources)


@pytest.mark.parametrize(
    ("given_as", "environ", "file", "source"),
    [
        ({"note": None}, {"WAMSG_ACME_CO_NOTE": "e"}, {"note": "f"}, "WAMSG_ACME_CO_NOTE"),
        ({"note": None}, {"WAMSG_ACME_CO_NOTE": ""}, {"note": "f"}, "file"),
        ({}, {"WAMSG_ACME_CO_NOTE": ""}, {"note": None}, "default"),
        ({"note": ""}, {"WAMSG_ACME_CO_NOTE": "e"}, {}, "argument"),
    ],
)
def test_none_and_an_empty_variable_count_as_not_given(
    given_as: dict[str, object], environ: dict[str, str], file: dict[str, object], source: str
) -> None:
    """`export KEY=` unsets; an empty argument is meant."""
    assert source == _resolve({**GOOD, **given_as}, environ, file).sources["note"]


@pytest.mark.parametrize("name", ["sid", "api_key"])
def test_a_missing_setting_is_named_in_both_ways_of_giving_it(name: str) -> None:
    """The sentence can be followed without the documentation."""
    with pytest.raises(ConfigError) as caught:
        _resolve({key: value for key, value in GOOD.items() if key != name})

    assert name == caught.value.setting
    assert f"{name}=" in str(caught.value)
    assert f"WAMSG_ACME_CO_{name.upper()}" in str(caught.value)


@pytest.mark.parametrize("source", ["argument", "file"])
@pytest.mark.parametrize("name", ["api_kye", "API_KEY", "unrelated", "", "sid ", "a\nb"])
def test_an_unknown_setting_is_refused(source: str, name: str) -> None:
    """A slip of the pen is told with the names that there are."""
    with pytest.raises(ConfigError, match="it has sid, api_key") as caught:
        _resolve(
            {**GOOD, **({name: "x"} if source == "argument" else {})}, file={name: "x"} if source == "file" else {}
        )

    assert name == caught.value.setting


def test_variables_of_others_are_left_alone() -> None:
    """The environment is full of things that are not ours."""
    assert "HX1" == _resolve(GOOD, {"WAMSG_ACME_CO_SIDE": "x", "SID": "y", "WAMSG_OTHER_SID": "z"}).values.sid


@pytest.mark.parametrize("name", ["sid", "api_key", "pod", "base_url", "note", "webhook"])
@pytest.mark.parametrize("value", [5, 5.5, True, b"bytes", ["x"], {"a": 1}, object()])
@pytest.mark.parametrize("source", ["argument", "file"])
def test_a_value_of_another_type_is_refused(name: str, value: object, source: str) -> None:
    """A TOML number where text belongs is a sentence that names the setting, whether there is a converter or not."""
    given_as, file = ({name: value}, {}) if source == "argument" else ({}, {name: value})
    with pytest.raises(ConfigError) as caught:
        _resolve({**{key: good for key, good in GOOD.items() if key != name}, **given_as}, file=file)

    assert name == caught.value.setting
    assert name in str(caught.value)


def test_an_optional_secret_may_be_left_out() -> None:
    """None stands for "not given", not for a secret of that name."""
    assert _resolve(GOOD).values.webhook is None
    assert Secret("s") == _resolve({**GOOD, "webhook": "s"}).values.webhook


def test_settings_are_described_in_order() -> None:
    """For help texts and doctor; fields that are no settings are left out."""
    described = [(item.name, item.env, item.secret, item.required) for item in settings_of("acme-co", Account)]

    assert [
        ("sid", "WAMSG_ACME_CO_SID", False, True),
        ("api_key", "WAMSG_ACME_CO_API_KEY", True, True),
        ("pod", "WAMSG_ACME_CO_POD", False, False),
        ("base_url", "WAMSG_ACME_CO_BASE_URL", False, False),
        ("note", "WAMSG_ACME_CO_NOTE", False, False),
        ("webhook", "WAMSG_ACME_CO_WEBHOOK", True, False),
    ] == described
    assert "WAMSG_WA_CR_API_KEY" == env_name("wa-cr", "api_key")


@pytest.mark.parametrize("failure", [ValueError("sid and pod do not fit"), TypeError("sid and pod do not fit")])
def test_a_class_that_refuses_the_whole_is_a_config_error(failure: Exception) -> None:
    """Values may be right one by one and wrong together."""

    @frozen(kw_only=True)
    class Picky:
        sid: str = setting("account")

        def __attrs_post_init__(self) -> None:
            raise failure

    with pytest.raises(ConfigError, match="acme: sid and pod do not fit"):
        resolve("acme", Picky, given={"sid": "x"}, environ={})


@pytest.mark.parametrize(
    "bad",
    [
        f"{KEY}\n",
        f"{KEY}\r\nX-Evil: 1",
        f"{KEY} {KEY}",
        f" {KEY}",
        f"{KEY}\u00e9",
        f"{KEY}\u200b",
        f"{KEY}\0",
        "\ud800" + KEY,
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_secret_that_could_break_a_header_is_refused_without_being_shown(bad: str, wrapped: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Newline, space and what is not ASCII: the sentence, the cause and the traceback keep it to themselves."""
    with pytest.raises(ConfigError) as caught:
        _resolve({"sid": "x", "api_key": Secret(bad) if wrapped else bad})

    told = "".join(traceback.format_exception(caught.value))
    assert "api_key" == caught.value.setting
    assert KEY not in told
    assert KEY not in repr(caught.value.__context__)


def test_a_secret_from_the_environment_is_not_shown_either() -> None:
    """The variable is named, its value is not."""
    with pytest.raises(ConfigError, match="WAMSG_ACME_CO_API_KEY") as caught:
        _resolve({"sid": "x"}, {"WAMSG_ACME_CO_API_KEY": KEY + "\n"})

    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_resolved_settings_do_not_show_secrets() -> None:
    """Printing a client's settings is safe."""
    got = _resolve({**GOOD, "webhook": KEY})

    assert KEY not in f"{got} {got!r} {got.values} {attrs.asdict(got.values)}"


@given(st.text(min_size=6, max_size=40))
def test_no_way_of_turning_a_secret_into_text_shows_it(value: str) -> None:
    """repr, str, format, percent, containers."""
    secret = Secret("x-" + value)

    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret:>50}",
        f"{secret} {secret!r}",
        f"{[secret]}",
    ]

    for text in shown:
        assert not re.sub(r"Secret|[\[\]()* ]", "", text)
    assert "x-" + value == secret.reveal()


def test_a_secret_is_neither_pickled_nor_written_as_json() -> None:
    """A file or a queue in which it would stand readable is refused aloud."""
    for dump in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError) as caught:
            dump(Secret(KEY))
        assert KEY not in str(caught.value)


def test_a_secret_can_be_copied_and_compared() -> None:
    """Inside one process nothing leaves it."""
    secret = Secret(KEY)

    assert secret == copy.copy(secret) == copy.deepcopy({"a": secret})["a"]
    assert hash(secret) == hash(Secret(KEY))
    assert secret != KEY
    assert secret != Secret("other")

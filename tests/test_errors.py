"""The exception tree: what is drawn is what stands, and every error survives what Python does to errors."""

from __future__ import annotations

import contextlib
import copy
import inspect
import pickle
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from wamsg import errors
from wamsg.errors import ConfigError, DuplicateRecipient, InvalidMessage, SendError, Unanswered, Unsupported, WamsgError

CLASSES = sorted(
    (found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, WamsgError)),
    key=lambda found: found.__name__,
)


#: What only some errors carry.
_OWN_FACTS: dict[type[WamsgError], dict[str, Any]] = {
    errors.PlanLimit: {"feature": "contacts", "current": 100, "maximum": 100},
    errors.CodeRefused: {"attempts_remaining": 2},
}


def _filled(kind: type[WamsgError]) -> WamsgError:
    """An instance with a telling value in every attribute that the class has."""
    if issubclass(kind, SendError):
        return kind(
            "it failed",
            **_OWN_FACTS.get(kind, {}),
            provider="acme",
            code="E110",
            http_status=429,
            retry_after=1.5,
            request_id="req-1",
            lanes=("account:1", "sender:x"),
        )
    if issubclass(kind, DuplicateRecipient):
        return kind("again", first_position=3)
    if issubclass(kind, InvalidMessage):
        return kind("too long", field="text.body", limit=4096, actual=5000)
    if issubclass(kind, Unsupported):
        return kind("cannot", provider="acme", feature="stickers")
    return kind("missing", setting="token") if issubclass(kind, ConfigError) else kind("some failure")


def _facts(error: WamsgError) -> tuple[Any, ...]:
    return type(error), error.args, vars(error), str(error)


def _drawn() -> dict[str, str | None]:
    """Child -> parent, read from the tree in the module's docstring."""
    found: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r" {4}(?P<indent>(?:[│ ] {3})*)(?:[├└]── )?(?P<name>[A-Z]\w+)(?: .*)?", line)
        if match is None:
            continue
        depth = len(match["indent"]) // 4 + (1 if "──" in line else 0)
        found[match["name"]] = above[depth - 1] if depth else None
        above[depth:] = [match["name"]]
    return found


def test_the_drawn_tree_is_the_real_one() -> None:
    """Every class is drawn under the class it derives from, and nothing else is drawn."""
    real = {
        kind.__name__: next((base.__name__ for base in kind.__bases__ if issubclass(base, WamsgError)), None)
        for kind in CLASSES
    }

    assert len(real) > 20
    assert real == _drawn()


def test_a_config_error_is_no_send_error() -> None:
    """Skipping what failed to send cannot hide a wrong key."""
    assert not issubclass(ConfigError, SendError)
    assert not issubclass(InvalidMessage, SendError)


def test_only_unanswered_may_have_gone_out() -> None:
    """Of all send errors just one leaves open whether the recipient was messaged."""
    open_ones = [kind for kind in CLASSES if issubclass(kind, SendError) and kind.may_have_gone_out]

    assert [Unanswered] == open_ones


def test_an_invalid_message_is_a_value_error() -> None:
    """Whoever catches ValueError for wrong values catches these too."""
    assert issubclass(InvalidMessage, ValueError)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_error_pickles_with_all_it_knows(kind: type[WamsgError], protocol: int) -> None:
    """A worker process can hand back any error without losing a fact."""
    error = _filled(kind)

    back = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 -- our own bytes

    assert _facts(error) == _facts(back)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_every_error_can_be_copied(kind: type[WamsgError], duplicate: Callable[[WamsgError], WamsgError]) -> None:
    """A copy is another instance with the same facts."""
    error = _filled(kind)

    back = duplicate(error)

    assert error is not back
    assert _facts(error) == _facts(back)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_passes_a_context_manager(kind: type[WamsgError]) -> None:
    """The very instance that was raised inside ``contextlib.contextmanager`` comes out of it."""

    @contextlib.contextmanager
    def around() -> Iterator[None]:
        yield

    error = _filled(kind)
    with pytest.raises(kind) as caught, around():
        raise error

    assert error is caught.value


@pytest.mark.parametrize("kind", CLASSES)
async def test_every_error_passes_an_async_context_manager(kind: type[WamsgError]) -> None:
    """The very instance that was raised inside ``asynccontextmanager`` comes out of it, cause and notes included."""

    @contextlib.asynccontextmanager
    async def around() -> AsyncIterator[None]:
        yield

    error, cause = _filled(kind), OSError("refused")
    error.add_note("while sending")
    with pytest.raises(kind) as caught:
        async with around():
            raise error from cause

    assert error is caught.value
    assert cause is caught.value.__cause__
    assert ["while sending"] == caught.value.__notes__


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_something(kind: type[WamsgError]) -> None:
    """Even an error without a sentence names itself; one with a sentence starts with it."""
    assert kind.__name__ == str(kind())
    assert str(_filled(kind)).startswith(str(_filled(kind).args[0]))


def test_a_send_errors_text_names_provider_status_and_code() -> None:
    """The three facts that people search for stand in brackets; what is not known is left out."""
    assert "refused [acme 400 E110]" == str(SendError("refused", provider="acme", http_status=400, code="E110"))
    assert "refused [acme]" == str(SendError("refused", provider="acme"))
    assert "refused" == str(SendError("refused"))


def test_a_send_errors_text_shows_no_lane() -> None:
    """Lanes hold phone numbers, so neither text nor repr shows them."""
    error = SendError("refused", lanes=("pair:+919812340001/+919812340002",))

    assert "98123" not in f"{error}{error!r}"

"""Every provider that is installed passes the contract, and one that lives in a distribution of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import third_party
from wamsg import registry
from wamsg.testing.contract import DriverContract

with third_party.visible():
    NAMES = registry.names()


@pytest.fixture(params=NAMES, scope="class", autouse=True)
def each_provider(request: pytest.FixtureRequest) -> Iterator[None]:
    """Puts one provider after the other where the contract looks for it."""
    with third_party.visible():
        request.cls.provider = registry.load(request.param)
        yield


class TestEveryProvider(DriverContract):
    """A third provider joins by itself: this asks the registry who there is."""

"""What the tests of this provider share: its driver with the sandbox's credentials, and its sandbox."""

from __future__ import annotations

import pytest

from wamsg.driver import SandboxDialect
from wamsg.model import Message, Text
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.wire import Request


@pytest.fixture
def driver() -> KaleyraDriver:
    return KaleyraDriver(provider.settings(**provider.example))


@pytest.fixture
def sandbox() -> SandboxDialect:
    return provider.sandbox


@pytest.fixture
def sent(driver: KaleyraDriver) -> Request:
    """A good request."""
    return driver.encode(Message(content=Text(body="hi"), to="+919812340001")).request

"""What each provider can express is found by asking its driver, and the page in docs/ says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from tests.support import third_party
from wamsg import registry
from wamsg.capabilities import FEATURES, Support, as_sent, capabilities, markdown
from wamsg.driver import Provider
from wamsg.errors import Unsupported
from wamsg.model import CONTENT_TYPES, Message, local_media
from wamsg.settings import resolve
from wamsg.wire import Operation

PAGE = Path(__file__).parents[1] / "docs" / "capabilities.md"
OURS = ("kaleyra", "wacr")


@pytest.fixture(params=(*OURS, "acme"))
def provider(request: pytest.FixtureRequest) -> Provider:
    with third_party.visible():
        return registry.load(request.param)


def example(provider: Provider) -> object:
    """The provider's settings as its own example has them."""
    return resolve(provider.name, provider.settings, given=provider.example, environ={}).values


def test_the_page_is_what_the_drivers_say() -> None:
    """docs/capabilities.md cannot be out of date; `wamsg providers --markdown` writes it anew."""
    assert markdown([registry.load(name) for name in OURS]) == PAGE.read_text()


def test_every_content_type_is_among_the_features() -> None:
    """A kind of content without a feature would be missing from the matrix and from the contract."""
    assert set(CONTENT_TYPES) == {type(message.content) for message in FEATURES.values()}


def test_every_feature_has_an_answer_from_every_provider(provider: Provider) -> None:
    """Yes, or no with a reason; nothing is left open."""
    support = capabilities(provider)

    assert list(FEATURES) == list(support)
    for feature, found in support.items():
        assert found.supported == (found.why is None), feature
        assert found.supported or (found.why or "").strip(), feature


def test_text_is_the_least_that_a_provider_can(provider: Provider) -> None:
    """A matrix in which nothing is supported would mean that the question is asked wrongly."""
    assert Support(supported=True) == capabilities(provider)["text"]


def test_what_acme_can_is_what_acme_says() -> None:
    """The matrix of a provider from another distribution shows its own rules: no list was kept for it."""
    with third_party.visible():
        acme = registry.load("acme")

    supported = [feature for feature, found in capabilities(acme).items() if found.supported]

    assert ["text", "image by link", "image by media id", "image from file"] == supported


def test_a_page_has_a_row_for_each_feature_and_a_column_for_each_provider() -> None:
    """The table is whole whatever a reason holds."""
    with third_party.visible():
        found = [registry.load(name) for name in registry.names()]

    rows = [line for line in markdown(found).splitlines() if line.startswith("|")]

    assert 2 + len(FEATURES) == len(rows)
    assert f"| feature | {' | '.join(provider.title for provider in found)} |" == rows[0]
    assert {len(found) + 2} == {row.replace("\\|", "").count("|") for row in rows}


def test_a_reason_cannot_break_the_table() -> None:
    """Bars and line breaks in a provider's reason stay inside their cell."""

    class Difficult:
        name = "wacr"

        def __init__(self, settings: object) -> None:
            pass

        def encode(self, message: Message) -> Operation[object]:
            raise Unsupported("a | b\nc", provider=self.name, feature="all")

        def encode_upload(self, media: object) -> None:
            return

    difficult = evolve(registry.load("wacr"), driver=Difficult)  # type: ignore[arg-type]  # as much driver as is asked

    rows = [line for line in markdown([difficult]).splitlines() if line.startswith("|")][2:]

    assert {f"| {feature} | no: a \\| b c |" for feature in FEATURES} == set(rows)


def test_a_file_counts_as_supported_where_it_is_uploaded_first(provider: Provider) -> None:
    """Users hand over a file and do not care how it travels, so the matrix asks as the client would send."""
    driver = provider.driver(example(provider))

    sent = as_sent(driver, FEATURES["image from file"])

    uploaded = driver.encode_upload(local_media(FEATURES["image from file"].content)[0]) is not None
    assert uploaded is not bool(local_media(sent.content))
    assert capabilities(provider)["image from file"].supported


def test_what_else_a_message_holds_is_kept_beside_uploads(provider: Provider) -> None:
    """Replacing files by ids loses neither options nor the answered message."""
    message = evolve(FEATURES["image from file"], reply_to="wamid.A", provider_options={"a": 1})

    sent = as_sent(provider.driver(example(provider)), message)

    assert ("wamid.A", {"a": 1}, message.to) == (sent.reply_to, dict(sent.provider_options), sent.to)

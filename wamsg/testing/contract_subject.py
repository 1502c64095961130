"""What all parts of the contract share: the provider under test, and ways to make it work."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar
from unicodedata import category
from urllib.parse import urlsplit

from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, settings

from wamsg.capabilities import FEATURES, as_sent
from wamsg.driver import Accepted, Driver, Provider
from wamsg.errors import Unsupported
from wamsg.model import File, Image, Message, SendResult, local_media, with_media_ids
from wamsg.settings import resolve, settings_of
from wamsg.views import StatusOrder
from wamsg.wire import Operation, Response

#: Stands in for a credential wherever the contract looks for leaks.
SECRET = "contract-s3cret-7f3a9c"  # noqa: S105 -- a stand-in
#: The smallest file that is taken for an image.
PICTURE = File.of(b"\x89PNG\r\n\x1a\n" + bytes(32))
#: Statuses whose bodies the sandbox is asked for.
FAILURES = (400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504)

#: The tests are inherited on purpose, which hypothesis would otherwise warn of; one fault at a time, told soon.
relaxed = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


@frozen(kw_only=True)
class Sample:
    """An operation, what the sandbox said to it, and what it took."""

    message: Message | None
    operation: Operation[Any]
    response: Response
    accepted: tuple[Accepted, ...] = ()


class Subject:
    """The provider under test; a subclass sets ``provider``."""

    provider: ClassVar[Provider]

    @property
    def secrets(self) -> list[str]:
        """The names of the settings that are secret."""
        return [item.name for item in settings_of(self.provider.name, self.provider.settings) if item.secret]

    def settings(self, **changes: object) -> Any:
        """The provider's settings, made of its example and ``changes``."""
        given = {**self.provider.example, **changes}
        return resolve(self.provider.name, self.provider.settings, given=given, environ={}).values

    def driver(self, **changes: object) -> Driver:
        """A driver made of the provider's example and ``changes``."""
        return self.provider.driver(self.settings(**changes))

    @cached_property
    def example(self) -> Driver:
        """A driver made of the provider's example alone."""
        return self.driver()

    @cached_property
    def known(self) -> list[Operation[Any]]:
        """The operations of the example."""
        return list(self.operations(self.example).values())

    def carried(self, driver: Driver) -> Iterator[tuple[str, Message]]:
        """Every feature that the provider supports, and a message that uses it; local files became made-up ids."""
        for feature, message in FEATURES.items():
            try:
                sent = as_sent(driver, message)
                driver.encode(sent)
            except Unsupported:
                continue
            yield feature, sent

    def operations(self, driver: Driver) -> dict[str, Operation[Any]]:
        """One operation of every supported feature, the upload and a page of statuses where there is one, the probe."""
        found: dict[str, Operation[Any]] = {
            feature: driver.encode(message) for feature, message in self.carried(driver)
        }
        upload = self.upload(driver)
        if upload is not None:
            found["upload"] = upload
        if self.provider.statuses is not None:
            found["statuses"] = self.provider.statuses().page(driver, StatusOrder.CHANGED, 1)
        return {**found, "probe": driver.probe()}

    def upload(self, driver: Driver) -> Operation[str] | None:
        """The upload of a small image, where the provider wants files uploaded."""
        try:
            return driver.encode_upload(Image(file=PICTURE))
        except Unsupported:
            return None

    def send(self, driver: Driver, message: Message) -> tuple[SendResult, Sample]:
        """Send through the sandbox as the client does, uploads first. Raises what encoding or decoding raises."""
        serials = itertools.count(1)
        ids: dict[File, str] = {}
        for media in local_media(message.content):
            upload = driver.encode_upload(media)
            if upload is not None and media.file is not None:
                ids[media.file] = upload.decode(self.ask(upload, next(serials)).response)
        if ids:
            message = evolve(message, content=with_media_ids(message.content, ids))
        sample = self.ask(driver.encode(message), next(serials), message)
        return sample.operation.decode(sample.response), sample

    def ask(self, operation: Operation[Any], serial: int = 1, message: Message | None = None) -> Sample:
        """What the sandbox says to an operation."""
        answer = self.provider.sandbox.respond(operation.request, serial)
        return Sample(message=message, operation=operation, response=answer.response, accepted=answer.accepted)

    @cached_property
    def documents(self) -> list[tuple[int, Any]]:
        """Status and JSON of answers as the provider gives them: successes, refusals, failures."""
        stranger = self.operations(self.driver(**dict.fromkeys(self.secrets, SECRET)))
        responses = [self.ask(operation).response for operation in (*self.known, *stranger.values())]
        responses += [self.provider.sandbox.failure(status) for status in FAILURES]
        known = {(response.status, response.body) for response in responses if response.json() is not None}
        return [(status, json.loads(body)) for status, body in sorted(known)]


def is_line(text: str) -> bool:
    """Whether it is fit for one line of a log: no control characters, no line breaks of any kind, no half of a pair."""
    return not any(category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)


def origin(url: str) -> tuple[str, str]:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc

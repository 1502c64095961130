"""What became of messages, where it is read: every page only reads, and shows what the sandbox took."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

import pytest

from wamsg.capabilities import FEATURES
from wamsg.dialect.memory import Memory
from wamsg.driver import RememberingDialect
from wamsg.model.event import StatusUpdate
from wamsg.testing.contract_subject import Subject
from wamsg.views import StatusOrder, StatusPage

#: Seconds since 1970 at which everything happens here.
_NOW = 1_767_225_600.0


class StatusesContract(Subject):
    """`wamsg.driver.Provider.statuses`; a provider that has none has nothing to show here."""

    @pytest.mark.parametrize("order", StatusOrder)
    def test_reading_statuses_only_reads(self, order: StatusOrder) -> None:
        """Each page is a GET that may be repeated, in a lane, and each page and order is asked for otherwise."""
        if self.provider.statuses is None:
            return
        page = self.provider.statuses().page
        pages = [page(self.example, order, number).request for number in (1, 2)]
        other = page(self.example, next(one for one in StatusOrder if one is not order), 1).request

        assert all(request.method == "GET" and request.repeatable for request in pages), "a page is no plain read"
        assert all(request.lanes for request in pages), "a page is throttled by nothing"
        assert len({request.url for request in (*pages, other)}) == 3, "pages or orders cannot be told apart"

    def test_a_message_that_was_sent_is_shown_by_the_id_that_the_send_gave(self) -> None:
        """Read twice it is the same event, so that nobody hears of it twice."""
        if self.provider.statuses is None:
            return
        sandbox, statuses = self.provider.sandbox, self.provider.statuses()
        assert isinstance(sandbox, RememberingDialect), "a sandbox that remembers nothing cannot list anything"
        memory, send = Memory(), self.example.encode(FEATURES["text"])
        sent = send.decode(sandbox.respond_with(send.request, 1, memory, _NOW).response)
        memory.keep()

        def read(serial: int) -> StatusPage:
            operation = statuses.page(self.example, StatusOrder.CHANGED, 1)
            return operation.decode(sandbox.respond_with(operation.request, serial, memory, _NOW + 1).response)

        (found,) = [event for event in read(2).events if isinstance(event, StatusUpdate)]
        assert found.message_id == sent.message_id, "a status names another message than the send did"
        assert [event.key for event in read(3).events] == [found.key], "read again, a status has another key"

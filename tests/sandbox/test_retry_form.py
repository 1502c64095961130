"""How an answer words its wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.sandbox import RetryForm
from wamsg.sandbox.retry_form import retry_headers
from wamsg.wire import Headers, retry_after

NOW = 1_700_000_000.25


@given(
    st.sampled_from([RetryForm.SECONDS, RetryForm.DATE, RetryForm.MILLISECONDS]),
    st.floats(0.0, 80_000.0),
    st.floats(0.0, 2e9),
)
def test_a_client_that_waits_as_told_waits_long_enough(form: RetryForm, seconds: float, now: float) -> None:
    """Every honest form is rounded up, by two seconds at most: whole seconds, counted from a whole second."""
    told = retry_after(Headers(retry_headers(form, seconds, now)), received_at=now)

    assert told is not None
    assert seconds - 1e-5 <= told < seconds + 2.001


@pytest.mark.parametrize("form", [RetryForm.ABSENT, RetryForm.NEGATIVE, RetryForm.ABSURD])
def test_a_dishonest_form_tells_no_usable_wait(form: RetryForm) -> None:
    """The client is left to its own back-off."""
    assert retry_after(Headers(retry_headers(form, 3.0, NOW)), received_at=NOW) is None


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        (RetryForm.SECONDS, {"Retry-After": "3"}),
        (RetryForm.MILLISECONDS, {"retry-after-ms": "2500"}),
        (
            RetryForm.DATE,
            {"Date": "Tue, 14 Nov 2023 22:13:20 GMT", "Retry-After": "Tue, 14 Nov 2023 22:13:23 GMT"},
        ),
        (RetryForm.ABSENT, {}),
        (RetryForm.NEGATIVE, {"Retry-After": "-3"}),
        (RetryForm.ABSURD, {"Retry-After": "315360000"}),
    ],
)
def test_each_form_is_worded_as_servers_word_it(form: RetryForm, headers: dict[str, str]) -> None:
    """The headers of a wait of two and a half seconds."""
    assert headers == retry_headers(form, 2.5, NOW)

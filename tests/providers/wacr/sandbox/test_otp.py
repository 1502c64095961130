"""One-time codes at the fake server: learnt from what it took, right or wrong, expired, too often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.providers.wacr.sandbox.desk import ASHA, NOW, Desk
from wamsg.errors import CodeRefused, InvalidRequest, OptedOut, PermissionDenied, SendError, Throttled
from wamsg.wire import Meaning

CODE = "493817"


def sent(desk: Desk, phone: str = ASHA, **more: Any) -> Any:
    return desk.do("otp.send", phone, CODE, **{"template_name": "otp", **more})


def refused(desk: Desk, code: str, phone: str = ASHA, **more: Any) -> CodeRefused:
    with pytest.raises(CodeRefused) as caught:
        desk.do("otp.verify", phone, code, **more)
    return caught.value


def test_a_code_is_sent_and_verified_once() -> None:
    """It is in what the server took, in the chat, and used up by the first verification."""
    desk = Desk()

    told = sent(desk)

    assert (told.phone, told.language, told.expiry_minutes, told.code_sent, told.status) == (
        *("919812340001", "en", 10, True, "sent"),
    )
    assert told.expires_at == datetime.fromtimestamp(NOW + 600, UTC)
    (accepted,) = desk.accepted
    assert (accepted.recipient, accepted.kind, accepted.message_id) == ("919812340001", "otp", told.message_id)
    assert accepted.body["code"] == CODE
    (message,) = desk.walk("messages.list")
    assert (message.message_id, message.message) == (told.message_id, f"{CODE} is your verification code.")
    verified = desk.do("otp.verify", ASHA, CODE)
    assert (verified.phone, verified.purpose, verified.verified_at) == (
        *("919812340001", "authentication", datetime.fromtimestamp(NOW, UTC)),
    )
    assert refused(desk, CODE).code == "OTP_NOT_FOUND"
    assert desk.do("contacts.get", told.contact_id).phone == "919812340001"


def test_five_wrong_codes_are_too_many() -> None:
    """Each says how many are left; then the right one is refused too, until there is a new one."""
    desk = Desk()
    sent(desk)

    wrong = [refused(desk, "000000") for _ in range(5)]

    assert [(error.code, error.attempts_remaining) for error in wrong] == [
        ("INVALID_CODE", left) for left in (4, 3, 2, 1, 0)
    ]
    assert desk.do("otp.status", ASHA).attempts_remaining == 0
    assert refused(desk, CODE).code == "MAX_ATTEMPTS_EXCEEDED"
    sent(desk)
    assert desk.do("otp.verify", ASHA, CODE).phone == "919812340001"


@given(minutes=st.none() | st.integers(1, 60), after=st.integers(0, 4000))
@example(minutes=1, after=59)
@example(minutes=1, after=60)
@example(minutes=None, after=600)
def test_a_code_expires_by_the_clock(minutes: int | None, after: int) -> None:
    """To the second, after ten minutes unless said otherwise; the status tells the same."""
    desk = Desk()
    sent(desk, expiry_minutes=minutes)
    seconds = 60 * (minutes or 10)
    desk.now += after

    status = desk.do("otp.status", ASHA)

    assert (status.has_active_otp, status.is_expired, status.expires_in_seconds) == (
        *(True, after >= seconds, seconds - after),
    )
    if after < seconds:
        desk.do("otp.verify", ASHA, CODE)
    else:
        assert refused(desk, CODE).code == "OTP_EXPIRED"


def test_the_status_uses_nothing_up() -> None:
    """Nor is there any where no code waits, which is no error."""
    desk = Desk()
    none = desk.do("otp.status", ASHA)
    sent(desk)
    refused(desk, "1")

    first, second = (desk.do("otp.status", ASHA) for _ in range(2))

    assert (none.has_active_otp, none.message) == (False, "No active OTP found")
    assert first == second
    assert (first.verification_attempts, first.max_attempts, first.attempts_remaining) == (1, 5, 4)


def test_codes_are_for_one_purpose() -> None:
    """Each has its own, and one of another purpose verifies nothing."""
    desk = Desk()
    sent(desk, purpose="login")

    assert refused(desk, CODE).code == "OTP_NOT_FOUND"
    assert desk.do("otp.verify", ASHA, CODE, purpose="login").purpose == "login"


def test_a_code_that_is_sent_again_is_another() -> None:
    """Of the server's making, six digits, told nowhere but in what it took; the old one is void."""
    desk = Desk()
    sent(desk)

    again = desk.do("otp.resend", ASHA, template_name="otp")

    code = str(desk.accepted[-1].body["code"])
    assert len(code) == 6
    assert code.isdigit()
    assert code != CODE
    assert code not in repr(again) + repr(again.extra)
    assert refused(desk, CODE).code == "INVALID_CODE"
    desk.do("otp.verify", ASHA, code)


def test_the_fourth_resend_in_five_minutes_waits() -> None:
    """For one phone alone; the body says how long, which pauses that phone and nothing else."""
    desk = Desk()
    for _ in range(3):
        desk.do("otp.resend", ASHA, template_name="otp")
        desk.now += 10.5

    operation = desk.operation("otp.resend", ASHA, template_name="otp")
    response = desk.ask(operation.request)

    with pytest.raises(Throttled) as caught:
        operation.decode(response)
    assert (caught.value.code, caught.value.retry_after) == ("RATE_LIMIT_EXCEEDED", 269)
    verdict = desk.driver.classify(response)
    assert (verdict.meaning, verdict.lane_kinds) == (Meaning.THROTTLED, ("otp-resend", "otp-verify"))
    desk.do("otp.resend", "+919812340002", template_name="otp")
    desk.now += 269
    desk.do("otp.resend", ASHA, template_name="otp")


def test_guessing_is_slowed_down_until_it_is_right() -> None:
    """The eleventh try of a minute waits; a right one clears the count."""
    desk = Desk()
    for round_ in range(2):
        for _ in range(2):
            sent(desk)
            for _ in range(4):
                refused(desk, "000000")
        desk.do("otp.verify", ASHA, CODE)
        assert round_ in {0, 1}
    sent(desk)
    for _ in range(10):
        refused(desk, "000000")

    with pytest.raises(Throttled) as caught:
        desk.do("otp.verify", ASHA, CODE)

    assert caught.value.retry_after == 60


@pytest.mark.parametrize("wrong", [{"template_name": "order_shipped"}, {"template_name": "none"}, {"language": "xx"}])
def test_only_an_approved_template_for_codes_carries_one(wrong: dict[str, str]) -> None:
    """Of its category and in that language; nothing is sent else, and no resend is counted."""
    desk = Desk()
    values = {"template_name": "otp", **wrong}

    for _ in range(4):
        with pytest.raises(InvalidRequest, match="template_name"):
            desk.do("otp.resend", ASHA, **values)
    with pytest.raises(InvalidRequest, match="template_name"):
        desk.do("otp.send", ASHA, CODE, **values)

    assert not desk.accepted
    desk.do("otp.resend", ASHA, template_name="otp")


@pytest.mark.parametrize(
    ("token", "phone", "error", "code"),
    [
        ("sandbox-token", "+919812340301", OptedOut, "CONTACT_OPTED_OUT"),
        ("sandbox-token:whatsapp_templates=0", ASHA, PermissionDenied, "FEATURE_NOT_AVAILABLE"),
        ("sandbox-token:contacts:read", ASHA, PermissionDenied, "INSUFFICIENT_SCOPE"),
    ],
)
def test_a_code_is_refused_as_messages_are(token: str, phone: str, error: type[SendError], code: str) -> None:
    """By the recipient, the plan and the scope; then there is no code to verify."""
    desk = Desk().beside(token)

    with pytest.raises(error) as caught:
        sent(desk, phone)

    assert caught.value.code == code
    assert not desk.do("otp.status", phone).has_active_otp if error is OptedOut else True


def test_the_minutes_and_more_fill_the_template() -> None:
    """{{1}} is the code, {{2}} the minutes: a template with both shows both."""
    desk = Desk()

    sent(desk, template_name="otp_verification", expiry_minutes=3, additional_params=["x"])

    assert desk.walk("messages.list")[0].message == f"{CODE} is your verification code. It is good for 3 minutes."

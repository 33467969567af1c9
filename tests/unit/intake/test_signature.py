"""Our two sides of Standard Webhooks agree with the library's, and with nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from intake.errors import Unsigned
from intake.signature import TOLERANCE, verify, webhook_id
from intake.signing import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_the_published_example_of_the_standard_is_signed_alike() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(SECRET, b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    verify(b'{"test": 2432232314}', headers, [SECRET], at)


def test_the_library_accepts_what_we_sign() -> None:
    now = datetime.now(UTC)
    Webhook(SECRET).verify(b'{"a": "\xe9\x80\x80"}', signed(SECRET, b'{"a": "\xe9\x80\x80"}', "msg_1", now))


@pytest.mark.parametrize("off", [-TOLERANCE, timedelta(0), TOLERANCE])
def test_a_clock_that_is_five_minutes_off_is_forgiven(off: timedelta) -> None:
    verify(b"{}", signed(SECRET, b"{}", "msg_1", NOW + off), [OTHER, SECRET], NOW)


@pytest.mark.parametrize("off", [-TOLERANCE, TOLERANCE])
def test_one_second_more_is_not(off: timedelta) -> None:
    late = NOW + off + timedelta(seconds=1 if off > timedelta(0) else -1)
    with pytest.raises(Unsigned, match="five minutes"):
        verify(b"{}", signed(SECRET, b"{}", "msg_1", late), [SECRET], NOW)


@pytest.mark.parametrize("secrets", [[], [OTHER]])
def test_without_the_key_nothing_passes(secrets: list[str]) -> None:
    with pytest.raises(Unsigned, match="fits no key"):
        verify(b"{}", signed(SECRET, b"{}", "msg_1", NOW), secrets, NOW)


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "nan", "inf", " 1", "1.5", "１２３", "9" * 13])
def test_a_timestamp_is_whole_seconds(stamp: str) -> None:
    headers = signed(SECRET, b"{}", "msg_1", NOW) | {"webhook-timestamp": stamp}
    with pytest.raises(Unsigned):
        verify(b"{}", headers, [SECRET], NOW)


@pytest.mark.parametrize("id", ["", " ", "a b", "a\nb", "x" * 201, "é", "\x00"])
def test_an_id_is_printable_and_short(id: str) -> None:
    with pytest.raises(Unsigned):
        webhook_id({"webhook-id": id})


def test_bytes_that_are_no_text_are_unsigned() -> None:
    with pytest.raises(Unsigned, match="UTF-8"):
        verify(b"\xff", signed(SECRET, b"{}", "msg_1", NOW), [SECRET], NOW)


def test_a_naive_time_signs_nothing() -> None:
    with pytest.raises(ValueError, match="no zone"):
        signed(SECRET, b"{}", "msg_1", NOW.replace(tzinfo=None))

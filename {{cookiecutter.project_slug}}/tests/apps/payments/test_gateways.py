"""Payment gateways: the sandbox, and Stripe through its protocol."""

import socket
import sys
from typing import Any

import pytest
import stripe as stripe_library
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from apps.payments.gateways import get_gateway, sandbox
from apps.payments.gateways.base import DeclinedError, GatewayUnavailableError, RefusedError
from tests.apps.payments.making import ACCOUNT, CARD
from tests.apps.payments.servers import (
    ASKING_CARD,
    DECLINED_CARD,
    GATEWAY,
    PROCESSING,
    SECRET_KEY,
    StripeServer,
    stripe_error,
)
from tests.support.serving import Answer
from tests.support.waiting import wait_until


def charge(key: str = "key", card: str = CARD, amount: int = 4900) -> str:
    return get_gateway().charge(key=key, card=card, amount=amount, currency="EUR")


def pay_out(key: str = "key") -> str:
    return get_gateway().pay_out(key=key, account=ACCOUNT, amount=4900, currency="EUR")


def found(check: str) -> list[str]:
    """What a system check has found."""
    return [each.msg for each in run_checks() if each.id == check]


def test_the_sandbox_knows_a_key_again() -> None:
    assert charge("one") == charge("one") != charge("two")
    assert pay_out("one") == pay_out("one") != pay_out("two")


def test_a_card_of_the_sandbox_says_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SLOWNESS", 0.01)

    assert charge(card=sandbox.SLOW) == charge()
    with pytest.raises(DeclinedError, match=r"Your card was declined\."):
        charge(card=sandbox.DECLINED)
    with pytest.raises(GatewayUnavailableError):
        charge(card=sandbox.UNAVAILABLE)


def test_stripe_is_asked_for_the_charge(stripe_here: StripeServer) -> None:
    assert charge("one") == charge("one") == "pi_1"
    assert charge("two") == "pi_2"

    assert stripe_here.calls == {"one": 2, "two": 1}
    assert stripe_here.charges["one"] == {
        "amount": "4900",
        "currency": "eur",
        "payment_method": CARD,
        "confirm": "true",
        "allowed_payment_method_types[0]": "card",
        "error_on_requires_action": "true",
        "metadata[payment]": "one",
    }


def test_stripe_is_asked_for_the_transfer(stripe_here: StripeServer) -> None:
    assert pay_out("one") == pay_out("one") == "tr_1"

    assert stripe_here.transfers == {
        "one": {
            "amount": "4900",
            "currency": "eur",
            "destination": ACCOUNT,
            "metadata[payout]": "one",
        }
    }


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (DECLINED_CARD, "Your card was declined."),
        (ASKING_CARD, "Your card requires authentication."),
    ],
)
def test_what_stripe_says_about_a_card_is_for_its_owner(
    stripe_here: StripeServer, card: str, reason: str
) -> None:
    with pytest.raises(DeclinedError) as declined:
        charge(card=card)

    assert str(declined.value) == reason
    assert not stripe_here.charges


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (stripe_error(409, "idempotency_error", "idempotency_key_in_use"), GatewayUnavailableError),
        (stripe_error(429, "invalid_request_error", "lock_timeout"), GatewayUnavailableError),
        (stripe_error(429, "invalid_request_error", "rate_limit"), GatewayUnavailableError),
        (stripe_error(500, "api_error"), GatewayUnavailableError),
        ((502, b"<html>"), GatewayUnavailableError),
        (stripe_error(503, "api_error"), GatewayUnavailableError),
        (stripe_error(400, "invalid_request_error"), stripe_library.InvalidRequestError),
        (stripe_error(400, "invalid_request_error", "balance_insufficient"), RefusedError),
        (stripe_error(400, "idempotency_error"), stripe_library.IdempotencyError),
        (stripe_error(401, "invalid_request_error"), stripe_library.AuthenticationError),
        (stripe_error(403, "invalid_request_error"), stripe_library.PermissionError),
        ((404, b"<html>"), stripe_library.APIError),
        ((302, b""), GatewayUnavailableError),
        ((200, b"<html>"), GatewayUnavailableError),
        ((200, PROCESSING), GatewayUnavailableError),
    ],
)
def test_what_follows_from_stripes_answer(
    stripe_here: StripeServer, answer: Answer, error: type[Exception]
) -> None:
    stripe_here.outage = answer

    with pytest.raises(error) as raised:
        charge()

    assert raised.type is error
    assert stripe_here.calls == {"key": 1}


def test_stripe_says_the_same_again_to_a_key_and_not_to_the_next(
    stripe_here: StripeServer,
) -> None:
    stripe_here.has_balance = False
    for _ in range(2):
        with pytest.raises(DeclinedError):
            charge("declined", DECLINED_CARD)
        with pytest.raises(RefusedError, match="Insufficient funds"):
            pay_out("refused")
        # By now both could be had.
        stripe_here.declined.clear()
        stripe_here.has_balance = True

    assert (charge("next", DECLINED_CARD), pay_out("next too")) == ("pi_1", "tr_1")


def test_a_500_of_stripes_stays_one(stripe_here: StripeServer) -> None:
    stripe_here.breakdown = stripe_error(500, "api_error")
    for _ in range(2):
        with pytest.raises(GatewayUnavailableError, match="500"):
            charge()
        stripe_here.breakdown = None

    assert len(stripe_here.charges) == 1


def test_another_request_with_the_same_key_is_our_fault(stripe_here: StripeServer) -> None:
    charge(amount=4900)

    with pytest.raises(stripe_library.IdempotencyError):
        charge(amount=1)


@pytest.mark.parametrize("hangs", [False, True])
def test_a_stripe_that_does_not_answer_may_later(
    stripe_here: StripeServer, settings: Any, hangs: bool
) -> None:
    settings.STRIPE_TIMEOUT = 0.3
    settings.PAYMENT_RETRY_SECONDS = 77
    with socket.socket() as service:
        service.bind(("127.0.0.1", 0))
        if hangs:
            service.listen()
        settings.STRIPE_URL = f"http://127.0.0.1:{service.getsockname()[1]}"

        with pytest.raises(GatewayUnavailableError, match="did not answer") as unavailable:
            charge()

    assert unavailable.value.retry_after == 77


def test_an_answer_that_was_too_late_comes_again(stripe_here: StripeServer, settings: Any) -> None:
    settings.STRIPE_TIMEOUT = 0.3
    stripe_here.answering.clear()
    with pytest.raises(GatewayUnavailableError, match="did not answer"):
        charge()
    settings.STRIPE_TIMEOUT = 20
    with pytest.raises(GatewayUnavailableError, match="409"):
        charge()
    stripe_here.answering.set()
    wait_until(lambda: not stripe_here.is_busy)

    assert charge() == "pi_1"
    assert len(stripe_here.charges) == 1


def test_a_charge_whose_answer_was_spoilt_is_found_again(stripe_here: StripeServer) -> None:
    charge()
    stripe_here.outage = (200, b"<html>")
    with pytest.raises(GatewayUnavailableError):
        charge()
    stripe_here.outage = None

    assert charge() == "pi_1"
    assert len(stripe_here.charges) == 1


def test_the_sandbox_can_be_had() -> None:
    assert found("payments.E001") == []


def test_production_is_told_that_the_sandbox_charges_nobody(settings: Any) -> None:
    assert found("payments.W001") == []

    settings.IN_PRODUCTION = True
    assert len(found("payments.W001")) == 1


def test_stripe_without_its_key_is_told_at_the_start(settings: Any) -> None:
    settings.PAYMENT_GATEWAY = GATEWAY

    (error,) = found("payments.E001")

    assert "needs STRIPE_SECRET_KEY" in error


def test_a_gateway_that_is_none_is_told_at_the_start(settings: Any) -> None:
    settings.PAYMENT_GATEWAY = "apps.payments.gateways.nonsense.Gateway"

    (error,) = found("payments.E001")

    assert "PAYMENT_GATEWAY" in error


def test_an_extra_that_is_not_installed_is_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAYMENT_GATEWAY = GATEWAY
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    monkeypatch.delitem(sys.modules, "apps.payments.gateways.stripe", raising=False)
    monkeypatch.setitem(sys.modules, "stripe", None)

    with pytest.raises(ImproperlyConfigured, match="uv sync --extra stripe"):
        get_gateway()

"""A broker that is away costs a moment, once."""

import pytest
import redis
from amqp import AccessRefused, RecoverableConnectionError
from amqp.exceptions import MessageNacked
from celery.exceptions import QueueNotFound
from django.db import transaction
from kombu.exceptions import ConnectionLimitExceeded, EncodeError, OperationalError

from background.dispatch import dispatch
from background.errors import BrokerUnavailableError
from background.models import Work
from background.publishing import CircuitBreaker, Message, publish
from background.registry import Registration, register, registration_for
from tests.sample.models import Parcel, Run
from tests.sample.tasks import break_down


def test_a_broker_that_is_away_is_one_clear_error(broker_away: None) -> None:
    with pytest.raises(
        BrokerUnavailableError, match=r"did not take tests\.sample\.tasks\.break_down"
    ):
        publish(Message(break_down, ["never"]))


def test_after_a_failure_the_broker_is_left_alone(
    broker_away: None, closed_breaker: CircuitBreaker
) -> None:
    with pytest.raises(BrokerUnavailableError):
        publish(Message(break_down, ["never"]))

    assert closed_breaker.is_open
    with pytest.raises(BrokerUnavailableError, match="left alone for now"):
        publish(Message(break_down, ["never"]))


@pytest.mark.parametrize(
    ("args", "options", "error"),
    [
        ([object()], {}, EncodeError),
        (["one", "too many"], {}, TypeError),
        (["some name"], {"queue": "mistyped"}, QueueNotFound),
    ],
)
def test_a_message_that_no_broker_would_take_is_the_callers_error(
    closed_breaker: CircuitBreaker,
    args: list[object],
    options: dict[str, str],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        publish(Message(break_down, args, {}, options))

    assert not closed_breaker.is_open


@pytest.mark.parametrize(
    "options",
    [
        {"serializer": "mistyped"},
        {"compression": "mistyped"},
        {"delivery_mode": "mistyped"},
        {"expiration": "mistyped"},
    ],
    ids=str,
)
def test_an_option_that_can_not_be_served_is_no_fault_of_the_brokers(
    closed_breaker: CircuitBreaker, options: dict[str, str]
) -> None:
    with pytest.raises(Exception, match="mistyped") as raised:
        publish(Message(break_down, ["some name"], {}, options))

    assert not isinstance(raised.value, BrokerUnavailableError)
    assert not closed_breaker.is_open


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("Connection refused"),
        ConnectionLimitExceeded(10),
        ConnectionResetError("Connection reset by peer"),
        TimeoutError("timed out"),
        RecoverableConnectionError("connection already closed"),
        MessageNacked(),
        AccessRefused("Login was refused"),
        redis.exceptions.TimeoutError("Timeout reading from socket"),
        redis.exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'"),
        redis.exceptions.ReadOnlyError("You can't write against a read only replica"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_broker_that_is_away_hung_or_full_is_left_alone(
    closed_breaker: CircuitBreaker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(break_down, "apply_async", fail)

    with pytest.raises(BrokerUnavailableError):
        publish(Message(break_down, ["never"]))
    assert closed_breaker.is_open


@pytest.mark.django_db(transaction=True)
def test_a_row_commits_while_the_broker_is_away(broker_away: None) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.create()
        dispatch(parcel)

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.PENDING
    assert parcel.due_at


def test_a_model_without_a_task_is_told_how_to_get_one() -> None:
    with pytest.raises(LookupError, match="declare one with @work_task"):
        registration_for(Run)  # type: ignore[arg-type]


def test_a_model_has_one_task() -> None:
    known = registration_for(Parcel)

    with pytest.raises(ValueError, match="a model has one task"):
        register(
            Registration(
                label="sample.Parcel",
                handler=known.handler,
                task=break_down,
                max_retries=0,
                retry_delay=1,
                on_failure=None,
            )
        )

"""The sent log: each effect is had by one, whoever tries and however often."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.utils import timezone

from background import send_once as sent_log
from background.errors import TransientError
from background.models import Sending
from background.send_once import Key, send_once, take
from background.tasks import prune_sent_log
from tests.support.threads import in_threads
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

KEY = Key("parcel", "parcel:1", "ann@example.org")


def keys(count: int) -> list[Key]:
    return [Key("parcel", f"parcel:{number}", "ann@example.org") for number in range(count)]


def take_alone(wanted: list[Key]) -> set[Key]:
    with transaction.atomic():
        return take(wanted)


def test_a_key_is_taken_once() -> None:
    assert take_alone(keys(3)) == set(keys(3))
    assert take_alone(keys(5)) == set(keys(5)) - set(keys(3))
    assert take_alone(keys(5)) == set()


def test_a_key_named_twice_is_one_key() -> None:
    assert take_alone([KEY, KEY]) == {KEY}


def test_a_rollback_gives_the_keys_back() -> None:
    with transaction.atomic():
        take(keys(3))
        transaction.set_rollback(True)

    assert take_alone(keys(3)) == set(keys(3))


def test_many_keys_cost_no_more_queries_than_one(django_assert_num_queries: Any) -> None:
    for count in (1, 200):
        with transaction.atomic(), django_assert_num_queries(2):
            take(keys(count))


def test_keys_are_not_taken_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError, match=r"open transaction\.atomic\(\)"):
        take([KEY])


def test_of_several_at_once_each_key_is_had_by_one() -> None:
    def take_shuffled(number: int) -> set[Key]:
        wanted = keys(50)
        return take_alone(wanted if number % 2 else wanted[::-1])

    taken = in_threads(take_shuffled, 4)

    assert sorted(key for each in taken for key in each) == sorted(keys(50))


def test_what_was_sent_is_not_sent_again() -> None:
    ids: list[UUID] = []

    assert send_once(KEY, ids.append) is True
    assert send_once(KEY, ids.append) is False

    sending = Sending.objects.get()
    assert ids == [sending.pk]
    assert sending.sent_at


def test_an_error_gives_the_claim_back_and_keeps_the_id() -> None:
    ids: list[UUID] = []

    def fail(sending_id: UUID) -> None:
        ids.append(sending_id)
        raise ConnectionError("The mail server is away")

    with pytest.raises(ConnectionError):
        send_once(KEY, fail)
    assert send_once(KEY, ids.append)

    assert ids[0] == ids[1]


def test_while_somebody_sends_it_others_are_told_to_come_back() -> None:
    begun, finish = threading.Event(), threading.Event()

    def send_slowly(sending_id: UUID) -> None:
        begun.set()
        assert finish.wait(PATIENCE)

    def try_to_send(number: int) -> bool:
        if number == 0:
            return send_once(KEY, send_slowly)
        assert begun.wait(PATIENCE)
        try:
            with pytest.raises(TransientError, match="Somebody else is sending it") as busy:
                send_once(KEY, pytest.fail)
        finally:
            finish.set()
        assert 0 < busy.value.retry_after <= settings.SENDING_CLAIM_SECONDS
        return False

    assert in_threads(try_to_send, 2) == [True, False]


def test_of_several_that_send_at_once_one_does() -> None:
    ids: list[UUID] = []

    def try_to_send(number: int) -> bool:
        try:
            return send_once(KEY, ids.append)
        except TransientError:
            return False

    assert sorted(in_threads(try_to_send, 4)) == [False, False, False, True]
    assert len(ids) == 1


def test_what_was_sent_is_noted_when_the_lock_is_gone_that_was_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids: list[UUID] = []
    locks = [OperationalError("database is locked")] * 2

    def meet_a_lock(step: Callable[[], object]) -> object:
        if locks:
            raise locks.pop()
        return step()

    monkeypatch.setattr(sent_log, "PAUSE", 0)
    monkeypatch.setattr(sent_log, "patiently", meet_a_lock)

    assert send_once(KEY, ids.append)

    assert (len(ids), locks) == (1, [])
    assert not send_once(KEY, ids.append)


def test_the_claim_of_a_dead_process_runs_out_and_the_id_stays() -> None:
    ids: list[UUID] = []
    past = timezone.now() - timedelta(seconds=1)
    claimed = Sending.objects.create(
        kind=KEY.kind, object=KEY.object, recipient=KEY.recipient, claimed_until=past
    )

    assert send_once(KEY, ids.append)

    assert ids == [claimed.pk]


def test_nothing_is_sent_inside_a_transaction() -> None:
    with (
        transaction.atomic(),
        pytest.raises(TransactionManagementError, match="what may be rolled back"),
    ):
        send_once(KEY, pytest.fail)


def test_the_sent_log_is_read_and_not_written_in_the_admin(admin_client: Client) -> None:
    take_alone([KEY, Key("other", "parcel:1", "bob@example.org")])
    sending = Sending.objects.get(kind="parcel")
    log = "/admin/background/sending/"

    found = admin_client.get(log, {"kind": "parcel", "q": "ann@"}).content.decode()

    assert "1 sending" in found
    assert admin_client.get(f"{log}{sending.pk}/change/").status_code == 200
    for page in ("add/", f"{sending.pk}/delete/"):
        assert admin_client.get(f"{log}{page}").status_code == 403


def test_what_was_sent_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("background.tasks.BATCH", 2)
    take_alone(keys(6))
    young = Sending.objects.get(object="parcel:5")
    long_ago = timezone.now() - timedelta(days=settings.SENT_LOG_DAYS + 1)
    Sending.objects.exclude(pk=young.pk).update(created_at=long_ago)

    prune_sent_log()

    assert list(Sending.objects.all()) == [young]

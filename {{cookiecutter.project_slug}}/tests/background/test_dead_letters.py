"""Dead letters, read and replayed in the admin."""

import html
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from background import dead_letters
from background.models import DeadLetter, TaskCall, Work
from background.tasks import prune_dead_letters
from tests.sample.models import Parcel, Run
from tests.support.processes import Process
from tests.support.threads import in_threads
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/background/deadletter/"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("admin@example.com", "secret"))
    return client


def replay(staff: Client, *letters: DeadLetter) -> str:
    data = {"action": "replay", "_selected_action": [letter.pk for letter in letters]}
    return staff.post(LIST, data, follow=True).content.decode()


def letter_of(task: str, *args: object, work_id: UUID | None = None) -> DeadLetter:
    try:
        raise ZeroDivisionError("It broke")
    except ZeroDivisionError as error:
        return DeadLetter.record(work_id or uuid4(), f"tests.sample.tasks.{task}", args, {}, error)


def test_a_letter_shows_task_arguments_and_traceback(staff: Client) -> None:
    letter = letter_of("break_down", "some name")

    page = staff.get(f"{LIST}{letter.pk}/change/").content.decode()

    assert "tests.sample.tasks.break_down" in page
    assert "some name" in page
    assert "ZeroDivisionError: It broke" in page
    assert "\n    raise ZeroDivisionError" in page


def test_letters_are_found_by_task_and_by_whether_they_were_replayed(staff: Client) -> None:
    letter = letter_of("break_down")
    replayed = letter_of("break_down")
    failed_again = letter_of("break_down")
    now = timezone.now()
    DeadLetter.objects.filter(pk=replayed.pk).update(replayed_at=now)
    DeadLetter.objects.filter(pk=failed_again.pk).update(
        replayed_at=now, failed_at=now + timedelta(seconds=1)
    )
    letter_of("stumble_then_run")

    for state, found in {"open": [letter, failed_again], "done": [replayed]}.items():
        answer = staff.get(LIST, {"task__exact": letter.task, "state": state})

        assert sorted(each.pk for each in answer.context["cl"].result_list) == [
            each.pk for each in found
        ]
        assert ('"field-state">replayed<' in answer.content.decode()) == (state == "done")


def test_a_replayed_task_runs_again(staff: Client, worker: Process) -> None:
    letter = letter_of("stumble_then_run", "replayed", 0)

    assert "1 of 1 replayed" in replay(staff, letter)

    wait_until(lambda: Run.objects.filter(name="replayed").exists())
    letter.refresh_from_db()
    assert letter.replays == 1


def test_a_replayed_row_starts_afresh(staff: Client, worker: Process) -> None:
    parcel = Parcel.objects.create(status=Work.Status.FAILED, attempts=4, failures=4, due_at=None)

    replay(staff, letter_of("deliver", str(parcel.pk), 4, work_id=parcel.pk))

    wait_until(lambda: Parcel.objects.filter(pk=parcel.pk, status=Work.Status.COMPLETE).exists())
    parcel.refresh_from_db()
    assert (parcel.attempts, parcel.failures) == (5, 0)


def test_what_would_have_expired_by_now_is_replayed_all_the_same(
    staff: Client, worker: Process
) -> None:
    task, an_hour_ago = "tests.sample.tasks.stumble_then_run", timezone.now() - timedelta(hours=1)
    call = TaskCall.objects.create(
        task=task, args=["late", 0], status=Work.Status.FAILED, due_at=None, expires_at=an_hour_ago
    )

    replay(staff, letter_of("stumble_then_run", "late", 0, work_id=call.pk))

    wait_until(lambda: not TaskCall.objects.exists())
    assert Run.objects.filter(name="late").exists()


def test_what_a_replay_has_done_is_not_replayed_again(staff: Client, worker: Process) -> None:
    letter = letter_of("stumble_then_run", "once", 0)
    replay(staff, letter)
    wait_until(lambda: Run.objects.exists() and not TaskCall.objects.exists())

    page = replay(staff, letter)

    assert "was replayed already" in page
    assert "0 of 1 replayed" in page
    assert not TaskCall.objects.exists()


@pytest.mark.usefixtures("broker")
def test_of_two_replays_at_the_same_moment_one_is_done() -> None:
    letter = letter_of("stumble_then_run", "once", 0)

    def try_to_replay(_: int) -> str:
        try:
            dead_letters.replay(letter)
        except LookupError as error:
            return str(error)
        return "replayed"

    assert in_threads(try_to_replay, 2).count("replayed") == 1
    letter.refresh_from_db()
    assert letter.replays == 1


def test_a_row_that_came_to_an_expected_end_is_replayed_again(staff: Client) -> None:
    parcel = Parcel.objects.create(status=Work.Status.FAILED, due_at=None)
    letter = letter_of("deliver", str(parcel.pk), 1, work_id=parcel.pk)
    DeadLetter.objects.update(replayed_at=timezone.now())

    assert "1 of 1 replayed" in replay(staff, letter)


def test_of_several_letters_those_are_replayed_that_can_be(staff: Client, worker: Process) -> None:
    names = ["first", "second"]
    letters = [letter_of("stumble_then_run", name, 0) for name in names]

    page = replay(staff, *letters, letter_of("long_forgotten"))

    assert "No task is named" in page
    assert "2 of 3 replayed" in page
    wait_until(lambda: Run.objects.filter(name__in=names).count() == 2)


def test_who_may_only_read_letters_replays_none() -> None:
    reader = get_user_model().objects.create_user("ann@example.com", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_deadletter"))
    client = Client()
    client.force_login(reader)
    letter = letter_of("break_down")

    page = replay(client, letter)

    assert "It broke" in page
    assert "Replay selected" not in page
    letter.refresh_from_db()
    assert letter.replays == 0


def test_a_row_that_is_done_by_now_is_not_replayed(staff: Client) -> None:
    parcel = Parcel.objects.create(status=Work.Status.COMPLETE)

    page = replay(staff, letter_of("deliver", str(parcel.pk), 1, work_id=parcel.pk))

    assert "is COMPLETE, so it is not replayed" in page
    assert "0 of 1 replayed" in page


def test_a_task_that_is_gone_is_named(staff: Client) -> None:
    assert "No task is named" in replay(staff, letter_of("long_forgotten"))


def test_arguments_that_the_task_does_not_take_are_told(staff: Client) -> None:
    page = html.unescape(replay(staff, letter_of("break_down", "one", "too many")))

    assert "break_down can't be replayed: break_down() takes 1 positional argument" in page
    assert "0 of 1 replayed" in page


def test_a_row_that_is_gone_is_named(staff: Client) -> None:
    page = replay(staff, letter_of("deliver", str(uuid4()), 4))

    assert "nothing to replay: its row is gone" in html.unescape(page)


def test_a_replay_that_fails_again_is_told_on_the_same_letter(
    staff: Client, worker: Process
) -> None:
    letter = letter_of("break_down", "still broken")

    for times in (2, 3):
        replay(staff, letter)
        wait_until(lambda times=times: DeadLetter.objects.filter(failures=times).exists())

    letter.refresh_from_db()
    assert (DeadLetter.objects.count(), letter.replays) == (1, 2)


def test_old_letters_are_forgotten() -> None:
    old, young = letter_of("break_down", "old"), letter_of("break_down", "young")
    DeadLetter.objects.filter(pk=old.pk).update(failed_at=timezone.now() - timedelta(days=91))

    prune_dead_letters()

    assert list(DeadLetter.objects.all()) == [young]

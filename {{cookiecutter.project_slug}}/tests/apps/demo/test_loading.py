"""`manage.py load_demo`: all or nothing, once, in development, and without a mail."""

import pytest
from django.conf import settings as project
from django.core.management.base import CommandError
from pytest_django import Settings
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.applications.models import Application
from apps.demo import people
from apps.jobs.models import Job
from apps.notifications.models import MailDelivery
from apps.resumes.models import Resume
from background import dead_letters
from background.models import DeadLetter
from background.recovery import recover
from operations.servers.ports import free_port
from tests.apps.demo.conftest import Load
from tests.apps.resumes.conftest import stored_files
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.waiting import wait_until

LOGINS = [people.ADMIN, people.EMPLOYER, people.SEEKER]


def numbers() -> list[int]:
    """How many rows there are of the main kinds."""
    return [model.objects.count() for model in (User, Job, Resume, Application)]


def is_all_done() -> bool:
    """Let recovery look once; whether no resume is still to be worked on."""
    recover()
    return not Resume.objects.filter(status__in=["PENDING", "PROCESSING"]).exists()


def test_it_says_who_can_log_in(demo: str, anonymous: APIClient) -> None:
    assert people.PASSWORD in demo
    for email in LOGINS:
        assert email in demo
        login = {"email": email, "password": people.PASSWORD}
        assert anonymous.post("/api/v1/auth/login/", login).json()["token"]
    assert User.objects.get(email=people.ADMIN).is_superuser


def test_the_start_page_says_the_same() -> None:
    text = project.START_PAGE_COMMANDS["uv run manage.py load_demo"]

    assert people.PASSWORD in text
    assert all(email in text for email in LOGINS)


def test_running_it_again_changes_nothing(demo: str, load: Load) -> None:
    before, files = numbers(), stored_files()

    said = load()

    assert "there already" in said
    assert people.PASSWORD in said
    assert (numbers(), stored_files()) == (before, files)


def test_what_waits_is_worked_on_and_no_mail_goes_out(
    worker: Process, load: Load, mailbox: Mailbox
) -> None:
    load()

    # Those that wait need their messages alone, and the one whose process is gone needs recovery.
    wait_until(lambda: Resume.objects.filter(status="COMPLETE").count() == 43)
    assert Resume.objects.filter(status="PROCESSING").count() == 1
    wait_until(is_all_done)
    dead_letters.replay(DeadLetter.objects.get())
    wait_until(is_all_done)

    assert set(Resume.objects.values_list("status", flat=True)) == {Resume.Status.COMPLETE}
    assert not Resume.objects.filter(parsed_data=None).exists()
    assert Resume.objects.filter(crashes=1).count() == 1
    assert mailbox.mails == []
    assert not MailDelivery.objects.exists()


@pytest.mark.django_db
def test_it_is_not_for_production(load: Load, settings: Settings) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="everybody knows"):
        load()

    assert numbers() == [0, 0, 0, 0]


@pytest.mark.django_db
def test_nothing_is_left_when_an_address_is_taken(load: Load) -> None:
    User.objects.create_user(people.ADMIN, "my own password")
    files = stored_files()

    with pytest.raises(CommandError, match=r"^admin@example\.com .* delete that user"):
        load()

    assert numbers() == [1, 0, 0, 0]
    assert stored_files() == files


@pytest.mark.django_db
def test_without_redis_it_says_what_to_start(load: Load, settings: Settings) -> None:
    settings.REDIS_DATA_URL = f"redis://127.0.0.1:{free_port()}/5"

    with pytest.raises(CommandError, match=r"Redis does not answer.*manage\.py dev"):
        load()

    assert numbers() == [0, 0, 0, 0]

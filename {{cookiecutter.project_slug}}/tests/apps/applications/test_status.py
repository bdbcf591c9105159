"""An application's answers: what may follow what, and how the seeker hears of it."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from django.db import connection
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.applications import services
from apps.applications.models import Application
from apps.applications.tasks import send_status_change_notification
from apps.jobs.models import Job
from apps.notifications.models import Notification
from tests.apps.applications.making import APPLICATIONS, make_application
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.notifications.browser import hear, open_page
from tests.conftest import CaptureDispatch
from tests.support.mailbox import Mailbox
from tests.support.waiting import wait_until

WAY = ["REVIEWED", "INTERVIEW_SCHEDULED", "OFFERED", "HIRED"]


@pytest.fixture
def application(job: Job, seeker: User) -> Application:
    """An application that waits for its answer."""
    return make_application(job, seeker)


def answer(client: APIClient, application: Application, status: str) -> int:
    """The HTTP status of an employer's answer."""
    response = client.patch(f"{APPLICATIONS}{application.pk}/", {"status": status})
    return int(response.status_code)


def test_an_application_goes_its_way_step_by_step(
    employers_client: APIClient, application: Application
) -> None:
    for status in WAY:
        assert answer(employers_client, application, status) == 200
        application.refresh_from_db()
        assert application.status == status


@pytest.mark.parametrize("number", range(4))
def test_it_can_be_rejected_as_long_as_nothing_is_decided(
    employers_client: APIClient, application: Application, number: int
) -> None:
    for status in WAY[:number]:
        answer(employers_client, application, status)

    assert answer(employers_client, application, "REJECTED") == 200


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("PENDING", "HIRED"),
        ("PENDING", "OFFERED"),
        ("PENDING", "PENDING"),
        ("PENDING", "WITHDRAWN"),
        ("REVIEWED", "REVIEWED"),
        ("OFFERED", "REVIEWED"),
        ("HIRED", "REJECTED"),
        ("REJECTED", "REVIEWED"),
        ("WITHDRAWN", "REVIEWED"),
        ("PENDING", "PROMOTED"),
    ],
)
def test_an_illegal_change_is_refused_and_nobody_told(
    employers_client: APIClient,
    application: Application,
    captured_dispatch: CaptureDispatch,
    start: str,
    status: str,
) -> None:
    Application.objects.update(status=start)

    with captured_dispatch() as sent:
        response = employers_client.patch(f"{APPLICATIONS}{application.pk}/", {"status": status})

    assert response.status_code == 400
    assert list(response.json()) == ["status"]
    assert Application.objects.get().status == start
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_refused(application: Application, employer: User) -> None:
    def change(_: int) -> str:
        try:
            services.change_status(Application.objects.get(), "REVIEWED", employer)
        except services.IllegalStatusChangeError:
            return "refused"
        finally:
            connection.close()
        return "changed"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(change, range(4))) == ["changed"] + ["refused"] * 3


@pytest.mark.usefixtures("worker")
def test_the_seekers_page_hears_of_it_within_a_second_and_no_others(
    web: str,
    employers_client: APIClient,
    application: Application,
    seeker: User,
    make_user: MakeUser,
) -> None:
    with open_page(web, seeker) as mine, open_page(web, make_user("seeker")) as other:
        answer(employers_client, application, "REVIEWED")
        hear(mine)

        started = monotonic()
        answer(employers_client, application, "INTERVIEW_SCHEDULED")
        event = hear(mine)

        assert monotonic() - started < 1
        assert event["type"] == "application.status"
        assert event["status"] == "INTERVIEW_SCHEDULED"
        assert event["application"] == application.pk
        with pytest.raises(TimeoutError):
            other.recv(timeout=0.2)


@pytest.mark.usefixtures("worker")
def test_the_seeker_gets_a_row_and_a_mail(
    employers_client: APIClient, application: Application, seeker: User, mailbox: Mailbox
) -> None:
    answer(employers_client, application, "REVIEWED")
    answer(employers_client, application, "REJECTED")

    mailbox.wait_for(to=seeker.email, subject="Your application was read")
    mailbox.wait_for(to=seeker.email, subject="Your application was rejected")
    notices = Notification.objects.filter(user=seeker).values_list("data__status", flat=True)
    assert sorted(notices) == ["REJECTED", "REVIEWED"]


@pytest.mark.usefixtures("worker")
def test_a_message_that_comes_twice_tells_once(
    employers_client: APIClient, application: Application, mailbox: Mailbox, seeker: User
) -> None:
    answer(employers_client, application, "REVIEWED")
    for _ in range(3):
        send_status_change_notification.delay(application.pk, "REVIEWED")
    send_status_change_notification.delay(application.pk, "REJECTED")

    mailbox.wait_for(to=seeker.email, subject="rejected")
    wait_until(lambda: mailbox.to(seeker.email, "read"))
    assert len(mailbox.to(seeker.email, "read")) == 1
    assert Notification.objects.count() == 2


@pytest.mark.usefixtures("worker")
def test_a_withdrawn_application_is_told_to_the_employer_in_the_app_alone(
    client: APIClient, application: Application, job: Job, mailbox: Mailbox
) -> None:
    response = client.post(f"{APPLICATIONS}{application.pk}/withdraw/")

    notice = wait_until(lambda: Notification.objects.first())
    assert response.json()["status"] == "WITHDRAWN"
    assert (notice.user, notice.kind) == (job.employer, "application.withdrawn")
    assert notice.body == "Sue Seeker is out of Python developer."
    assert client.post(f"{APPLICATIONS}{application.pk}/withdraw/").status_code == 400
    assert mailbox.mails == []


def test_only_the_employer_of_the_job_answers(
    client: APIClient, anonymous: APIClient, application: Application
) -> None:
    assert answer(client, application, "REVIEWED") == 403
    assert answer(anonymous, application, "REVIEWED") == 401
    assert Application.objects.get().status == "PENDING"


def test_somebody_elses_application_is_not_there(
    application: Application, make_user: MakeUser, client_of: ClientOf
) -> None:
    other = client_of(make_user("employer"))

    assert answer(other, application, "REVIEWED") == 404
    assert Application.objects.get().status == "PENDING"

"""Applying: answered at once, told to both sides, and counted exactly."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.applications.models import Application
from apps.applications.services import ACCEPTED_PER_USER
from apps.audit.models import AuditEntry
from apps.jobs import statistics
from apps.jobs.models import Job
from apps.notifications.models import Notification, Preferences
from apps.resumes.models import Resume
from tests.apps.applications.making import (
    APPLICATIONS,
    answers,
    make_application,
    make_resume,
)
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job, yesterday
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.waiting import wait_until


def apply_at_once(
    applicants: list[tuple[User, Resume]], client_of: ClientOf, job: Job
) -> list[int]:
    """What so many who apply for a job at the same time are answered."""

    def apply(applicant: tuple[User, Resume]) -> int:
        user, resume = applicant
        try:
            return int(client_of(user).post(APPLICATIONS, answers(job, resume)).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        return sorted(threads.map(apply, applicants))


def test_applying_answers_with_the_application(client: APIClient, job: Job, resume: Resume) -> None:
    response = client.post(APPLICATIONS, answers(job, resume))

    application = Application.objects.get()
    assert response.status_code == 201
    assert response.json()["id"] == application.pk
    assert response.json()["status"] == "PENDING"
    assert response.json()["job_title"] == job.title
    assert client.get(APPLICATIONS).json()["results"] == [response.json()]
    assert client.get(f"{APPLICATIONS}{application.pk}/").json() == response.json()


def test_the_seeker_gets_a_confirmation_and_the_employer_the_news(
    worker: Process,
    client: APIClient,
    job: Job,
    resume: Resume,
    mailbox: Mailbox,
) -> None:
    application = client.post(APPLICATIONS, answers(job, resume)).json()["id"]

    confirmation = mailbox.wait_for(to=resume.owner.email)
    news = mailbox.wait_for(to=job.employer.email)
    notice = wait_until(lambda: Notification.objects.first())
    assert confirmation["Subject"] == "Your application: Python developer"
    assert news["Subject"] == notice.title == "A new application"
    assert notice.body == "Sue Seeker applied for Python developer."
    assert notice.user == job.employer
    assert notice.data == {"application": application, "job": job.pk}
    wait_until(lambda: Job.objects.get().application_count == 1)
    wait_until(lambda: AuditEntry.objects.filter(action="application.made").exists())


@pytest.mark.usefixtures("worker")
def test_an_employer_who_wants_no_mail_gets_none(
    client: APIClient, job: Job, resume: Resume, mailbox: Mailbox, make_user: MakeUser
) -> None:
    Preferences.objects.create(user=job.employer, mail=False)
    other = make_job(make_user("employer"))

    client.post(APPLICATIONS, answers(job, resume))
    client.post(APPLICATIONS, answers(other, resume))

    mailbox.wait_for(to=other.employer.email)
    wait_until(lambda: Notification.objects.filter(user=job.employer).exists())
    assert not mailbox.to(job.employer.email)


def test_a_second_application_to_the_same_job_is_refused(
    client: APIClient, job: Job, resume: Resume
) -> None:
    client.post(APPLICATIONS, answers(job, resume))

    response = client.post(APPLICATIONS, answers(job, resume))

    assert response.status_code == 400
    assert response.json() == {"job": ["You have applied for this job already."]}
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_race_one_is_refused(
    seeker: User, resume: Resume, job: Job, client_of: ClientOf
) -> None:
    statuses = apply_at_once([(seeker, resume)] * 6, client_of, job)

    assert statuses == [201, 400, 400, 400, 400, 400]
    assert Application.objects.count() == 1
    assert statistics.applications(job.pk) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"status": "CLOSED"}, {"status": "EXPIRED"}, {"deadline": yesterday()}]
)
def test_a_job_that_is_over_takes_no_application(
    client: APIClient, employer: User, resume: Resume, fields: dict[str, Any]
) -> None:
    response = client.post(APPLICATIONS, answers(make_job(employer, **fields), resume))

    assert response.status_code == 400
    assert response.json() == {"job": ["This job takes no more applications."]}
    assert not Application.objects.exists()


def test_somebody_elses_resume_looks_like_one_that_is_not_there(
    client: APIClient, job: Job, resume: Resume, make_user: MakeUser
) -> None:
    theirs = make_resume(make_user("seeker"))
    missing = answers(job, resume) | {"resume": str(uuid4())}

    refused = client.post(APPLICATIONS, answers(job, theirs))
    unknown = client.post(APPLICATIONS, missing)

    assert refused.status_code == unknown.status_code == 400
    assert (
        refused.json()["resume"][0].replace(str(theirs.pk), missing["resume"])
        == (unknown.json()["resume"][0])
    )
    assert not Application.objects.exists()


def test_a_resume_that_could_not_be_read_is_refused(
    client: APIClient, job: Job, seeker: User
) -> None:
    response = client.post(APPLICATIONS, answers(job, make_resume(seeker, status="FAILED")))

    assert response.status_code == 400
    assert list(response.json()) == ["resume"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job", 0),
        ("job", -1),
        ("job", 10**30),
        ("job", "one"),
        ("job", True),
        ("job", None),
        ("job", [1]),
        ("resume", "no uuid"),
        ("resume", 7),
        ("resume", {"id": 7}),
    ],
)
def test_a_bad_answer_is_a_field_error(
    client: APIClient, job: Job, resume: Resume, field: str, value: Any
) -> None:
    response = client.post(APPLICATIONS, answers(job, resume) | {field: value})

    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_only_seekers_apply(
    employers_client: APIClient, anonymous: APIClient, job: Job, resume: Resume
) -> None:
    assert employers_client.post(APPLICATIONS, answers(job, resume)).status_code == 403
    assert anonymous.post(APPLICATIONS, answers(job, resume)).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_the_eleventh_application_within_an_hour_has_to_wait(
    client: APIClient, employer: User, resume: Resume
) -> None:
    over = make_job(employer, status="CLOSED")
    jobs = [make_job(employer) for _ in range(11)]
    refused = client.post(APPLICATIONS, answers(over, resume))
    accepted = [client.post(APPLICATIONS, answers(job, resume)) for job in jobs[:10]]

    response = client.post(APPLICATIONS, answers(jobs[10], resume))

    # What was refused did not count.
    assert refused.status_code == 400
    assert {answer.status_code for answer in accepted} == {201}
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= ACCEPTED_PER_USER.seconds == 3600
    assert Application.objects.count() == 10
    assert statistics.applications(jobs[10].pk) == 0


@pytest.mark.usefixtures("worker")
def test_fifty_at_once_are_counted_exactly(
    job: Job, make_user: MakeUser, client_of: ClientOf
) -> None:
    seekers = [make_user("seeker") for _ in range(50)]
    applicants = [(seeker, make_resume(seeker)) for seeker in seekers]
    statistics.leading_employers()
    assert statistics.applications(job.pk) == 0

    statuses = apply_at_once(applicants, client_of, job)

    assert statuses == [201] * 50
    assert statistics.applications(job.pk) == 50
    assert statistics.leading_employers() == [(job.employer_id, 50)]
    wait_until(lambda: Job.objects.get().application_count == 50)


@pytest.mark.django_db(transaction=True)
def test_who_reads_the_count_right_after_the_commit_reads_it_right_later_too(
    client: APIClient, job: Job, resume: Resume, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    count = statistics.count_application

    def read_first(job_id: int, employer_id: int) -> None:
        seen.append(statistics.applications(job_id))
        seen.append(statistics.leading_employers()[0][1])
        count(job_id, employer_id)

    monkeypatch.setattr(statistics, "count_application", read_first)

    client.post(APPLICATIONS, answers(job, resume))

    assert seen == [1, 1]
    assert statistics.applications(job.pk) == 1
    assert statistics.leading_employers() == [(job.employer_id, 1)]


def test_one_sees_ones_own_applications_alone(
    client: APIClient, job: Job, make_user: MakeUser, employers_client: APIClient
) -> None:
    other = make_application(job, make_user("seeker"))
    address = f"{APPLICATIONS}{other.pk}/"

    assert client.get(APPLICATIONS).json()["count"] == 0
    assert client.get(address).status_code == 404
    assert client.post(f"{address}withdraw/").status_code == 404
    assert employers_client.get(address).status_code == 200

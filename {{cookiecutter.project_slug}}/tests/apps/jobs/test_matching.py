"""A new posting finds its seekers: a light task of the posting's transaction starts a chain."""

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs import services
from apps.jobs.matching import FLAG, matching_seekers
from apps.jobs.models import Job
from apps.notifications.models import Notification
from apps.resumes.models import Wishes
from background.models import TaskCall
from fastdata.models import FeatureFlag
from tests.apps.conftest import MakeUser
from tests.apps.jobs.postings import make_job, posting
from tests.support.waiting import wait_until

JOBS = "/api/v1/jobs/"


@pytest.fixture
def matching(db: None) -> None:
    """The feature, switched on."""
    FeatureFlag.objects.create(name=FLAG, enabled=True)


def wishing(make_user: MakeUser, *skills: str) -> User:
    """A seeker who wishes for these skills."""
    seeker = make_user("seeker")
    Wishes.objects.create(owner=seeker, skills=list(skills))
    return seeker


@pytest.mark.usefixtures("worker", "matching")
def test_seekers_hear_of_a_posting_that_is_for_them(client: APIClient, make_user: MakeUser) -> None:
    fits = wishing(make_user, "python", "celery")
    wishing(make_user, "Cobol")

    job = client.post(JOBS, posting()).json()

    notice = wait_until(lambda: Notification.objects.filter(kind="job.matching").first())
    assert (notice.user, notice.data) == (fits, {"job": job["id"]})
    assert notice.body == "Python developer, Berlin"


@pytest.mark.usefixtures("worker", "matching")
def test_a_posting_that_is_rolled_back_starts_nothing(
    employer: User, make_user: MakeUser, client: APIClient
) -> None:
    wishing(make_user, "Python")
    with transaction.atomic():
        services.post(employer, **posting(title="Never was"))
        transaction.set_rollback(True)

    client.post(JOBS, posting(title="Is"))

    notice = wait_until(lambda: Notification.objects.filter(kind="job.matching").first())
    assert notice.body == "Is, Berlin"
    wait_until(lambda: not TaskCall.objects.exists())
    assert Notification.objects.count() == 1


@pytest.mark.usefixtures("worker")
def test_without_the_feature_nobody_is_told(client: APIClient, make_user: MakeUser) -> None:
    wishing(make_user, "Python")
    client.post(JOBS, posting(title="Before"))
    FeatureFlag.objects.create(name=FLAG, enabled=True)

    client.post(JOBS, posting(title="After"))

    notice = wait_until(lambda: Notification.objects.filter(kind="job.matching").first())
    assert notice.body == "After, Berlin"


def test_those_whose_wishes_are_met_best_come_first(job: Job, make_user: MakeUser) -> None:
    half = wishing(make_user, "Python", "Haskell")
    most = wishing(make_user, "Python", "Celery", "Rust")
    all_of_it = wishing(make_user, "CELERY")
    wishing(make_user)

    found = matching_seekers(job.pk)

    assert found == [all_of_it.pk, most.pk]
    assert half.pk not in found


def test_a_posting_that_was_closed_meanwhile_is_for_nobody(
    employer: User, make_user: MakeUser
) -> None:
    wishing(make_user, "Python")

    assert matching_seekers(make_job(employer, status="CLOSED").pk) == []

"""What is on the board of the demo, and that it fits together."""

from collections import Counter

import pytest
from django.contrib import admin
from django.db.models import F
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import Profile, User
from apps.applications.models import Application
from apps.demo import people
from apps.jobs import matching, searches, statistics
from apps.jobs.models import Job, SearchQuery
from apps.notifications.models import Device, Notification, Preferences
from apps.resumes import scoring
from apps.resumes.models import Resume, VirusScan, Wishes
from apps.resumes.parsing.local import LocalParser
from background.models import DeadLetter
from fastdata import flags
from tests.apps.applications.making import make_application
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.demo.conftest import Load
from tests.apps.jobs.postings import make_job

JOBS = "/api/v1/jobs/"
LEADERBOARD = "/api/v1/employers/leaderboard/"


def test_there_is_something_of_everything(demo: str) -> None:
    roles = Counter(Profile.objects.values_list("role", flat=True))
    assert roles == {"employer": 12, "seeker": 40}
    assert (Job.objects.count(), Application.objects.count()) == (300, 400)
    assert set(Job.objects.values_list("status", flat=True)) == set(Job.Status)
    assert set(Application.objects.values_list("status", flat=True)) == set(Application.Status)
    assert Job.objects.active().filter(is_featured=True).count() == 8
    assert Job.objects.overdue().count() == 3
    assert Notification.objects.filter(read_at=None).exists()
    assert Notification.objects.exclude(read_at=None).exists()
    assert all(model.objects.exists() for model in (Device, Preferences, SearchQuery))
    assert flags.is_enabled(matching.FLAG)


def test_resumes_are_in_every_state_of_work(demo: str) -> None:
    statuses = Counter(Resume.objects.values_list("status", flat=True))
    assert statuses == {"COMPLETE": 40, "PENDING": 3, "PROCESSING": 1, "FAILED": 1}
    assert VirusScan.objects.filter(resume__status="PENDING", status="PENDING").count() == 3
    failed = Resume.objects.get(status="FAILED")
    assert DeadLetter.objects.get().args == [str(failed.pk), failed.attempts]


def test_what_is_known_of_a_resume_stands_in_its_file(demo: str) -> None:
    for resume in Resume.objects.filter(status="COMPLETE").select_related("owner__profile"):
        found = LocalParser().parse(resume)
        wishes = Wishes.objects.get(owner=resume.owner)
        assert vars(found) == resume.parsed_data
        assert (found.name, found.email) == (resume.owner.profile.full_name, resume.owner.email)
        assert found.phone
        assert found.skills
        assert found.years >= 2
        assert resume.match_score == scoring.match_score(
            skills=found.skills,
            years=found.years,
            wished_skills=wishes.skills,
            wished_years=wishes.years,
        )


def test_applications_were_possible_when_they_were_made(demo: str) -> None:
    early = Application.objects.filter(created_at__lt=F("job__created_at"))
    late = Application.objects.filter(created_at__gt=F("job__deadline"))
    unanswered = Application.objects.filter(updated_at__lt=F("created_at"))
    without_resume = Application.objects.exclude(resume__created_at__lt=F("created_at"))
    assert not (early | late | unanswered).exists()
    assert not without_resume.exists()
    assert not Application.objects.exclude(resume__owner=F("seeker")).exists()


def test_counts_agree_with_the_rows(demo: str, anonymous: APIClient) -> None:
    applications = Application.objects.values_list("job_id", "job__employer_id")
    by_job = Counter(job_id for job_id, _ in applications)
    by_employer = Counter(employer_id for _, employer_id in applications)

    stored = dict(Job.objects.values_list("pk", "application_count"))
    leaders = anonymous.get(LEADERBOARD).json()

    assert stored == {pk: by_job[pk] for pk in stored}
    assert [leader["applications"] for leader in leaders] == sorted(by_employer.values())[:1:-1]
    assert all(leader["applications"] == by_employer[leader["id"]] for leader in leaders)


def test_what_was_kept_before_shows_the_demo_too(
    load: Load, anonymous: APIClient, make_user: MakeUser
) -> None:
    job = make_job(make_user("employer", "Example Ltd"))
    make_application(job, make_user())
    assert len(anonymous.get(LEADERBOARD).json()) == 1
    assert anonymous.get(JOBS).json()["count"] == 1

    load()

    assert len(anonymous.get(LEADERBOARD).json()) == 10
    assert anonymous.get(JOBS).json()["count"] == Job.objects.active().count()


def test_looks_and_searches_are_remembered(demo: str) -> None:
    seen = Job.objects.active().order_by("created_at").first()
    new = Job.objects.active().order_by("created_at").last()
    assert seen
    assert new
    for job in (seen, new):
        assert statistics.unique_viewers(job.pk) == 4
        assert sum(statistics.views_by_day(job.pk).values()) == 4
    seeker = User.objects.get(email=people.SEEKER)
    texts = SearchQuery.objects.filter(user=seeker).values_list("text", flat=True)
    assert searches.recent(seeker.pk) == list(texts)


def test_notifications_are_as_old_as_what_they_tell(demo: str) -> None:
    news = Notification.objects.filter(kind="application.new")
    made = dict(Application.objects.values_list("pk", "created_at"))
    assert all(each.created_at == made[each.data["application"]] for each in news)
    assert not Notification.objects.filter(read_at__lt=F("created_at")).exists()


def test_every_list_of_the_admin_answers(demo: str) -> None:
    client = Client()
    client.force_login(User.objects.get(email=people.ADMIN))
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("email", [people.EMPLOYER, people.SEEKER])
def test_every_list_of_the_interface_answers(demo: str, client_of: ClientOf, email: str) -> None:
    client = client_of(User.objects.get(email=email))
    for address in (JOBS, LEADERBOARD, f"{JOBS}?q=python", f"{JOBS}featured/", f"{JOBS}searches/"):
        assert client.get(address).status_code == 200, address
    for name in ("applications", "notifications", "resumes"):
        assert client.get(f"/api/v1/{name}/").status_code == 200, name

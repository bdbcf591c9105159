"""The job board: a seeker who applied for an employer's job, and another job to apply for."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.notifications.models import Device, Notification
from apps.payments.models import PayoutAccount
from tests.api.example import Example
from tests.apps.applications.making import make_application, make_resume
from tests.apps.jobs.postings import make_job, posting
from tests.apps.payments.making import pay
from tests.apps.webhooks.making import make_subscription

API = "/api/v1"
EXAMPLES = [
    Example(
        "employer",
        "POST",
        f"{API}/jobs/",
        posting(),
        texts=("title", "description", "location", "skills"),
    ),
    Example(
        "employer",
        "PATCH",
        f"{API}/jobs/{{job_id}}/",
        posting(),
        texts=("title", "description", "location", "skills"),
    ),
    Example(
        "seeker",
        "POST",
        f"{API}/applications/",
        {"job": "{open_job_id}", "resume": "{resume_id}"},
    ),
    Example("employer", "PATCH", f"{API}/applications/{{application_id}}/", {"status": "REVIEWED"}),
    Example(
        "seeker",
        "PATCH",
        f"{API}/resumes/wishes/",
        {"skills": ["Python"], "years": 3},
        texts=("skills",),
    ),
    Example(
        "seeker",
        "PATCH",
        f"{API}/notifications/preferences/",
        {"in_app": True, "push": False, "mail": True, "sms": True, "phone": "+4930123456"},
    ),
    Example(
        "seeker", "POST", f"{API}/notifications/devices/", {"token": "a phone"}, texts=("token",)
    ),
    Example(
        "employer",
        "POST",
        f"{API}/webhooks/",
        {"url": "https://example.org/hook", "events": ["application.received"]},
    ),
    Example(
        "employer",
        "PATCH",
        f"{API}/webhooks/{{subscription_id}}/",
        {"url": "https://example.org/hook", "events": ["job.expired"], "is_active": False},
    ),
    Example(
        "employer",
        "POST",
        f"{API}/payments/",
        {"job": "{open_job_id}", "card": "pm_card_visa"},
        is_keyed=True,
    ),
    Example(
        "employer",
        "POST",
        f"{API}/payouts/",
        {"user": "{seeker_id}", "amount": 5000, "currency": "EUR", "reason": "Referral"},
        texts=("reason",),
        is_keyed=True,
    ),
]


def make_things(people: Mapping[str, User]) -> dict[str, Any]:
    """Make what belongs to the seeker and to the employer, who is one of the staff too."""
    seeker, employer = people["seeker"], people["employer"]
    employer.is_staff = True
    employer.save()
    PayoutAccount.objects.create(user=seeker, account="acct_1")
    job = make_job(employer)
    parsed = {"name": "Ann", "email": "", "phone": "", "skills": ["Python"], "years": 3.5}
    resume = make_resume(seeker, parsed_data=parsed)
    return {
        "application_id": make_application(job, seeker, resume=resume).pk,
        "device_id": Device.objects.create(user=seeker, token="phone").pk,
        "employer_id": employer.pk,
        "job_id": job.pk,
        "notification_id": Notification.objects.create(user=seeker, kind="tea.ready").pk,
        "open_job_id": make_job(employer).pk,
        "payment_id": pay(job).pk,
        "resume_id": resume.pk,
        "seeker_id": seeker.pk,
        "subscription_id": make_subscription(employer, "https://example.org/").pk,
    }

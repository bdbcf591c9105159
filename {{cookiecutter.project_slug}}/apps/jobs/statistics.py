"""Numbers about postings and employers, counted in Redis while people look and apply."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from apps.jobs.models import Job
from fastdata import counters, leaderboards, unique_counts

# How long the views of a day and the viewers of a posting are remembered.
VIEWS_SECONDS = 30 * 24 * 3600
VIEWERS_SECONDS = 90 * 24 * 3600
# Counts of applications are rebuilt from the database at least this often.
COUNT_SECONDS = 3600
DAYS_SHOWN = 7

LEADERBOARD_KEY = "leaderboard:employers:applications"
LEADERBOARD_LENGTH = 10


def views_key(job_id: int, day: date) -> str:
    """Where the views of a posting on a day are counted."""
    return f"views:job:{job_id}:{day.isoformat()}"


def viewers_key(job_id: int) -> str:
    """Where the different people who saw a posting are counted."""
    return f"viewers:job:{job_id}"


def application_count_key(job_id: int) -> str:
    """Where the applications to a posting are counted."""
    return f"job:{job_id}:application_count"


def count_view(job_id: int, visitor: str) -> None:
    """Count one look at a posting; `visitor` tells people apart and can't be read back."""
    counters.increment(views_key(job_id, timezone.localdate()), ttl=VIEWS_SECONDS)
    unique_counts.see(viewers_key(job_id), visitor, ttl=VIEWERS_SECONDS)


def views_by_day(job_id: int) -> dict[str, int]:
    """The views of a posting on each of the last days, by ISO date, today's last."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS_SHOWN))]
    views = counters.read_many([views_key(job_id, day) for day in days])
    return {day.isoformat(): number for day, number in zip(days, views, strict=True)}


def unique_viewers(job_id: int) -> int:
    """How many different people saw a posting, within one percent."""
    return unique_counts.count(viewers_key(job_id))


def expect_application(job_id: int) -> None:
    """Say that an application is about to be committed, inside its transaction."""
    counters.expect(application_count_key(job_id))
    leaderboards.expect(LEADERBOARD_KEY)


def count_application(job_id: int, employer_id: int) -> None:
    """Count an application after its commit, for its posting and for the employer."""
    counters.add(application_count_key(job_id))
    leaderboards.add(LEADERBOARD_KEY, str(employer_id))


def applications(job_id: int) -> int:
    """How many applications a posting has."""
    return counters.count(
        application_count_key(job_id),
        lambda: _applications_to(job_id),
        ttl=COUNT_SECONDS,
    )


def leading_employers() -> list[tuple[int, int]]:
    """The employers with most applications: id and number, most first."""
    leaders = leaderboards.top(
        LEADERBOARD_KEY, LEADERBOARD_LENGTH, _applications_by_employer, ttl=COUNT_SECONDS
    )
    return [(int(employer_id), number) for employer_id, number in leaders]


def store_application_count(job_id: int) -> None:
    """Write into a posting's row how many applications it has; in a transaction."""
    # Locked first and counted then: of two that count at once, the later one sees more.
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job:
        job.application_count = _applications_to(job_id)
        job.save(update_fields=["application_count"])


def _applications_to(job_id: int) -> int:
    return Job.objects.filter(pk=job_id, applications__isnull=False).count()


def _applications_by_employer() -> Mapping[str, int]:
    totals = (
        Job.objects.filter(applications__isnull=False)
        .values_list("employer_id")
        .annotate(total=Count("applications"))
        .order_by()
    )
    return {str(employer_id): total for employer_id, total in totals.iterator()}

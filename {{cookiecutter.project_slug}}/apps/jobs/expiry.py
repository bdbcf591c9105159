"""Closing postings whose deadline has passed."""

from apps.jobs.models import Job

# Rows in one transaction: few queries for many postings, and no lock held for long.
BATCH = 500


def expire_some() -> list[Job]:
    """Mark up to BATCH overdue postings EXPIRED, inside the caller's transaction.

    Those that another run has in hand are left to it.
    """
    overdue = Job.objects.overdue().select_for_update(skip_locked=True)
    jobs = list(overdue.order_by("pk").only("pk", "employer_id")[:BATCH])
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(status=Job.Status.EXPIRED)
    return jobs

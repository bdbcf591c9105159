"""The pages of applicants that an employer reads: cache first, and never stale.

The stamp of a job joins the keys of its pages. A new stamp makes all of them unreachable at once,
also one that is being computed from what was true a moment ago; they leave with their time.
"""

from collections.abc import Callable

from apps.paging import Page
from fastdata import cache, versions

APPLICANTS_SECONDS = 120


def applicants_key(job_id: int, page: int, employer_id: int, stamp: str) -> str:
    """Where a page of a job's applicants is kept, for the employer whose job it is."""
    return f"applications:job:{job_id}:page:{page}:employer:{employer_id}:version:{stamp}"


def stamp_name(job_id: int) -> str:
    """What the stamp of a job's pages is called."""
    return f"applications:job:{job_id}"


def applicants(job_id: int, page: int, employer_id: int, compute: Callable[[], Page]) -> Page:
    """A page of a job's applicants; without a cache it is computed."""
    stamp = versions.current(stamp_name(job_id))
    if stamp is None:
        return compute()
    key = applicants_key(job_id, page, employer_id, stamp)
    return cache.get_or_compute(key, compute, ttl=APPLICANTS_SECONDS)


def make_stale(job_id: int) -> None:
    """Make every page of a job stale, because an application to it is new or has changed."""
    versions.renew(stamp_name(job_id))

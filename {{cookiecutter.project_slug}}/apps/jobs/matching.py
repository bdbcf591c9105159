"""Which seekers a posting is for."""

from heapq import nlargest

from apps.jobs.models import Job
from apps.resumes.models import Wishes
from apps.resumes.scoring import match_score

# Of a posting's skills so many percent must be wished for, and so many seekers hear of it.
ENOUGH = 60
MOST = 50
FLAG = "job-matching"


def matching_seekers(job_id: int) -> list[int]:
    """The ids of the seekers whose wishes an active posting meets best, best first."""
    job = Job.objects.active().filter(pk=job_id).first()
    if job is None:
        return []
    wishes = Wishes.objects.filter(owner__is_active=True).exclude(skills=[])
    scores = (
        (match_score(skills=job.skills, years=0, wished_skills=skills, wished_years=0), owner_id)
        for owner_id, skills in wishes.values_list("owner_id", "skills").iterator(chunk_size=500)
    )
    best = nlargest(MOST, (pair for pair in scores if pair[0] >= ENOUGH))
    return [owner_id for _, owner_id in best]

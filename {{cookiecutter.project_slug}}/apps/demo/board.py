"""The whole board of the demo, loaded all or not at all."""

from random import Random

from django.db import transaction
from django.utils import timezone

from apps.demo import activity, applications, history, people, postings, resumes
from apps.jobs import cache, matching, statistics
from fastdata import leaderboards
from fastdata.models import FeatureFlag

# Every demo is the same one, apart from its dates.
SEED = 12


def load() -> dict[str, int]:
    """Load the demo; how many there are of what.

    What takes long comes before the transaction, and what is not a row after it. Raises
    people.AddressTakenError; then nothing was loaded.
    """
    random = Random(SEED)
    now = timezone.now()
    everybody = people.make_people(random, now)
    jobs = postings.make_jobs(random, everybody.employers, now)
    written = resumes.make_resumes(random, everybody, now)
    sent = applications.make_applications(random, jobs, written.read, now)
    with resumes.stored(written), transaction.atomic():
        people.save(everybody, random)
        resumes.save(written)
        history.insert(jobs)
        applications.save(sent)
        applications.tell_in_the_app(sent, now)
        activity.log(jobs, sent)
        activity.search(random, everybody.seekers, now)
        activity.look(random, jobs, everybody.seekers)
        _enable_matching()
        transaction.on_commit(_forget_what_was_before, robust=True)
    return {
        "employers": len(everybody.employers),
        "seekers": len(everybody.seekers),
        "postings": len(jobs),
        "resumes": len(list(written)),
        "applications": len(sent),
    }


def _enable_matching() -> None:
    description = "Seekers hear of new postings that are for them."
    FeatureFlag.objects.update_or_create(
        name=matching.FLAG, defaults={"enabled": True, "description": description}
    )


def _forget_what_was_before() -> None:
    cache.forget_lists()
    leaderboards.forget(statistics.LEADERBOARD_KEY)

"""Finding postings, and what a user searched for lately."""

from django.db.models import Q

from apps.jobs.models import Job, JobQuerySet
from fastdata import recent_lists

REMEMBERED = 10
REMEMBERED_SECONDS = 30 * 24 * 3600


def searches_key(user_id: int) -> str:
    """Where a user's last searches are kept."""
    return f"searches:user:{user_id}"


def remember(user_id: int, text: str) -> None:
    """Put a search in front of the user's last ones."""
    recent_lists.push(searches_key(user_id), text, length=REMEMBERED, ttl=REMEMBERED_SECONDS)


def recent(user_id: int) -> list[str]:
    """A user's last searches, newest first."""
    return recent_lists.read(searches_key(user_id))


def find(text: str) -> JobQuerySet:
    """The active postings in which every word stands somewhere."""
    found = Job.objects.active()
    for word in text.split():
        found = found.filter(
            Q(title__icontains=word) | Q(description__icontains=word) | Q(location__icontains=word)
        )
    return found

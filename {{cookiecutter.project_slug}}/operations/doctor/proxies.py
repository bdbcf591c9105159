"""The proxies in front of a site: how many are believed."""

from collections.abc import Iterator

from django.conf import settings

from operations.doctor.finding import Finding, Question, good

SUBJECT = "proxies"


def ask() -> Iterator[Finding]:
    """How many are believed; none is seldom what a site in production has."""
    number = settings.REST_FRAMEWORK["NUM_PROXIES"]
    hint = ""
    if settings.IN_PRODUCTION and not number:
        hint = "Behind a proxy set NUM_PROXIES, or all who come through it count as one address"
    yield good(SUBJECT, f"{number} believed", hint)


QUESTION = Question(subject=SUBJECT, ask=ask, remedy="Look at NUM_PROXIES")

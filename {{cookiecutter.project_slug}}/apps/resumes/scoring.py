"""How well a resume fits what its seeker wishes for."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any
from uuid import UUID

from apps.resumes import cache
from apps.resumes.models import Resume, Wishes
from apps.resumes.parsing.base import ParsedResume

# What the two parts of a score are worth, in points.
SKILLS_WEIGHT = 70
YEARS_WEIGHT = 30


def match_score(
    *, skills: Collection[str], years: float, wished_skills: Collection[str], wished_years: float
) -> int:
    """The match score, 0 to 100: the share of wished skills, and of wished years.

    A part that nobody wished anything of does not count; without any wish all is as wished.
    """
    parts = []
    if wished_skills:
        has = {skill.casefold() for skill in skills}
        wished = {skill.casefold() for skill in wished_skills}
        parts.append((SKILLS_WEIGHT, len(has & wished) / len(wished)))
    if wished_years:
        parts.append((YEARS_WEIGHT, min(years / wished_years, 1)))
    if not parts:
        return 100
    total = sum(weight for weight, _ in parts)
    return round(100 * sum(weight * share for weight, share in parts) / total)


def store(resume: Resume, parsed: ParsedResume) -> None:
    """Save what was found in a resume, with its score; inside the transaction that completes it."""
    resume.parsed_data = asdict(parsed)
    resume.match_score = _score(resume.parsed_data, locked_wishes(resume.owner_id))
    resume.save(update_fields=["parsed_data", "match_score"])


def score_of(resume_id: UUID) -> int | None:
    """The score that a resume has, cache first."""
    stored = Resume.objects.filter(pk=resume_id).values_list("match_score", flat=True)
    return cache.score(resume_id, stored.get)


def rescore(wishes: Wishes) -> list[Resume]:
    """Score a seeker's parsed resumes anew; those resumes."""
    parsed = Resume.objects.filter(owner_id=wishes.owner_id, parsed_data__isnull=False)
    resumes = list(parsed.only("parsed_data"))
    for resume in resumes:
        resume.match_score = _score(resume.parsed_data, wishes)
    Resume.objects.bulk_update(resumes, ["match_score"], batch_size=100)
    return resumes


def locked_wishes(owner_id: int) -> Wishes:
    """A seeker's wishes, locked until the transaction ends.

    So wishes that change while a resume is being completed are met by it, or it by them.
    """
    wishes, _ = Wishes.objects.select_for_update().get_or_create(owner_id=owner_id)
    return wishes


def _score(parsed_data: Any, wishes: Wishes) -> int:
    return match_score(
        skills=parsed_data["skills"],
        years=parsed_data["years"],
        wished_skills=wishes.skills,
        wished_years=wishes.years,
    )

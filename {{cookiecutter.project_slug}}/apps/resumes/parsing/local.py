"""A parser without a network: rules of thumb over the text of the file, for resumes in English."""

import re
from collections.abc import Iterable, Iterator

from django.utils import timezone

from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResume, ResumeParser
from apps.resumes.parsing.text import text_of
from apps.resumes.parsing.vocabulary import HEADINGS, MONTHS, SKILLS

MAX_SKILLS = 100
MAX_YEARS = 60

# Each starts at the beginning of a word only, so that long runs without blanks take no long time.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\u00a0 ().-]{7,20}\d(?!\w)")
STATED_YEARS = re.compile(
    r"(?<!\d)(\d{1,2})\s?\+?\s?(?:years|yrs)\b.{0,40}\bexperience"
    r"|\bexperience\b.{0,20}?(?<!\d)(\d{1,2})\s?\+?\s?(?:years|yrs)\b",
    re.IGNORECASE,
)
POINT = r"(?:([a-z]{3,9})\.?\s|(\d{1,2})/)?((?:19|20)\d\d)"
PERIOD = re.compile(
    rf"(?<![\w/]){POINT}\s?(?:-|–|—|to|until)\s?(?:{POINT}|(present|now|today|current))\b",  # noqa: RUF001
    re.IGNORECASE,
)

Sections = dict[str, list[str]]


class LocalParser(ResumeParser):
    """Finds name, contacts, skills and years of experience."""

    def parse(self, resume: Resume) -> ParsedResume:
        """Read the file here."""
        return parse_text(text_of(resume))


def parse_text(text: str) -> ParsedResume:
    """What a resume's text says."""
    sections = split_into_sections(text)
    email = EMAIL.search(text)
    return ParsedResume(
        name=find_name(text),
        email=email.group() if email else "",
        phone=find_phone(text),
        skills=find_skills(text, sections),
        years=find_years(text, sections),
    )


def split_into_sections(text: str) -> Sections:
    """The lines below each heading, by the heading's kind; "" holds what comes before the first."""
    sections: Sections = {"": []}
    kind = ""
    for line in text.splitlines():
        heading, _, rest = line.strip().partition(":")
        found = HEADINGS.get(heading.strip().casefold())
        kind = found or kind
        sections.setdefault(kind, []).append(rest if found else line)
    return sections


def find_name(text: str) -> str:
    """The first of the top lines that looks like a person's name."""
    for line in text.split("\n", 15)[:15]:
        name = re.sub(r"^\s*name\s*:", "", line, flags=re.IGNORECASE).strip()
        if name.casefold() not in HEADINGS and _looks_like_a_name(name):
            return name
    return ""


def find_phone(text: str) -> str:
    """The first run of digits that is as long as telephone numbers are."""
    for match in PHONE.finditer(text):
        if 9 <= sum(character.isdigit() for character in match.group()) <= 15:
            return match.group()
    return ""


def find_skills(text: str, sections: Sections) -> list[str]:
    """Known skills anywhere, and whatever is listed below a heading for skills."""
    known = [skill for skill, pattern in SKILLS.items() if pattern.search(text)]
    unique = {skill.casefold(): skill for skill in [*_listed(sections.get("skills", [])), *known]}
    return list(unique.values())[:MAX_SKILLS]


def find_years(text: str, sections: Sections) -> float:
    """Years of experience: the number stated, or the time covered by periods, if that is more.

    Education does not count, and parallel jobs count once.
    """
    stated = [int(match[1] or match[2]) for match in STATED_YEARS.finditer(text)]
    lines = [line for kind, lines in sections.items() if kind != "education" for line in lines]
    periods = [period for line in lines for period in _periods(line)]
    return min(max([0, *stated, _covered_months(periods) / 12]), MAX_YEARS)


def _looks_like_a_name(line: str) -> bool:
    words = line.split()
    return (
        2 <= len(words) <= 5
        and len(line) <= 60
        and not words[0][0].islower()
        and not words[-1][0].islower()
        and all(re.sub(r"[-'’.,]", "", word).isalpha() for word in words)  # noqa: RUF001
    )


def _listed(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        items = line.rpartition(":")[2]
        for item in re.split(r"[,;|•·]", items):
            skill = item.strip(" \t-*.")
            if skill and len(skill) <= 40 and len(skill.split()) <= 4:
                yield skill


def _periods(line: str) -> Iterator[tuple[int, int]]:
    """The periods of a line as months since the year 0, the end not included."""
    today = timezone.localdate()
    for match in PERIOD.finditer(line):
        start = _month(*match.group(1, 2, 3))
        end = today.year * 12 + today.month if match[7] else _month(*match.group(4, 5, 6))
        if start < end:
            yield start, end


def _month(name: str | None, number: str | None, year: str) -> int:
    month = MONTHS.get((name or "")[:3].casefold()) or int(number or 1)
    return int(year) * 12 + month


def _covered_months(periods: Iterable[tuple[int, int]]) -> int:
    covered = 0
    until = 0
    for start, end in sorted(periods):
        covered += max(0, end - max(start, until))
        until = max(until, end)
    return covered

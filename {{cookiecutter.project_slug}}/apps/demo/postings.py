"""The postings of the demo."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from apps.accounts.models import Profile
from apps.demo.content import CITIES, COMPANIES, LEVELS, OFFERS, TRADES, Company, Trade
from apps.jobs.models import Job

NUMBER = 300
# How old they are at most, and how long they are open (days).
OLDEST = 60
OPEN = (14, 75)
# The share that their employers took back.
CLOSED = 0.08
# Over since this morning: they wait for the night, which closes them and tells their employers.
OVERDUE = 3
FEATURED = 8


def make_jobs(random: Random, employers: Sequence[Profile], now: datetime) -> list[Job]:
    """The postings, oldest first and not saved yet."""
    ages = sorted((random.uniform(0, OLDEST) for _ in range(NUMBER)), reverse=True)
    jobs = [_make_job(random, employers, now - timedelta(days=age)) for age in ages]
    for job in jobs:
        _end(job, random, now)
    shown = [job for job in jobs if job.status == Job.Status.ACTIVE]
    for hours, job in enumerate(shown[:OVERDUE], start=1):
        job.deadline = now - timedelta(hours=hours)
    for job in random.sample(shown[OVERDUE:], FEATURED):
        job.is_featured = True
    return jobs


def end_of(job: Job, now: datetime) -> datetime:
    """Until when people could apply."""
    closed = job.updated_at if job.status == Job.Status.CLOSED else now
    return min(job.deadline, closed)


def _make_job(random: Random, employers: Sequence[Profile], created: datetime) -> Job:
    # The first companies grow fastest, so that the leaderboard has something to tell.
    weights = range(len(employers), 0, -1)
    [(employer, company)] = random.choices(list(zip(employers, COMPANIES, strict=True)), weights)
    trade = random.choice(TRADES)
    return Job(
        employer=employer.user,
        title=_title(random.choice(LEVELS), trade),
        description=_description(random, company, trade),
        location=random.choice(CITIES),
        skills=sorted(random.sample(trade.skills, random.randint(2, len(trade.skills)))),
        deadline=created + timedelta(days=random.randint(*OPEN)),
        created_at=created,
        updated_at=created,
    )


def _title(level: str, trade: Trade) -> str:
    title = f"{level} {trade.name}".strip()
    return title[0].upper() + title[1:]


def _description(random: Random, company: Company, trade: Trade) -> str:
    offers = " ".join(random.sample(OFFERS, 2))
    return f"{company.name} {company.business}. {trade.work}\n\n{offers}"


def _end(job: Job, random: Random, now: datetime) -> None:
    if job.deadline < now:
        job.status = Job.Status.EXPIRED
    elif random.random() < CLOSED:
        job.status = Job.Status.CLOSED
        job.updated_at = job.created_at + random.random() * (now - job.created_at)

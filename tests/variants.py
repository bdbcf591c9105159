"""The matrix of answers, read from cookiecutter.json, and the choice of few that meet in pairs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
QUESTIONS = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))
VERBATIM_ROOMS: list[str] = QUESTIONS["_copy_without_render"]

QUEUE_SETS = {
    "all-queues": QUESTIONS["queues"],
    "default-only": "default",
    "own-queues": "default, emails, ai_tasks, video, data_exports",
}

type Answers = dict[str, str | bool]
type Pair = frozenset[tuple[str, str | bool]]


@dataclass(frozen=True)
class Variant:
    """One combination of answers to the questions that change the project's shape."""

    choices: tuple[tuple[str, str | bool], ...]
    queue_set: str

    @property
    def answers(self) -> Answers:
        return {**dict(self.choices), "queues": QUEUE_SETS[self.queue_set]}

    @property
    def pairs(self) -> set[Pair]:
        """Every two answers that meet in this variant."""
        answers = [*self.choices, ("queues", self.queue_set)]
        return {frozenset(pair) for pair in combinations(answers, 2)}

    def __str__(self) -> str:
        chosen = [value for _, value in self.choices if isinstance(value, str)]
        refused = [f"no_{question}" for question, value in self.choices if value is False]
        return "-".join([*chosen, self.queue_set, *refused])


def dimensions() -> dict[str, list[str | bool]]:
    """Return the answers of every question that is a choice or a yes/no."""
    found: dict[str, list[str | bool]] = {}
    for question, default in QUESTIONS.items():
        if question.startswith("_"):
            continue
        if isinstance(default, bool):
            found[question] = [True, False]
        elif isinstance(default, list):
            found[question] = default
    return found


def every_variant() -> list[Variant]:
    questions = dimensions()
    return [
        Variant(tuple(zip(questions, values, strict=True)), queue_set)
        for *values, queue_set in product(*questions.values(), QUEUE_SETS)
    ]


def meeting(groups: Iterable[list[Variant]], pairs: set[Pair]) -> list[Variant]:
    """Take from each group the variant in which most of the pairs meet that have not yet met."""
    missing = set(pairs)
    taken = []
    for group in groups:
        best = max(group, key=lambda variant: len(variant.pairs & missing))
        missing -= best.pairs
        taken.append(best)
    return taken


# Six are the fewest when Flower, which runs beside everything else, need not meet each other answer
# here too. Each with the database of its tests.
TESTED = {
    "redis-all-queues": "sqlite",
    "redis-own-queues-no_django_tasks-no_database_scheduler": "postgres",
    "redis-default-only-no_database_scheduler-no_job_board": "postgres",
    "rabbitmq-default-only-no_django_tasks-no_flower": "postgres",
    "rabbitmq-own-queues-no_job_board": "sqlite",
    "rabbitmq-all-queues-no_django_tasks-no_flower-no_database_scheduler-no_job_board": "sqlite",
}

BROKEN = {
    "redis-all-queues",
    "rabbitmq-default-only-no_django_tasks-no_database_scheduler",
}

VARIANTS = every_variant()
PAIRS = set[Pair]().union(*(variant.pairs for variant in VARIANTS))


def variants_to_start() -> list[Variant]:
    """Return one variant for every combination of the answers that change what runs."""
    runs = ("broker", "django_tasks", "flower", "database_scheduler")
    groups: dict[tuple[str | bool, ...], list[Variant]] = {}
    for variant in VARIANTS:
        groups.setdefault(tuple(variant.answers[name] for name in runs), []).append(variant)
    return meeting(groups.values(), PAIRS)


def variants_to_test() -> list[Variant]:
    """Return the variants whose own test suite is run, those with the job board first.

    They take longest. Every two answers meet in one, but for some of Flower's, which meet in those
    that are started.
    """
    tested = [variant for variant in VARIANTS if str(variant) in TESTED]
    return sorted(tested, key=lambda variant: variant.answers["job_board"], reverse=True)


def variants_to_break() -> list[Variant]:
    """Return the variants whose servers and workers are broken on purpose.

    Each broker is among them, each home of the light tasks, and each scheduler.
    """
    return [variant for variant in VARIANTS if str(variant) in BROKEN]

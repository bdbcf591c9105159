"""What faults do to work: in generated projects, and in plain Celery beside them.

Prints the table of the README: python benchmarks/faults.py [--scale 5] [--broker Redis]
[--only EXPRESSION]. Each line adds up two projects, one that has light tasks run from the database
and one that has Celery run them. At that scale each fault meets some thousand pieces of work, and
what is repeated happens thirty times; at scale 10 it does so in each of the two.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from cookiecutter.main import cookiecutter

ROOT = Path(__file__).parent.parent
UV = ROOT / "scripts" / "uv"
PLAIN = ROOT / "benchmarks" / "plain_celery" / "faults.py"
BUILD = ROOT / "build" / "faults"
# What a test may take for each step of the scale (seconds).
PATIENCE = 600
# As the table calls them, and as the template does.
BROKERS = {"Redis": "redis", "RabbitMQ": "rabbitmq"}
# What did not end well, so that the table is not whole.
FAILED: list[str] = []
HEAD = (
    "| fault | broker | pieces | faults | lost | twice | repeated | seconds | waited "
    "| plain Celery: pieces | lost | twice |"
)


@dataclass
class Sum:
    """What was counted under one fault on one broker."""

    pieces: int = 0
    faults: int = 0
    lost: int = 0
    twice: int = 0
    repeated: int = 0
    # Until everything was done again, and for how much of that nothing ended; None where no run has
    # measured it.
    seconds: float | None = None
    waited: float | None = None

    def add(self, lines: Sequence[dict]) -> None:
        """Add the verdicts of one run, one on each kind of work."""
        self.pieces += sum(line["pieces"] for line in lines)
        self.lost += sum(line["lost"] for line in lines)
        self.twice += sum(line["twice"] for line in lines)
        self.repeated += sum(line.get("repeated", 0) for line in lines)
        # Said with each kind, about all of them together.
        self.faults += lines[0]["faults"]
        self.seconds = longest(self.seconds, lines[0].get("seconds"))
        self.waited = longest(self.waited, lines[0].get("waited"))


type Sums = dict[str, Sum]


def measure(broker: str, scale: int, only: str) -> tuple[Sums, Sums]:
    """Return what was counted in two projects, and in plain Celery, by fault.

    `only` chooses tests of the projects as pytest's -k does; plain Celery is then left out.
    """
    suite = ["pytest", "-q", f"--timeout={PATIENCE * scale}", "-k", only, "tests/faults"]
    projects = [generate(broker, django_tasks) for django_tasks in (True, False)]
    # Side by side: most of the time they wait.
    with ThreadPoolExecutor() as pool:
        runs = pool.map(lambda project: run(project, suite, scale, "project"), projects)
        ours = added_up(runs)
    if only:
        return ours, {}
    plain = run(projects[0], ["python", str(PLAIN)], scale * len(projects), "plain")
    return ours, added_up([plain])


def generate(broker: str, django_tasks: bool) -> Path:
    """Return the folder of a new project."""
    answers = {
        "broker": BROKERS[broker],
        "django_tasks": django_tasks,
        "project_slug": f"faults_{'database' if django_tasks else 'celery'}",
    }
    return Path(
        cookiecutter(
            str(ROOT),
            no_input=True,
            default_config=True,
            overwrite_if_exists=True,
            extra_context=answers,
            output_dir=str(BUILD / BROKERS[broker]),
        )
    )


def run(project: Path, command: list[str], scale: int, name: str) -> list[dict]:
    """Run a command in the environment of a project; the lines that it reports."""
    report = project / f"{name}.jsonl"
    report.unlink(missing_ok=True)
    environment = os.environ | {"FAULT_SCALE": str(scale), "FAULT_REPORT": str(report)}
    done = subprocess.run([UV, "run", "--quiet", *command], cwd=project, env=environment)
    if done.returncode:
        FAILED.append(f"{' '.join(command)} in {project}")
    return [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]


def added_up(runs: Iterable[list[dict]]) -> Sums:
    """Return what was counted, by fault; the lines of a run about one fault follow each other."""
    sums: Sums = defaultdict(Sum)
    for lines in runs:
        for fault, of_one_run in groupby(lines, itemgetter("fault")):
            sums[fault].add(list(of_one_run))
    return sums


def longest(*durations: float | None) -> float | None:
    """Return the longest that was measured (seconds)."""
    return max((each for each in durations if each is not None), default=None)


def rows(broker: str, ours: Sums, plain: Sums) -> list[str]:
    """Return the lines of the table for one broker."""
    found = []
    for fault, it in ours.items():
        cells = [fault, broker, it.pieces, it.faults, it.lost, it.twice, it.repeated]
        cells += ["" if each is None else f"{each:.0f}" for each in (it.seconds, it.waited)]
        other = plain.get(fault)
        cells += [other.pieces, other.lost, other.twice] if other else ["", "", ""]
        found.append(f"| {' | '.join(map(str, cells))} |")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=5, help="1 is the short form of make test")
    parser.add_argument("--broker", choices=BROKERS, help="only this one; by default both")
    parser.add_argument("--only", default="", help="tests as pytest's -k chooses them")
    wanted = parser.parse_args()
    brokers = [wanted.broker] if wanted.broker else list(BROKERS)
    lines = []
    for each in brokers:
        lines += rows(each, *measure(each, wanted.scale, wanted.only))
    print(HEAD)
    print("|---|---|" + "---:|" * 10)
    print("\n".join(sorted(lines)))
    if FAILED:
        sys.exit(f"The table is not whole: {'; '.join(FAILED)}")


if __name__ == "__main__":
    main()

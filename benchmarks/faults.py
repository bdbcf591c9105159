"""What faults do to work: in generated projects, and in plain Celery beside them.

Prints the table of the README: python benchmarks/faults.py [--scale 10] [--broker Redis]. At that
scale each fault meets a thousand pieces of work, and what is repeated happens thirty times.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from cookiecutter.main import cookiecutter

ROOT = Path(__file__).parent.parent
UV = ROOT / "scripts" / "uv"
PLAIN = ROOT / "benchmarks" / "plain_celery" / "faults.py"
BUILD = ROOT / "build" / "faults"
# What a test may take for each step of the scale (seconds).
PATIENCE = 600
# As the table calls them; the second one runs the light tasks on Celery.
VARIANTS = {
    "Redis": {"broker": "redis", "django_tasks": True},
    "RabbitMQ": {"broker": "rabbitmq", "django_tasks": False},
}
HEAD = (
    "| fault | broker | pieces | faults | lost | twice | repeated | seconds "
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
    seconds: float = 0.0
    kinds: list[str] = field(default_factory=list)

    def add(self, line: dict) -> None:
        """Add the verdict on one kind of work."""
        self.kinds.append(line["kind"])
        self.pieces += line["pieces"]
        self.lost += line["lost"]
        self.twice += line["twice"]
        self.repeated += line["repeated"]
        # Said with each kind, about all of them together.
        self.faults = max(self.faults, line["faults"])
        self.seconds = max(self.seconds, line["seconds"] or 0.0)


type Sums = dict[str, Sum]


def measure(broker: str, scale: int) -> tuple[Sums, Sums]:
    """Return what was counted in a project, and in plain Celery, by fault."""
    folder = BUILD / broker.lower()
    answers = {**VARIANTS[broker], "project_slug": "faults"}
    project = Path(
        cookiecutter(
            str(ROOT),
            no_input=True,
            default_config=True,
            overwrite_if_exists=True,
            extra_context=answers,
            output_dir=str(folder),
        )
    )
    suite = ["pytest", "-q", f"--timeout={PATIENCE * scale}", "tests/faults"]
    plain = ["python", str(PLAIN)]
    return run(project, suite, scale, "project"), run(project, plain, scale, "plain")


def run(project: Path, command: list[str], scale: int, name: str) -> Sums:
    """Run a command in the environment of a project; what it reports, by fault."""
    report = project.parent / f"{name}.jsonl"
    report.unlink(missing_ok=True)
    environment = os.environ | {"FAULT_SCALE": str(scale), "FAULT_REPORT": str(report)}
    done = subprocess.run([UV, "run", "--quiet", *command], cwd=project, env=environment)
    if done.returncode:
        print(f"{' '.join(command)} has failed: the table is not whole", file=sys.stderr)
    sums: Sums = defaultdict(Sum)
    for line in map(json.loads, report.read_text(encoding="utf-8").splitlines()):
        sums[line["fault"]].add(line)
    return sums


def rows(broker: str, ours: Sums, plain: Sums) -> list[str]:
    """Return the lines of the table for one broker."""
    found = []
    for fault, it in ours.items():
        cells = [fault, broker, it.pieces, it.faults, it.lost, it.twice, it.repeated]
        cells.append(f"{it.seconds:.0f}")
        other = plain.get(fault)
        cells += [other.pieces, other.lost, other.twice] if other else ["", "", ""]
        found.append(f"| {' | '.join(map(str, cells))} |")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=10, help="1 is the short form of make test")
    parser.add_argument("--broker", choices=VARIANTS, help="only this one; by default both")
    wanted = parser.parse_args()
    brokers = [wanted.broker] if wanted.broker else list(VARIANTS)
    lines = [line for each in brokers for line in rows(each, *measure(each, wanted.scale))]
    print(HEAD)
    print("|---|---|" + "---:|" * 9)
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()

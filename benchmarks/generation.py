"""How long a generation takes, hooks included, next to a template that holds one empty file."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
RUNS = 9


def empty_template(folder: Path) -> Path:
    """Return a template that asks one question and writes one empty file."""
    project = folder / "empty" / "{{cookiecutter.project_slug}}"
    project.mkdir(parents=True)
    (project / "README.md").touch()
    (folder / "empty" / "cookiecutter.json").write_text(json.dumps({"project_slug": "empty"}))
    return folder / "empty"


def seconds_to_generate(template: Path, folder: Path) -> float:
    """Return the median wall time of `cookiecutter TEMPLATE --no-input`, Python's start and all."""
    environment = {**os.environ, "HOME": str(folder)}
    times = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(dir=folder) as output:
            command = [sys.executable, "-m", "cookiecutter", template, "--no-input", "-o", output]
            start = perf_counter()
            subprocess.run(command, env=environment, check=True)
            times.append(perf_counter() - start)
    return median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = seconds_to_generate(ROOT, folder)
        bare = seconds_to_generate(empty_template(folder), folder)
    print(f"this template   {ours:.2f} s (median of {RUNS})")
    print(f"empty template  {bare:.2f} s")
    print(f"ratio           {ours / bare:.1f}")


if __name__ == "__main__":
    main()

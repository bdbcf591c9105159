"""What the contracts of pyproject.toml say about a source tree."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from config.paths import BASE_DIR

SETTINGS = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = SETTINGS["tool"]["importlinter"]["root_packages"]
CONTRACTS: list[dict[str, Any]] = SETTINGS["tool"]["importlinter"]["contracts"]


def broken_contracts(project: Path) -> list[str]:
    """The names of the contracts that a project breaks."""
    lint = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run(
        [lint, "--no-cache", "--no-logo"],
        cwd=project,
        # A line for each contract, however long its name is.
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    verdicts = [line.rpartition(" ") for line in finished.stdout.splitlines()]
    told = {name: verdict for name, _, verdict in verdicts if verdict in {"KEPT", "BROKEN"}}
    assert list(told) == [contract["name"] for contract in CONTRACTS], finished.stdout
    return [name for name, verdict in told.items() if verdict == "BROKEN"]


def broken_by(statement: str, module: str, folder: Path) -> list[str]:
    """The names of the contracts that break when a module, given by its path, says this too."""
    shutil.copy(BASE_DIR / "pyproject.toml", folder)
    for room in ROOMS:
        shutil.copytree(BASE_DIR / room, folder / room)
    with (folder / module).open("a", encoding="utf-8") as source:
        source.write(f"\n{statement}\n")
    return broken_contracts(folder)

"""Imports run one way; the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from config.paths import BASE_DIR


def test_imports_run_the_way_the_data_goes() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run(
        [lint, "--no-cache"], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stdout

"""scripts/uv on machines that lack this or that, played with programs made for the test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.variants import ROOT


class Machine:
    """A machine on whose PATH stands nothing but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.checkout = folder / "checkout"
        self.pyenv = folder / "pyenv"
        (self.checkout / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "uv", self.checkout / "scripts" / "uv")
        for program in ("sh", "dirname"):
            found = shutil.which(program)
            assert found
            self.install(self.path / program, f'exec {found} "$@"')

    def install(self, program: Path, script: str) -> None:
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def install_uv(self, folder: Path) -> None:
        self.install(folder / "uv", f'[ "$1" = --directory ] || echo "{folder.name} $* $UV_PYTHON"')

    def uv(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / "scripts" / "uv", *arguments],
            cwd=self.checkout,
            env={"PATH": str(self.path), "PYENV_ROOT": str(self.pyenv), **variables},
            capture_output=True,
            text=True,
            timeout=30,
        )


NEW_PYTHON = f'exec {sys.executable} "$@"'
BROKEN = "exit 127"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_uv_on_path_is_run_with_the_python_found(machine: Machine) -> None:
    machine.install_uv(machine.path)
    machine.install(machine.path / "python3", NEW_PYTHON)
    assert machine.uv("sync", "-q").stdout == f"bin sync -q {sys.executable}\n"


def test_python_is_looked_for_in_pyenv_when_that_on_path_does_not_run(machine: Machine) -> None:
    machine.install_uv(machine.path)
    machine.install(machine.path / "python3.13", BROKEN)
    machine.install(machine.path / "python3", BROKEN)
    machine.install(machine.pyenv / "versions" / "3.13.0" / "bin" / "python3", NEW_PYTHON)
    assert machine.uv("sync").stdout == f"bin sync {sys.executable}\n"


def test_the_environment_in_the_folder_keeps_its_python(machine: Machine) -> None:
    machine.install_uv(machine.path)
    machine.install(machine.path / "python3", "echo another")
    machine.install(machine.checkout / ".venv" / "bin" / "python", NEW_PYTHON)
    assert machine.uv("sync").stdout == f"bin sync {sys.executable}\n"


def test_python_that_was_named_is_taken(machine: Machine) -> None:
    machine.install_uv(machine.path)
    assert machine.uv("sync", UV_PYTHON="3.14").stdout == "bin sync 3.14\n"


def test_own_uv_stands_in_for_one_that_does_not_run(machine: Machine) -> None:
    machine.install(machine.path / "uv", BROKEN)
    machine.install(machine.path / "python3", NEW_PYTHON)
    machine.install_uv(machine.checkout / ".uv" / "bin")
    assert machine.uv("sync").stdout == f"bin sync {sys.executable}\n"


@pytest.mark.parametrize("uv_is_there", [True, False])
def test_missing_python_is_said_in_one_line(machine: Machine, uv_is_there: bool) -> None:
    if uv_is_there:
        machine.install(machine.path / "uv", '[ "$1" = --directory ]')
    missing = machine.uv("sync")
    assert missing.returncode == 1
    assert len(missing.stderr.splitlines()) == 1
    assert "install" in missing.stderr


def test_python_without_venv_is_said(machine: Machine) -> None:
    machine.install(machine.path / "python3", '[ "$1" = -c ] && echo "$0"')
    broken = machine.uv("sync")
    assert broken.returncode == 1
    assert "python3-venv" in broken.stderr


@pytest.mark.parametrize("script", ["scripts/uv", ".ci/run"])
def test_script_can_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)

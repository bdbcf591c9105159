"""One Python environment with what any variant needs, kept in build/ between runs."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from filelock import FileLock

from tests.variants import ROOT

UV = str(ROOT / "scripts" / "uv")
SHARED = ROOT / "build" / "env"

# A project must not find the servers and settings of whoever runs the tests.
KEPT = {"HOME", "LANG", "LC_ALL", "PATH", "PYENV_ROOT", "TMPDIR"}
KEPT_PREFIXES = ("PIP_", "SSL_", "UV_")


def clean_environment() -> dict[str, str]:
    """Return the environment of a fresh terminal."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith(KEPT_PREFIXES)
    }


def shared_environment() -> dict[str, str]:
    """Return the environment of a terminal in which the shared environment is activated."""
    environment = clean_environment()
    environment["PATH"] = f"{SHARED / 'bin'}{os.pathsep}{environment['PATH']}"
    return environment


def requirements_of(projects: list[Path]) -> list[str]:
    found: set[str] = set()
    for project in projects:
        pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
        found.update(pyproject["project"]["dependencies"], *pyproject["dependency-groups"].values())
    return sorted(found)


def install_shared_environment(projects: list[Path]) -> Path:
    """Return the Python in which all of these projects run; installs only what has changed."""
    python = SHARED / "bin" / "python"
    wanted = "\n".join([sys.version, *requirements_of(projects)])
    installed = SHARED / "requirements.txt"
    SHARED.parent.mkdir(exist_ok=True)
    with FileLock(SHARED.with_suffix(".lock")):
        if not installed.exists() or installed.read_text() != wanted:
            uv("venv", "--quiet", "--clear", "--python", sys.executable, str(SHARED))
            uv("pip", "install", "--quiet", "--python", str(python), *requirements_of(projects))
            installed.write_text(wanted)
    return python


def uv(*arguments: str) -> None:
    run([UV, *arguments], ROOT, clean_environment())


def run_tests(python: str, project: Path, environment: dict[str, str], *options: str) -> str:
    """Run tests of a project and return what they say; fail with what the failing ones assert."""
    brief = ("--tb=short", "--show-capture=no")
    return run([python, "-m", "pytest", *brief, *options], project, environment)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Return what a command says; fail with it if the command fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2340,
    )
    assert done.returncode == 0, done.stdout[-10_000:]
    return done.stdout

"""The checks of deploy files: each queue has a worker wherever workers are started."""

from pathlib import Path

import pytest

from config import paths
from config.queues import WORKERS
from tests.support.checks import found, whom

ALL = " ".join(WORKERS)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which deploy files are looked for."""
    monkeypatch.setattr(paths, "BASE_DIR", tmp_path)
    return tmp_path


def test_nothing_to_deploy_is_no_error(project: Path) -> None:
    write(project, "Procfile", "web: manage.py runserver")
    write(project, "deploy/README.md", "One day: manage.py worker emergencies")
    write(project, "deploy/notes.sh", "# celery -A config worker is not for us")

    assert found() == []


@pytest.mark.parametrize(
    "command",
    [
        f"python manage.py worker {ALL}",
        f"command: python manage.py worker --concurrency 4 {ALL} # every queue",
        'CMD ["python", "manage.py","worker" , \'--all\']',
        f"ExecStart=/srv/env/bin/python \\\n    manage.py worker \\\n    {ALL}\n",
        "manage.py worker default && manage.py worker --all",
        "celery -A config beat & manage.py worker --all",
        f"django-admin worker {ALL}",
        "manage.py worker --all --settings config.settings.production",
        "manage.py worker --all --settings=config.settings.production --pythonpath=/srv",
        "manage.py worker --pythonpath /srv --concurrency 4 --all --concurrency=4",
        "manage.py worker --all -v 2",
        f"manage.py worker -v2 --verbosity 1 {ALL}",
        f"manage.py worker {ALL} > /var/log/w.log 2>&1",
        f"manage.py worker {ALL} >>/var/log/w.log 2>> /var/log/e.log </dev/null",
        f"manage.py worker &> w.log {ALL}",
        f"manage.py worker >| w.log {ALL} & manage.py runserver",
    ],
)
def test_a_worker_for_every_queue_is_right(project: Path, command: str) -> None:
    write(project, "deploy/start", command)

    assert found() == []


COMPOSE = """
services:
  worker:
    ports: [8000]
    command:
      - uv
      - run
      - manage.py
      - worker
      - QUEUE
  web: {}
"""
KUBERNETES = """
kind: Service
---
containers:
- name: worker
  args: [worker, QUEUE]
  command: ["python", "manage.py"]
"""
IN_TWO = """
entrypoint: [uv, run, manage.py]
command: worker QUEUE
"""
NUMBERS = """
command: [manage.py, worker, --concurrency, 4, QUEUE]
"""
FOLDED = """
command: >
  python manage.py
  worker QUEUE
"""
SCRIPT = """
run: |
  manage.py migrate
  manage.py worker \\
    QUEUE
"""
STEPS = """
script:
- manage.py worker QUEUE
- echo started
"""
NO_DATE = """
due: 2024-13-45
command: manage.py worker QUEUE
"""
TEMPLATE = """
args:
{{- range .Values.workers }}
- python manage.py worker QUEUE
"""


@pytest.mark.parametrize(
    "text", [COMPOSE, KUBERNETES, IN_TWO, NUMBERS, NO_DATE, FOLDED, SCRIPT, STEPS, TEMPLATE]
)
def test_a_command_of_yaml_may_be_written_in_any_way(project: Path, text: str) -> None:
    write(project, "compose.yaml", text.replace("QUEUE", "--all"))
    assert found() == []

    write(project, "compose.yaml", text.replace("QUEUE", "emergencies"))
    assert {*found()} == {"operations.E009", "operations.E010"}


def test_a_queue_that_no_worker_of_a_deploy_file_reads_is_told(project: Path) -> None:
    write(project, "Procfile", f"worker: manage.py worker {ALL}")
    write(project, "docker-compose.prod.yml", "command: manage.py worker emergencies default")

    assert {*found()} >= {"operations.E010"}
    assert {*whom()} == {"docker-compose.prod.yml"}


def test_each_folder_is_one_deployment(project: Path) -> None:
    for queue in WORKERS:
        write(project, f"deploy/systemd/{queue}.service", f"ExecStart=manage.py worker {queue}")
    assert found() == []

    (project / "deploy/systemd/default.service").unlink()
    write(project, "deploy/systemd/other.service", "ExecStart=manage.py worker other")

    assert sorted(found()) == ["operations.E009", "operations.E010"]
    assert {*whom()} == {"deploy/systemd"}


@pytest.mark.parametrize("name", ["deploy/{}.service", "compose.{}.yaml"])
def test_files_that_lie_side_by_side_are_one_deployment(project: Path, name: str) -> None:
    for queue in WORKERS:
        write(project, name.format(queue), f"ExecStart=manage.py worker {queue}")
    write(project, name.format("web"), "ExecStart=manage.py runserver")
    assert found() == []

    (project / name.format("default")).unlink()
    write(project, name.format("other"), "ExecStart=manage.py worker --all other")

    assert found() == ["operations.E010"]
    [places] = whom()
    assert name.format("other") in places.split(", ")
    assert name.format("web") not in places


def test_a_folder_beside_loose_files_is_one_of_its_own(project: Path) -> None:
    write(project, "deploy/all.service", "ExecStart=manage.py worker --all")
    write(project, "deploy/systemd/other.service", "ExecStart=django-admin worker other")

    assert {*found()} == {"operations.E009", "operations.E010"}
    assert {*whom()} == {"deploy/systemd"}


def test_what_only_the_host_knows_may_be_any_queue(project: Path) -> None:
    write(project, "deploy/worker@.service", "ExecStart=manage.py worker %i")
    write(project, "Procfile", "worker: manage.py worker default $QUEUES")

    assert found() == []


@pytest.mark.parametrize(
    "command",
    [
        "celery -A config worker -Q default",
        "['celery', '--app=config', 'worker']",
        "python -m celery --quiet worker",
        "celery worker -Q default",
    ],
)
def test_a_worker_without_the_projects_limits_is_told(project: Path, command: str) -> None:
    write(project, "compose.yaml", command)

    assert found() == ["operations.E011"]


def test_a_description_starts_no_worker(project: Path) -> None:
    write(project, "deploy/all.service", "Description=The celery worker of every queue")

    assert found() == []


def write(project: Path, path: str, text: str) -> None:
    """Write a deploy file."""
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)

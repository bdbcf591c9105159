"""Leaves in a new project the files that its answers need."""

import json
import shutil
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")

NEEDED_FOR = {
    ("broker", "redis"): [
        "config/settings/broker_redis.py",
    ],
    ("broker", "rabbitmq"): [
        "config/rabbitmq.py",
        "config/settings/broker_rabbitmq.py",
        "operations/servers/rabbitmq.py",
        "tests/config/test_rabbitmq.py",
        "tests/operations/test_rabbitmq.py",
    ],
    ("django_tasks", True): [
        "background/light_tasks",
        "tests/background/light_tasks",
    ],
    ("django_tasks", False): [
        "background/celery_backend.py",
        "tests/background/test_celery_backend.py",
    ],
    ("database_scheduler", True): [
        "background/database_scheduler.py",
        "tests/background/test_database_scheduler.py",
    ],
    ("job_board", True): [
        "apps/applications",
        "apps/audit",
        "apps/demo",
        "apps/jobs",
        "apps/notifications",
        "apps/paging.py",
        "apps/resumes",
        "tests/api/examples/job_board.py",
        "tests/api/test_job_board.py",
        "tests/apps/applications",
        "tests/apps/audit",
        "tests/apps/demo",
        "tests/apps/jobs",
        "tests/apps/notifications",
        "tests/apps/resumes",
        "tests/support/serving.py",
    ],
}

for (question, answer), paths in NEEDED_FOR.items():
    if ANSWERS[question] != answer:
        for path in map(Path, paths):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

settings = Path("config/settings")
(settings / f"broker_{ANSWERS['broker']}.py").replace(settings / "broker.py")

Path(__file__).unlink()

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
        "background/dead_queue.py",
        "config/rabbitmq.py",
        "config/remote_control.py",
        "config/settings/broker_rabbitmq.py",
        "operations/doctor/quorum_queues.py",
        "operations/servers/rabbitmq.py",
        "tests/background/test_dead_queue.py",
        "tests/config/test_rabbitmq.py",
        "tests/config/test_remote_control.py",
        "tests/operations/doctor/test_quorum_queues.py",
        "tests/operations/test_rabbitmq.py",
    ],
    ("django_tasks", True): [
        "background/light_tasks",
        "operations/doctor/light_tasks.py",
        "tests/background/light_tasks",
        "tests/operations/doctor/test_light_tasks.py",
        "tests/tasks/examples/light_tasks.py",
    ],
    ("django_tasks", False): [
        "background/celery_backend.py",
        "tests/background/test_celery_backend.py",
        "tests/tasks/examples/celery_backend.py",
    ],
    ("flower", True): [
        "operations/doctor/flower.py",
        "tests/operations/doctor/test_flower.py",
        "tests/operations/production_settings.py",
        "tests/operations/test_flower.py",
    ],
    ("database_scheduler", True): [
        "background/beat/database_scheduler.py",
        "tests/background/beat/test_database_scheduler.py",
    ],
    ("database_scheduler", False): [
        "background/beat/code_scheduler.py",
        "tests/background/beat/test_code_scheduler.py",
    ],
    ("job_board", True): [
        "apps/applications",
        "apps/audit",
        "apps/backends.py",
        "apps/demo",
        "apps/jobs",
        "apps/notifications",
        "apps/paging.py",
        "apps/payments",
        "apps/resumes",
        "apps/webhooks",
        "tests/api/examples/job_board.py",
        "tests/api/test_job_board.py",
        "tests/apps/applications",
        "tests/apps/audit",
        "tests/apps/demo",
        "tests/apps/jobs",
        "tests/apps/notifications",
        "tests/apps/payments",
        "tests/apps/resumes",
        "tests/apps/webhooks",
        "tests/faults/kinds/job_board.py",
        "tests/tasks/examples/applications.py",
        "tests/tasks/examples/audit.py",
        "tests/tasks/examples/jobs.py",
        "tests/tasks/examples/notifications.py",
        "tests/tasks/examples/payments.py",
        "tests/tasks/examples/resumes.py",
        "tests/tasks/examples/webhooks.py",
    ],
}

for (question, answer), paths in NEEDED_FOR.items():
    if ANSWERS[question] != answer:
        for path in map(Path, paths):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

settings = Path("config/settings")
(settings / f"broker_{ANSWERS['broker']}.py").replace(settings / "broker.py")

Path(__file__).unlink()

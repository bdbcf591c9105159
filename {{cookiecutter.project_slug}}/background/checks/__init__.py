"""What is wrong with the settings of background work, told before a process starts.

A check looks at what Celery and Django have made of the settings, and at the tasks that are there,
not at any text; its hint says what to do. An Error keeps every process from starting. What only
config/ knows, such as the workers of the queues, operations/checks looks at.
"""

from django.core.checks import register

from background.checks import broker, celery_settings, redis_servers, rows, schedule, task_options

TAG = "background"

CHECKS = (
    *celery_settings.CHECKS,
    *redis_servers.CHECKS,
    *broker.CHECKS,
    *task_options.CHECKS,
    *schedule.CHECKS,
    *rows.CHECKS,
)


def register_checks() -> None:
    """Have Django run them whenever it checks the project."""
    for check in CHECKS:
        register(check, TAG)

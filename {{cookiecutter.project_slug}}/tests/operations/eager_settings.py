"""Settings of a development in which one is wrong: tasks would not go to a worker."""

from config.settings.local import *  # noqa: F403

CELERY_TASK_ALWAYS_EAGER = True

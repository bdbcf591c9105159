"""The only place where a schedule is written; Beat loads these entries.

Crontabs say when; an interval counts from 1970 (UTC), whenever Beat started. Each entry expires
shortly before its next tick, so that a backlog never runs the same job twice in a row; until then a
tick that was missed or could not be sent is made up for.
"""

from datetime import timedelta

from celery.schedules import crontab

NEARLY_A_DAY = timedelta(hours=23).total_seconds()

SCHEDULE = {
    "prune dead letters": {
        "task": "background.tasks.prune_dead_letters",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": NEARLY_A_DAY},
    },
    "prune sent log": {
        "task": "background.tasks.prune_sent_log",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"expires": NEARLY_A_DAY},
    },
{% if cookiecutter.django_tasks %}
    "prune light tasks": {
        "task": "background.light_tasks.tasks.prune_light_tasks",
        "schedule": crontab(hour="3", minute="50"),
        "options": {"expires": NEARLY_A_DAY},
    },
{% endif %}
    "clear expired sessions": {
        "task": "operations.tasks.clear_expired_sessions",
        "schedule": crontab(hour="4", minute="0"),
        "options": {"expires": NEARLY_A_DAY},
    },
{% if cookiecutter.job_board %}
    # The job board
    "expire old job postings": {
        "task": "apps.jobs.tasks.expire_old_job_postings",
        "schedule": crontab(hour="0", minute="0"),
        "options": {"expires": NEARLY_A_DAY},
    },
{% endif %}
}

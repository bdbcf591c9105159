{% set chosen = cookiecutter.__queues.split(",") %}
"""The only place where a queue is named: what it is for, its worker, and each task's route."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Queue(StrEnum):
    """The queues of this project; on the broker each is called by its name in lower case."""

{% for name in chosen %}
    {{ name | upper }} = auto()
{% endfor %}


# Celery's pool of processes, the only one that ends a task at its time limit.
PREFORK = "prefork"


@dataclass(frozen=True, kw_only=True)
class Worker:
    """How the worker of one queue runs: processes, and time limits in seconds."""

    purpose: str
    concurrency: int
    pool: str = PREFORK
    prefetch: int = 1
    soft_limit: int = 240
    hard_limit: int = 300


WORKERS = {
    Queue.DEFAULT: Worker(
        purpose="Everything without a queue of its own",
        concurrency=2,
    ),
{% if "high_priority" in chosen %}
    Queue.HIGH_PRIORITY: Worker(
        purpose="Money and whatever a person is waiting for: never behind a backlog",
        concurrency=2,
    ),
{% endif %}
{% if "low_priority" in chosen %}
    Queue.LOW_PRIORITY: Worker(
        purpose="Housekeeping and bulk work that may wait",
        concurrency=1,
        soft_limit=840,  # reports and backups run for minutes
        hard_limit=900,
    ),
{% endif %}
{% if "emails" in chosen %}
    Queue.EMAILS: Worker(
        purpose="Mail: short, waits for the mail server",
        concurrency=2,
        soft_limit=60,
        hard_limit=90,
    ),
{% endif %}
{% if "notifications" in chosen %}
    Queue.NOTIFICATIONS: Worker(
        purpose="Pushes to browsers and phones: short, waits for the network",
        concurrency=2,
        soft_limit=60,
        hard_limit=90,
    ),
{% endif %}
{% if "ai_tasks" in chosen %}
    Queue.AI_TASKS: Worker(
        purpose="AI calls and scoring: slow, few at a time",
        concurrency=2,
        soft_limit=90,  # the AI service is given 60 s; the rest is ours
        hard_limit=120,
    ),
{% endif %}
{% for name in chosen if name not in ["default", "high_priority", "low_priority", "emails", "notifications", "ai_tasks"] %}
    Queue.{{ name | upper }}: Worker(
        purpose="A queue of your own: say here what it is for",
        concurrency=1,
    ),
{% endfor %}
}

ROUTES = {
    "background.tasks.prune_dead_letters": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
    "background.tasks.prune_sent_log": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
{% if cookiecutter.django_tasks %}
    "background.light_tasks.tasks.prune_light_tasks": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
{% endif %}
    "operations.tasks.clear_expired_sessions": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
{% if not cookiecutter.django_tasks %}
    "background.celery_backend.run_light_task": Queue.DEFAULT,
{% endif %}
{% if cookiecutter.job_board %}
    # The job board
    "apps.applications.tasks.notify_employer_new_application": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.applications.tasks.send_status_change_notification": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.jobs.tasks.find_matching_seekers": Queue.{{ "ai_tasks" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.jobs.tasks.tell_matching_seekers": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.jobs.tasks.expire_old_job_postings": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.jobs.tasks.notify_employer_job_expired": Queue.{{ "low_priority" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.notifications.tasks.push_to_device": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.notifications.tasks.mail_notice": Queue.{{ "emails" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.notifications.tasks.text_to_phone": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.payments.tasks.process_payment": Queue.{{ "high_priority" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.payments.tasks.pay_out": Queue.{{ "high_priority" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.payments.tasks.mail_payment_outcome": Queue.{{ "emails" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.resumes.tasks.scan_resume": Queue.DEFAULT,
    "apps.resumes.tasks.parse_and_score_resume": Queue.{{ "ai_tasks" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.resumes.tasks.notify_seeker_resume_ready": Queue.{{ "notifications" | chosen_in(cookiecutter.__queues) | upper }},
    "apps.webhooks.tasks.deliver_webhook": Queue.DEFAULT,
{% endif %}
}

"""The Celery application; its settings stand in config/settings as CELERY_*."""

import os

from celery import Celery

{% if cookiecutter.broker == "rabbitmq" %}
from config.rabbitmq import DeclareQueues

{% endif %}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery(
    "{{ cookiecutter.project_slug }}",
    task_cls="background.task:BackgroundTask",
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
{% if cookiecutter.broker == "rabbitmq" %}
app.steps["consumer"].add(DeclareQueues)
{% endif %}

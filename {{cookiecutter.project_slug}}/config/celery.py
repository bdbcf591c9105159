"""The Celery application; its settings stand in config/settings as CELERY_*."""

import os

from celery import Celery, signals

{% if cookiecutter.broker == "rabbitmq" %}
from config.rabbitmq import DeclareQueues
{% endif %}
from operations.starting import refuse_errors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery(
    "{{ cookiecutter.project_slug }}",
    task_cls="background.task:BackgroundTask",
{% if cookiecutter.broker == "rabbitmq" %}
    control="config.remote_control:Control",
{% endif %}
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.loader.override_backends = dict.fromkeys(("redis", "rediss"), "background.results:RedisBackend")
app.autodiscover_tasks()
# Every process of Celery's sends it when it starts, after Celery has set Django up.
signals.import_modules.connect(refuse_errors, sender=app)
# Or a worker runs the checks once more, and throws away what they find.
os.environ["CELERY_SKIP_CHECKS"] = "1"
{% if cookiecutter.broker == "rabbitmq" %}
app.steps["consumer"].add(DeclareQueues)
{% endif %}

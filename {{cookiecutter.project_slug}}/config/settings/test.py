"""Tests: real servers, which tests/conftest.py starts and names in the environment."""

{% if cookiecutter.job_board %}
from ipaddress import ip_network

{% endif %}
from config.paths import STATE_FOLDER
from config.settings.base import *  # noqa: F403
from config.settings.base import CELERY_TASK_ROUTES, DATABASES, INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, "tests.sample"]
IN_PRODUCTION = False
SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
API_RATE_PER_ADDRESS = env.int("API_RATE_PER_ADDRESS", default=0)
# Slow hashing protects people; tests have none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
vars().update(env.email_url("EMAIL_URL"))

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because the workers are processes of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_FOLDER / "test.sqlite3")}

CELERY_TASK_ROUTES = {**CELERY_TASK_ROUTES, "tests.*": {"queue": "default"}}
# Workers of tests are stopped often; each stop waits for this long.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 1.0

# Short, so that a test of a lost worker need not wait half a minute.
WORK_LEASE_SECONDS = 3
WORK_FIRST_LOOK_SECONDS = 5
WORK_SWEEP_SECONDS = 1
SENDING_CLAIM_SECONDS = 12
{% if cookiecutter.django_tasks %}
LIGHT_TASK_LEASE_SECONDS = 20
{% endif %}
{% if cookiecutter.job_board %}

# The receivers of webhooks in tests stand here; the rest of 127.0.0.0/8 is refused as usual.
WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1")]
WEBHOOK_RETRY_SECONDS = 0.1
{% endif %}

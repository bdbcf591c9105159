"""Tests: real servers, which tests/conftest.py starts and names in the environment."""

from config.paths import STATE_FOLDER
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, "tests.sample"]
SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
API_RATE_PER_ADDRESS = env.int("API_RATE_PER_ADDRESS", default=0)
# Slow hashing protects people; tests have none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
vars().update(env.email_url("EMAIL_URL"))

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because the workers are processes of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_FOLDER / "test.sqlite3")}

# Workers of tests are stopped often; each stop waits for this long.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 1.0

# Short, so that a test of a lost worker need not wait half a minute.
WORK_LEASE_SECONDS = 3
WORK_SWEEP_SECONDS = 1

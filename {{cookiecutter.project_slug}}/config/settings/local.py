"""Development, on the servers that `manage.py dev` starts."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from config.paths import BASE_DIR, STATE_FOLDER


def read_variables(file: Path) -> None:
    """Take from a file, if it is there, what the environment does not say."""
    if file.exists():
        environ.Env.read_env(file)


if os.environ.get("SECRET_KEY"):
    # Whoever starts production and names no settings gets these.
    raise ImproperlyConfigured(
        "SECRET_KEY is for production: set DJANGO_SETTINGS_MODULE to config.settings.production, "
        "or for development unset SECRET_KEY"
    )
STATE_FOLDER.mkdir(parents=True, exist_ok=True)
read_variables(BASE_DIR / ".env")
# What the developer gave; `manage.py dev` starts whatever server it does not name.
GIVEN_ENVIRONMENT = dict(os.environ)
# Written by a running `manage.py dev`, so that a second terminal finds the same servers.
read_variables(STATE_FOLDER / "environment")
# Where neither names a server there is none; this name says so when something asks for it.
os.environ.setdefault("REDIS_URL", "redis://run-manage.py-dev-first.invalid:6379")
{% if cookiecutter.broker == "rabbitmq" %}
os.environ.setdefault("CELERY_BROKER_URL", "amqp://run-manage.py-dev-first.invalid:5672")
{% endif %}

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import env  # noqa: E402

IN_PRODUCTION = False
DEBUG = True
# Django's prefix for a key that production must not have.
SECRET_KEY = "django-insecure-for-development-only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(STATE_FOLDER / "media"))

# Mails land in a folder.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = STATE_FOLDER / "mails"

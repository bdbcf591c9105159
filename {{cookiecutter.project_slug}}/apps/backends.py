"""Finding a backend by the dotted path that a setting names."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

# The extras of pyproject.toml by the package whose absence tells that one is missing.
EXTRAS = {"google": "fcm", "requests": "fcm", "stripe": "stripe", "twilio": "sms"}


def make_backend(setting: str) -> Any:
    """An instance of the class that a setting names.

    Raises ImproperlyConfigured with what to do when it can't be had.
    """
    path = getattr(settings, setting)
    try:
        backend = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"{setting} names {path!r}: {_explain(error)}") from error
    return backend()


def _explain(error: ImportError) -> str:
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        return f"{error}. Give the dotted path of a class."
    return f"{error}. Install it with `uv sync --extra {extra}`."

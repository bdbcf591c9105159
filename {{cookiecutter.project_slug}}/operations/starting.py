"""No process starts with an error that the system checks see."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, SystemCheckError

# What uvicorn takes for a failure that starting its process again would not mend.
STATUS = 3


def refuse_errors(**kwargs: Any) -> None:
    """Print what the system checks find, and end the process when there is an error among it.

    Commands of manage.py do so by themselves; Celery would throw away what they find, and web
    servers do not run them. Django is set up by now.
    """
    try:
        BaseCommand().check()
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(STATUS)

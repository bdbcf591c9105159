"""Fill the job board, to look at it and to try things on it."""

import time
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from apps.demo import board, people
from apps.demo.people import ADMIN, EMPLOYER, PASSWORD, SEEKER
from fastdata.connection import data

START_FIRST = "start `uv run manage.py dev` in another terminal first"
LOGINS = f"Log in as {ADMIN}, {EMPLOYER} or {SEEKER}; the password of each is: {PASSWORD}"


class Command(BaseCommand):
    """Loads the demo once; run again it changes nothing."""

    help = "Fill the job board with people, postings, resumes and applications (development only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say who can log in."""
        if not settings.DEBUG:
            raise CommandError(
                "load_demo makes an administrator whose password everybody knows, so it runs with "
                "DEBUG only"
            )
        require_servers()
        if people.are_here():
            self.stdout.write("The demo is there already, so nothing was changed.")
        else:
            self.stdout.write(load())
        self.stdout.write(LOGINS)


def require_servers() -> None:
    """Raise CommandError with what to do when the database or Redis can't be used."""
    try:
        people.are_here()
        data().ping()
    except DatabaseError as error:
        raise CommandError(f"The database can't be used ({error}): {START_FIRST}") from None
    except redis.RedisError as error:
        raise CommandError(f"Redis does not answer ({error}): {START_FIRST}") from None


def load() -> str:
    """Load the demo; what was loaded, and how long it took."""
    began = time.monotonic()
    try:
        loaded = board.load()
    except people.AddressTakenError as address:
        raise CommandError(
            f"{address} is needed for the demo, but is a user already: delete that user, or start "
            "with an empty database"
        ) from None
    numbers = ", ".join(f"{number} {what}" for what, number in loaded.items())
    return f"Loaded {numbers} in {time.monotonic() - began:.1f} s."

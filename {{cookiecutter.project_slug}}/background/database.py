"""A database that is away for a while: whoever needs it waits, and nobody dies of it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)

# How long whoever waits leaves the database alone between two looks (seconds).
PAUSE = 0.5

# What a query raises whose connection is lost, and one that met a lock or a time-out.
DATABASE_TROUBLE = (OperationalError, InterfaceError)


def is_lost(error: BaseException) -> bool:
    """Whether the connection to the database is lost, as such an error may tell.

    Within a transaction nobody can say so: it has to be left first.
    """
    if not isinstance(error, DATABASE_TROUBLE) or connection.in_atomic_block:
        return False
    return not connection.is_usable()


def patiently[T](step: Callable[[], T]) -> T:
    """The value of `step`, which is begun anew each time that the database goes away under it.

    It may have been committed and only the answer lost, so a second time must do no harm.
    """
    while True:
        try:
            return step()
        except DATABASE_TROUBLE as error:
            if not is_lost(error):
                raise
        wait_for_database()


def wait_for_database() -> None:
    """Return once the database answers; at once if it does, or inside a transaction."""
    trouble = _trouble()
    if not trouble:
        return
    logger.warning("The database is away, and this process waits for it: %s", trouble)
    while _trouble():
        time.sleep(PAUSE)
    logger.info("The database is back")


def _trouble() -> str:
    """What keeps the database from answering; empty when nothing does."""
    if connection.in_atomic_block:
        return ""
    try:
        connection.ensure_connection()
    except DATABASE_TROUBLE as error:
        return str(error)
    if connection.is_usable():
        return ""
    connection.close()
    return "the connection is lost"


@contextmanager
def in_passing(what: str) -> Iterator[None]:
    """Write something down in a process that seldom does and must not die of it.

    Trouble with the database is told in the log.
    """
    # Nobody else notices there that a connection was lost, and each use of it would fail.
    close_old_connections()
    try:
        yield
    except DATABASE_TROUBLE as error:
        logger.warning("%s can't be written down: %s", what, error)

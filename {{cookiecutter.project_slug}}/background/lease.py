"""Keeping a row while its work takes longer than one lease."""

import logging
import threading
import time

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connections

from background.errors import LeaseLostError
from background.models import Work

logger = logging.getLogger(__name__)


class Heartbeat(threading.Thread):
    """Renews the lease of a row every third of its length, until stopped or lost.

    A short lease with a heartbeat rather than a lease longer than the time limit: recovery then
    takes one lease, however long the work may run.
    """

    def __init__(self, work: Work) -> None:
        super().__init__(name=f"heartbeat of {work.pk}", daemon=True)
        self._work = work
        self._stopped = threading.Event()

    def __enter__(self) -> "Heartbeat":
        self._work.heartbeat = self
        try:
            self.start()
        except BaseException:
            # A stop signal may come while the thread starts.
            self._stopped.set()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the thread and wait for its last beat."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        """Beat; a database that is away for a moment only costs a beat.

        From the beginning of one beat to that of the next, as one that waits for a lock may take
        long, and renews the lease from its beginning on.
        """
        pause = settings.WORK_LEASE_SECONDS / 3
        wait = pause
        try:
            while not self._stopped.wait(wait):
                began = time.monotonic()
                self._beat()
                wait = max(0.0, began + pause - time.monotonic())
        finally:
            connections.close_all()

    def _beat(self) -> None:
        try:
            self._work.renew_lease()
        except LeaseLostError as lost:
            logger.warning("%s", lost)
            self._stopped.set()
        except DatabaseFault as error:
            logger.warning("%s misses a heartbeat: %s", self._work.label, error)
            connections.close_all()

"""A table in memory, whose writers take their steps one by one."""

from collections.abc import Callable

from fastdata import counters


class Table:
    """The number of its rows is kept up under `key`."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.rows = 0

    def insert(self) -> None:
        """All that a writer does."""
        self.announce()
        self.commit()
        self.increment()

    def announce(self) -> None:
        """Leave the mark."""
        counters.expect(self.key)

    def commit(self) -> None:
        """From now on others see the row."""
        self.rows += 1

    def increment(self) -> None:
        """Count the row where it is kept."""
        counters.add(self.key)

    def count(self, meanwhile: Callable[[], None] = lambda: None) -> int:
        """What a reader gets; `meanwhile` happens right after it has read the table."""

        def compute() -> int:
            rows = self.rows
            meanwhile()
            return rows

        return counters.count(self.key, compute, ttl=60)

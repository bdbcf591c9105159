"""The last moment in which a rebuild may still go wrong."""

from redis.client import Pipeline

from fastdata import rebuilding
from fastdata.connection import data

KEY = "number:of:fish"


def test_a_mark_left_while_a_number_is_being_stored_is_minded() -> None:
    def keep(pipe: Pipeline, number: int) -> None:
        pipe.set(KEY, number)
        rebuilding.expect(KEY)

    assert rebuilding.rebuild(KEY, lambda: 42, keep) == 42
    assert not data().exists(KEY)

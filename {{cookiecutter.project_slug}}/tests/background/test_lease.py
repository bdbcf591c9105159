"""Heartbeats: how often they renew a lease."""

from types import SimpleNamespace
from typing import Any

import pytest

from background import lease
from background.lease import Heartbeat

LEASE = 30.0
BEAT_EVERY = LEASE / 3


class Clock:
    """The time as a heartbeat sees it, which passes when somebody lets it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        """The time now (seconds)."""
        return self.now

    def wait(self, seconds: float) -> bool:
        """Let the time pass, three times; then it is enough."""
        self.pauses.append(seconds)
        self.now += seconds
        return len(self.pauses) > 3


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    """What a heartbeat goes by."""
    settings.WORK_LEASE_SECONDS = LEASE
    clock = Clock()
    monkeypatch.setattr(lease, "time", clock)
    return clock


def pauses_of_a_heart(clock: Clock, *, beat: float) -> list[float]:
    """How long it rests between its beats, of which each takes `beat` seconds."""

    def renew_lease() -> None:
        clock.now += beat

    work: Any = SimpleNamespace(pk=1, renew_lease=renew_lease)
    heartbeat = Heartbeat(work)
    heartbeat._stopped = clock  # type: ignore[assignment]
    heartbeat.run()
    return clock.pauses


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("beat", "rest"),
    [
        pytest.param(0.0, BEAT_EVERY, id="at once"),
        pytest.param(4.0, BEAT_EVERY - 4.0, id="behind a lock"),
        pytest.param(BEAT_EVERY + 5.0, 0.0, id="longer than a beat"),
    ],
)
def test_a_beat_that_takes_long_does_not_put_off_the_next_one(
    clock: Clock, beat: float, rest: float
) -> None:
    assert pauses_of_a_heart(clock, beat=beat) == [BEAT_EVERY, rest, rest, rest]

"""Work whose effects are counted at the far end, and the judgement of what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tests.faults.settling import SETTLING_SECONDS
from tests.faults.visitors import Web
from tests.support.waiting import wait_until

# For each piece of work, by its name, the ids under which the far end saw its effects.
type Effects = dict[str, list[str]]


class Kind(Protocol):
    """A kind of work; it is `Startable`, or `Requestable`, or both."""

    @property
    def name(self) -> str:
        """What a report calls it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which a worker finds the far end."""

    def effects(self) -> Effects:
        """What the far end saw."""


@runtime_checkable
class Startable(Kind, Protocol):
    """A kind of work that the load starts by itself."""

    def start(self, number: int) -> list[str]:
        """Start so many pieces; their names."""


@runtime_checkable
class Requestable(Kind, Protocol):
    """A kind of work that a request starts."""

    def request(self, web: Web) -> list[str]:
        """Have somebody ask a web server for it once; the names of its pieces."""


@dataclass(frozen=True)
class Verdict:
    """What became of the work of one kind.

    `twice` counts effects that were made again, under another id. `repeated` counts those that came
    again under the same id, by which the far end can tell: of a process that was killed after the
    effect and before it could say so.
    """

    kind: str
    pieces: int
    lost: int
    twice: int
    repeated: int


class Load:
    """Pieces of work of several kinds."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._started: dict[str, list[str]] = {kind.name: [] for kind in kinds}

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which workers find the far ends."""
        return {name: value for kind in self._kinds for name, value in kind.environment.items()}

    @property
    def pieces(self) -> int:
        """How many were started."""
        return sum(map(len, self._started.values()))

    @property
    def done(self) -> int:
        """How many had their effect."""
        return sum(
            len(kind.effects().keys() & set(self._started[kind.name])) for kind in self._kinds
        )

    def leave_out(self, name: str) -> None:
        """Start none of a kind, in a project that has it."""
        self._kinds = [kind for kind in self._kinds if kind.name != name]

    def start(self, number: int) -> None:
        """Start about so many pieces more, as many of each kind."""
        kinds = [kind for kind in self._kinds if isinstance(kind, Startable)]
        for kind in kinds:
            self._started[kind.name] += kind.start(number // len(kinds))

    def request(self, web: Web, number: int) -> None:
        """Have visitors of a web server make about so many requests, as many for each kind."""
        kinds = [kind for kind in self._kinds if isinstance(kind, Requestable)]
        for _ in range(number // len(kinds)):
            for kind in kinds:
                self._started[kind.name] += kind.request(web)

    def in_portions(self, pieces: int, times: int) -> Iterator[int]:
        """Start about so many pieces in so many portions, and come back amid each of them.

        So each of many faults meets work: a load that is started at once is done before the last.
        """
        for number in range(times):
            self.get_under_way(pieces // times)
            yield number

    def get_under_way(self, portion: int) -> None:
        """Start a portion, and come back amid it: another one if it was done before one looked."""
        self.start(portion)
        self.wait_for_progress(portion // 4)
        while self.done == self.pieces:
            self.start(portion)

    def wait_for_progress(self, pieces: int) -> None:
        """Wait until so many more had their effect, or all have."""
        goal = min(self.done + pieces, self.pieces)
        wait_until(lambda: self.done >= goal, SETTLING_SECONDS)

    def judge(self) -> list[Verdict]:
        """What became of the pieces, kind by kind; of a kind without any nothing is said."""
        started = [(kind, self._started[kind.name]) for kind in self._kinds]
        return [_judge(kind, names) for kind, names in started if names]


def _judge(kind: Kind, started: Sequence[str]) -> Verdict:
    effects = kind.effects()
    seen = [effects.get(name, []) for name in started]
    return Verdict(
        kind=kind.name,
        pieces=len(started),
        lost=sum(not ids for ids in seen),
        twice=sum(len(set(ids)) - 1 for ids in seen if ids),
        repeated=sum(len(ids) - len(set(ids)) for ids in seen),
    )

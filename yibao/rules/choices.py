"""Everything that has more than one value: readings of a disputed rule, bounds, facts not given.

A settlement is worked out once per combination. The code that works it out asks
`Choices` whenever a value is open and carries on with the answer; `every` runs it again
until each combination has been taken once. So a dispute only multiplies the work where it
is reached, and no calculation step knows about disputes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yibao.rules.citation import Citation


class ForkKind(StrEnum):
    """Why a value is open; the codes of `Settlement.range_reasons`."""

    DISPUTE = "dispute"
    BOUND = "bound"
    AGE = "age"
    TIER = "tier"
    CLASS = "class"
    TREATMENT = "treatment"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One choice made: `what` was open, `value` describes the option, of `options` in all."""

    kind: ForkKind
    what: str
    value: object
    options: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option[T]:
    """One value that an open thing may have, and what says so."""

    value: T
    label: object
    citations: tuple[Citation, ...] = ()


class Choices:
    """The choices of one run, replayed from `path` and then the first option of each."""

    def __init__(self, path: Sequence[int] = ()) -> None:
        self._path = tuple(path)
        self._indexes: list[int] = []
        self._memory: dict[Hashable, int] = {}
        self.taken: list[Taken] = []

    def choose[T](self, kind: ForkKind, what: str, options: Sequence[Option[T]]) -> T:
        """Return one option's value; the same thing asked again gives the same answer.

        An option without alternatives is recorded too: a lone disputed statement is no
        settled value.
        """
        identity = (kind, what, tuple(option.label for option in options))
        index = self._memory.get(identity)
        if index is None:
            depth = len(self._indexes)
            index = self._path[depth] if depth < len(self._path) else 0
            self._indexes.append(index)
            self._memory[identity] = index
            self.taken.append(
                Taken(
                    kind=kind,
                    what=what,
                    value=options[index].label,
                    options=len(options),
                    citations=options[index].citations,
                )
            )
        return options[index].value

    def next_path(self) -> tuple[int, ...] | None:
        """Return the path of the next combination, or None after the last."""
        path = list(self._indexes)
        while path:
            if path[-1] + 1 < self.taken[len(path) - 1].options:
                path[-1] += 1
                return tuple(path)
            path.pop()
        return None


def every[T](work: Callable[[Choices], T]) -> Iterator[tuple[T, tuple[Taken, ...]]]:
    """Run `work` once per combination of what it finds open.

    >>> def work(choices):
    ...     options = [Option(value=n, label=n) for n in (1, 2)]
    ...     return choices.choose(ForkKind.BOUND, "a", options)
    >>> [value for value, _ in every(work)]
    [1, 2]
    """
    path: tuple[int, ...] | None = ()
    while path is not None:
        choices = Choices(path)
        yield work(choices), tuple(choices.taken)
        path = choices.next_path()

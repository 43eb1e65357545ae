"""Number the sources of a page in the order in which its figures cite them."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Cited(Protocol):
    """A source with an id that is unique on the page and fit for an anchor."""

    @property
    def id(self) -> str: ...


class Footnotes[C: Cited]:
    """The sources of one page; each gets the number of its first mention, from 1.

    >>> from types import SimpleNamespace as Source
    >>> notes = Footnotes([Source(id="a"), Source(id="b"), Source(id="a")])
    >>> [note.id for note in notes], notes.number("b"), notes.number("c")
    (['a', 'b'], 2, None)
    """

    def __init__(self, sources: Iterable[C] = ()) -> None:
        self._sources: dict[str, C] = {}
        self._numbers: dict[str, int] = {}
        for source in sources:
            self.add(source)

    def add(self, source: C) -> int:
        """Take a source in, if it is new, and return its number."""
        if source.id not in self._numbers:
            self._sources[source.id] = source
            self._numbers[source.id] = len(self._numbers) + 1
        return self._numbers[source.id]

    def number(self, source_id: str) -> int | None:
        """Return the number of a source, None when the page does not list it."""
        return self._numbers.get(source_id)

    def __iter__(self) -> Iterator[C]:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

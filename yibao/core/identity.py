"""Objects as keys by what they are, not by what is in them."""


class Same[T]:
    """A key that equals only a key of the very same object, however large that is.

    For `lru_cache` over objects that are slow to compare; the cache keeps them alive.

    >>> one, other = [1], [1]
    >>> Same(one) == Same(one), Same(one) == Same(other)
    (True, False)
    """

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

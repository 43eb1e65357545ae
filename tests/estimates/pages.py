"""A page as an outside check sees it: marked figures, errors, gaps. No browser."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "rect"})


class Element:
    """One element: its tag, attributes, and the text inside it."""

    def __init__(self, tag: str, attributes: dict[str, str], parents: tuple["Element", ...]):
        self.tag = tag
        self.attributes = attributes
        self.parents = parents
        self.text = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        element = Element(tag, values, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


class Page:
    """The elements of a response, found by attribute."""

    def __init__(self, response: HttpResponse) -> None:
        self.response: Any = response
        self.status = response.status_code
        reader = _Reader()
        reader.feed(response.content.decode())
        self.elements = reader.elements

    def all(self, **attributes: str) -> list[Element]:
        """Return the elements with these attributes (`data_figure` is `data-figure`)."""
        wanted = {name.rstrip("_").replace("_", "-"): v for name, v in attributes.items()}
        return [e for e in self.elements if all(e.get(n) == v for n, v in wanted.items())]

    def having(self, name: str) -> list[Element]:
        """Return the elements that have the attribute."""
        return [element for element in self.elements if name in element.attributes]

    def one(self, **attributes: str) -> Element:
        """Return the only element with these attributes."""
        (element,) = self.all(**attributes)
        return element

    def value(self, figure: str) -> str:
        """Return the machine-readable value of the one figure of this name."""
        return self.one(data_figure=figure)["value"]

    def errors(self, field: str) -> str:
        """Return the error text beside a field, "" for none."""
        return "".join(element.text for element in self.all(id=f"id_{field}-error"))

"""Read marked parts of a page, as an outside script would."""

from html.parser import HTMLParser


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, attribute: str) -> list[dict[str, str]]:
        """Attributes of each element that has `attribute`."""
        return [attrs for _tag, attrs in self.found if attribute in attrs]

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] for attrs in self.all(attribute)]

    def tags(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.found if name == tag]

    def decision(self) -> dict[str, str]:
        """The data of the decision, by name; empty where there is none."""
        for attrs in self.tags("section"):
            if attrs.get("id") == "decision":
                return {name[5:]: value for name, value in attrs.items() if name[:5] == "data-"}
        return {}

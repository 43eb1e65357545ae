"""The way from other pages into the finder."""

from collections.abc import Mapping

from yibao.core.navigation import links, query_of
from yibao.core.people import carried
from yibao.institutions.models import Service
from yibao.regions.queries import ABROAD

_SAME_NAMES = ("insured", "disease", "level", "on")


def finder_address(answers: Mapping[str, str]) -> str:
    """Return the finder with the answers of a check or an estimate, "" for care abroad.

    `care` becomes the region, `care_type` the service where the finder knows it.
    """
    care, service = answers.get("care", ""), answers.get("care_type", "")
    if care == ABROAD:
        return ""
    found = {name: answers.get(name, "") for name in _SAME_NAMES}
    found["region"] = care
    found["service"] = service if service in Service.values else ""
    if found["service"] != Service.CHRONIC:
        found["disease"] = ""
    query = query_of({name: text for name, text in found.items() if text} | carried(answers))
    return f"{links()['institutions']}?{query}" if query else links()["institutions"]

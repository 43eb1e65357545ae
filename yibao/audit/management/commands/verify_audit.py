import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yibao.audit.verification import Fault, head, verify

_SAYS = {
    Fault.CHANGED: "changed after it was recorded",
    Fault.REMOVED: "removed",
    Fault.REORDERED: "does not follow the event before it",
    Fault.CUT_OFF: "missing at the end of the chain",
    Fault.UNKNOWN_KEY: "signed with a key that is not in YIBAO_KEYS",
    Fault.ANCHOR_DIFFERS: "is not the event that was noted",
}


def _anchor(text: str) -> tuple[int, str]:
    if not re.fullmatch(r"\d+:[0-9a-f]{64}", text):
        raise ArgumentTypeError("must be PLACE:HASH as an earlier run printed it")
    place, _, digest = text.partition(":")
    return int(place), digest


class Command(BaseCommand):
    help = (
        "Walk the chain of audit events and name each one that was changed, removed or reordered. "
        "Prints the head of the chain: keep it elsewhere and pass it to a later run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=_anchor, help="PLACE:HASH noted from an earlier run")

    def handle(self, *args: Any, anchor: tuple[int, str] | None, **options: Any) -> None:
        place, digest = head()
        findings = list(verify(anchor))
        for found in findings:
            places = (
                f"{found.first}" if found.first == found.last else f"{found.first}-{found.last}"
            )
            self.stderr.write(f"event {places}: {_SAYS[found.fault]}")
        if findings:
            raise CommandError(f"the chain is broken: {len(findings)} findings")
        self.stdout.write(f"the chain is whole; head {place}:{digest}")

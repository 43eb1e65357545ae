"""List decisions that the rules published now would make otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from yibao.claims.operations.objections import find_affected
from yibao.core.templatetags.figures import yuan


class Command(BaseCommand):
    help = (
        "Reckon stored decisions again under the rules published now, and list what differs as"
        " proposals for the officers; no decision changes by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--region", action="append", help="only this pooling region (may be repeated)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_affected(region_codes=options["region"], at=timezone.now())
        for each in found:
            difference = each.difference_fen
            shown = "no longer computable" if difference is None else f"{yuan(difference)} yuan"
            self.stdout.write(f"{each.decision.claim.case.shown_reference} {shown}")
        self.stdout.write(f"{len(found)} new proposals")

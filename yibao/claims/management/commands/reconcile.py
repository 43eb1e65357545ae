"""Compare every fen decided with every fen ordered and paid."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yibao.claims.queries.money import reconcile
from yibao.core.templatetags.figures import yuan


class Command(BaseCommand):
    help = "Compare decisions, the year's totals and payments to the fen; fails on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--region", action="append", help="only this pooling region (may be repeated)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        totals, found = reconcile(options["region"])
        self.stdout.write(
            f"{totals.claims} claims: decided {yuan(totals.decided_fen)},"
            f" ordered {yuan(totals.ordered_fen)}, paid {yuan(totals.paid_fen)},"
            f" to be ordered {yuan(totals.due_fen)} yuan"
        )
        for each in found:
            self.stderr.write(
                f"{each.reference} {each.what}: should be {each.expected}, is {each.found}"
            )
        if found:
            raise CommandError(f"{len(found)} differences")

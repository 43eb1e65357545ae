from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from yibao.audit.chain import RETENTION_DAYS
from yibao.audit.operations import Actor, TooYoung, purge_events


class _Operator:
    """Whoever runs commands on the server; the reason says who and why."""

    def get_username(self) -> str:
        return "command-line"


class Command(BaseCommand):
    help = (
        f"Remove audit events before a day that lies more than {RETENTION_DAYS} days back. "
        "Export them first; the rest of the chain still verifies."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--before", type=date.fromisoformat, required=True)
        parser.add_argument("--reason", required=True, help="who asked for it, and why")

    def handle(self, *args: Any, before: date, reason: str, **options: Any) -> None:
        operator: Actor = _Operator()
        moment = timezone.make_aware(datetime.combine(before, time.min))
        try:
            removed = purge_events(before=moment, by=operator, at=timezone.now(), reason=reason)
        except TooYoung:
            raise CommandError(
                f"events of the last {RETENTION_DAYS} days are kept; choose an earlier day"
            ) from None
        self.stdout.write(f"{removed} events removed")

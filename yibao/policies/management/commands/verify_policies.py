"""Check the published policies."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yibao.policies.verify import problems_of_published


class Command(BaseCommand):
    help = "Check that no two published rules of one key hold at once, and that all rows stand."

    def handle(self, *args: Any, **options: Any) -> None:
        found = problems_of_published()
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"policies: {len(found)} problems")
        self.stdout.write("policies: no problem found")

"""Seal everything anew after the site got a new key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yibao.cases.operations.resealing import keys_in_use, reseal
from yibao.core.keys import keys
from yibao.core.sealing import SealBroken


class Command(BaseCommand):
    help = (
        "Seal every sealed text and file with the newest key of YIBAO_KEYS. It may be stopped "
        "and run again. Ends with how many texts each key still seals."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count, change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            try:
                for label, count in reseal():
                    self.stdout.write(f"{label}: {count} sealed anew")
            except SealBroken as broken:
                raise CommandError(f"cannot be opened with any key of the site: {broken}") from None
        places = {key.id: place for place, key in enumerate(keys("sealing"), start=1)}
        for key_id, count in sorted(keys_in_use().items()):
            place = places.get(key_id)
            name = f"key {place} of YIBAO_KEYS" if place else f"a key that is gone ({key_id})"
            self.stdout.write(f"{name}: {count} texts")

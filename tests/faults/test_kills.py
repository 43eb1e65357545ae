"""The server is killed while people file: nothing acknowledged is lost, nothing is doubled.

`make drills` kills more often: KILLS=50.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from django.db import connection

from tests.faults.serving import Persistent, Server
from tests.filings.walking import CONTACT, LETTER, NOTICE, PERSON, PLACES, picture

KILLS = int(os.environ.get("KILLS", "3"))
WRITERS = 3
SEED = 20261123
_REFERENCE = re.compile(r'data-figure="reference" value="YB-([0-9A-Z-]+)"')

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the drill makes a database file of its own"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("killed"))
    for command in ("migrate", "load_regions", "load_sources", "load_policies"):
        server.manage(command)
    server.start()
    yield server
    server.kill()


def _file(base: str, number: int) -> tuple[str, int]:
    """File once, from the notice to the reference; return it and how often was asked again."""
    browser = Persistent(base)
    browser.get("/filings/new/")
    browser.send(NOTICE)
    browser.send(PERSON | {"name": "测试" + "甲乙丙丁戊己庚辛"[number % 8]})
    browser.send(PLACES | {"starts_on": "2026-11-24"})
    signed = LETTER | {"signature_name": "测试" + "甲乙丙丁戊己庚辛"[number % 8]}
    browser.send({"material_identity": picture(), **signed})
    browser.send(CONTACT)
    page = browser.send({"overlap_known": "on"})
    found = _REFERENCE.search(page)
    assert found, page
    return found[1].replace("-", ""), browser.retried


def _write(base: str, stop: Event, done: list[str], asked_again: list[int]) -> None:
    number = 0
    while not stop.is_set():
        reference, retried = _file(base, number)
        done.append(reference)
        asked_again.append(retried)
        number += 1


def test_nothing_acknowledged_is_lost_or_doubled(server: Server) -> None:
    chance, stop = Random(SEED), Event()  # noqa: S311 - the same moments on every run
    done: list[str] = []
    asked_again: list[int] = []
    writers = [
        Thread(target=_write, args=(server.base, stop, done, asked_again)) for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for _kill in range(KILLS):
        before = len(done)
        while len(done) < before + WRITERS and all(writer.is_alive() for writer in writers):
            stop.wait(0.05)
        stop.wait(chance.random())
        server.kill()
        server.start()
    stop.set()
    for writer in writers:
        writer.join()

    rows = _rows(Path(server.environment["YIBAO_DATA_DIR"]))
    kept = [row[0] for row in rows]
    assert len(done) >= KILLS * WRITERS
    assert sum(asked_again) > 0, "no request met a killed server: the drill proved nothing"
    assert sorted(kept) == sorted(done)
    assert {row[1:] for row in rows} == {(1, 1, 1, 1)}


def _rows(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """Return each case's reference with its persons, filings, first lines and files."""
    with closing(sqlite3.connect(folder / "yibao.sqlite3")) as database:
        return database.execute(
            """
            SELECT reference,
              (SELECT count(*) FROM cases_person WHERE case_id = c.id),
              (SELECT count(*) FROM filings_filing WHERE case_id = c.id),
              (SELECT count(*) FROM cases_caseevent WHERE case_id = c.id AND event = 'submitted'),
              (SELECT count(*) FROM cases_upload WHERE case_id = c.id)
            FROM cases_case c
            """
        ).fetchall()

"""What happens to a ledger and to the nights beside it: by a disk, by a hurry, on purpose."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from audit.cli import main
from audit.ledger import Ledger
from tests.states import DAY, State

NEXT, THIRD, FOURTH, FIFTH = (DAY + timedelta(days=n) for n in (1, 2, 3, 4))
"""Two more nights that `three_nights` has seen, and two that are to come."""


def call(state: State, verb: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main([*verb, "--config", str(state.write())])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def ledger_of(state: State) -> Path:
    return state.folder / "out" / "ledger.sqlite"


def altered(state: State, statements: str) -> None:
    with closing(sqlite3.connect(ledger_of(state))) as connection:
        connection.executescript(statements)


def lost(state: State) -> None:
    for path in state.folder.glob("out/ledger.sqlite*"):
        path.unlink()


def emptied(state: State) -> None:
    lost(state)
    ledger_of(state).touch()


def begun_elsewhere(state: State) -> None:
    lost(state)
    Ledger(ledger_of(state)).close()


def cut(state: State) -> None:
    ledger_of(state).write_bytes(ledger_of(state).read_bytes()[:20_000])


def text_instead(state: State) -> None:
    ledger_of(state).write_text("see the backup of Tuesday\n" * 400)


def zeroed(page: int) -> Callable[[State], None]:
    def damage(state: State) -> None:
        with ledger_of(state).open("r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))

    return damage


def forged_decision(ledger: Ledger, run_id: str, copy: str = "") -> None:
    """A decision, its event, and the seals anew, as a run would have left them."""
    ledger.connection.execute("UPDATE findings SET note = 'forged' WHERE handle = 'quietpine42'")
    (finding_id,) = ledger.connection.execute("SELECT finding_id FROM findings WHERE note = 'forged'").fetchone()
    (digest,) = ledger.connection.execute("SELECT file_sha256 FROM reviews").fetchone()
    if copy:
        ledger.connection.execute("INSERT INTO reviews VALUES (?, 'a.xlsx', '2026-11-23', '', ?, '[]')", (copy, run_id))
    forged = {"finding_id": finding_id, "kind": "decided", "reason": "", "cause": "", "who": "",
              "what": {"note": ["", "forged"]}, "file_sha256": copy or digest}  # fmt: skip
    ledger.chain.append(run_id, forged)
    ledger.chain.seal(run_id)

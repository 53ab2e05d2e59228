"""A row in the middle of a file that cannot be read: the account or the person who stood there is not taken for gone,
and a row that is never corrected keeps nothing that goes after it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from audit.ledger import Ledger
from audit.model.figures import READ_AGAIN
from audit.model.finding import FindingStatus
from audit.model.night import Night
from connectors.files.lasting import cells_digest, lasting_digest, line_digest
from tests.editing import Book
from tests.states import ACCOUNTS, DAY, NOON, State, account, person

OPEN, BACK = FindingStatus.OPEN, FindingStatus.REOPENED
UNCHECKED, GONE = FindingStatus.NOT_RECHECKED, FindingStatus.RESOLVED
COUNT = 12
Broken = dict[int, str]
"""Which rows cannot be read, and what stands there instead."""
RAGGED, QUOTE, NOWHERE = "x,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", 'x,"90', "nobook,77,tidyfern,,,,,,,,,"
NIGHTS: dict[str, list[tuple[Collection[int], Broken, dict[int, FindingStatus]]]] = {
    # per night after the first: who is in the file no more, the rows that are broken, and what becomes of them
    "a quotation mark that is not closed": [((), {5: QUOTE}, {5: UNCHECKED})],
    "no platform that is known": [((), {5: NOWHERE}, {5: UNCHECKED})],
    "another account goes on that night": [({7}, {5: RAGGED}, {5: UNCHECKED, 7: UNCHECKED})],
    "it lasts, and another account goes later": [
        ((), {5: RAGGED}, {5: UNCHECKED}), ({7}, {5: RAGGED}, {5: UNCHECKED, 7: GONE}),
        ((), {5: RAGGED}, {5: UNCHECKED, 7: BACK}),
    ],
    "one is corrected as another breaks": [
        ((), {5: RAGGED}, {5: UNCHECKED}), ((), {8: RAGGED + "8"}, {5: OPEN, 8: UNCHECKED}),
        ((), {8: RAGGED + "8"}, {8: UNCHECKED}),
    ],
    "the first is corrected, the second lasts": [
        ((), {5: RAGGED}, {5: UNCHECKED}), ((), {5: RAGGED, 8: QUOTE}, {5: UNCHECKED, 8: UNCHECKED}),
        ({5, 7}, {8: QUOTE}, {5: UNCHECKED, 8: UNCHECKED, 7: GONE}), ({5}, {}, {5: GONE, 8: OPEN, 7: BACK}),
    ],
}  # fmt: skip


@pytest.fixture
def listed(state: State) -> State:
    state.people = [person(f"1{n:04}", f"Pat{n}", "Fernsby") for n in range(COUNT)]
    state.accounts["export"] = [
        account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(COUNT)
    ]
    state.options["export"] = 'registration = "verified"'
    state.official[0]["supervisor_employee_id"] = "10000"
    assert {one.rule_id for one in state.night().findings} == {"E-1"}
    return state


def broken(state: State, name: str, gone: Collection[int], rows: Broken, after: int) -> Night:
    """A night on which rows of a file are gone, and others cannot be read."""
    config = state.write()
    path = state.folder / name
    head, *lines = path.read_text("utf-8").splitlines()
    kept = [rows.get(n, line) for n, line in enumerate(lines) if n not in gone]
    path.write_text("\n".join([head, *kept, ""]), "utf-8")
    as_it_is = State(state.folder)
    as_it_is.write = lambda: config  # type: ignore[method-assign]
    return as_it_is.night(DAY + timedelta(after))


def statuses(night: Night) -> dict[int, FindingStatus]:
    return {
        int(one.handle.removeprefix("birch")): one.status for one in night.findings if one.handle.startswith("birch")
    }


@pytest.mark.parametrize("nights", NIGHTS.values(), ids=NIGHTS)
def test_what_may_stand_in_the_row_is_not_resolved(
    listed: State, nights: list[tuple[Collection[int], Broken, dict[int, FindingStatus]]]
) -> None:
    for after, (gone, rows, expected) in enumerate(nights, start=1):
        night = broken(listed, "export.csv", gone, rows, after)
        assert statuses(night) == dict.fromkeys(range(COUNT), OPEN) | expected
        kept = sum(status is UNCHECKED for status in expected.values())
        told = [one.advice for one in night.measured if one.key == READ_AGAIN]
        assert [one.partition(" ")[0] for one in told] == ([str(kept)] if kept else [])
        book = Book.of(listed.folder / "out" / "latest" / "audit.xlsx")
        assert any(one in map(str, row) for one in told for row in book.sheets["Coverage"]) == bool(told)


PEOPLE: dict[str, list[tuple[Collection[int], Broken, dict[int, FindingStatus]]]] = {
    "it lasts": [((), {5: RAGGED}, {5: UNCHECKED}), ((), {5: RAGGED}, {5: UNCHECKED}), ((), {}, {5: OPEN})],
    "somebody else is forgotten later": [
        ((), {5: RAGGED}, {5: UNCHECKED}), ({7}, {5: RAGGED}, {5: UNCHECKED, 7: GONE}),
        ({7}, {5: RAGGED}, {5: UNCHECKED}),
    ],
    "it is taken out": [((), {5: RAGGED}, {5: UNCHECKED}), ({5}, {}, {5: GONE})],
}  # fmt: skip


@pytest.mark.parametrize("nights", PEOPLE.values(), ids=PEOPLE)
def test_whoever_may_stand_in_the_row_is_not_gone(
    listed: State, nights: list[tuple[Collection[int], Broken, dict[int, FindingStatus]]]
) -> None:
    for after, (gone, rows, expected) in enumerate(nights, start=1):
        night = broken(listed, "hr.csv", gone, rows, after)
        personal = {int(one.handle.removeprefix("birch")): one.status for one in night.findings if one.rule_id == "E-1"}
        assert personal == {n: OPEN for n in range(COUNT) if n not in gone} | expected
        assert any(one.key == READ_AGAIN for one in night.measured) == (UNCHECKED in expected.values())
        others = {one.handle for one in night.findings if one.rule_id != "E-1"}
        assert others == {f"birch{n}" for n in gone}, "a lead says that a mailbox is in no directory"


def test_a_row_that_lasts_is_known_again_though_the_export_writes_its_time_into_it(listed: State) -> None:
    columns = ACCOUNTS.split(",")
    for after, gone in ((1, ()), (2, (7,))):
        row = dict.fromkeys(columns, "") | {"platform": "nobook", "observed_at": str(DAY + timedelta(after))}
        night = broken(listed, "export.csv", gone, {5: ",".join(row[name] for name in columns)}, after)
        assert statuses(night) == dict.fromkeys(range(COUNT), OPEN) | {5: UNCHECKED} | dict.fromkeys(gone, GONE)


ANEW = [
    lambda at, n: f"nobook,77,tidyfern,,,,,,,,,{at}",
    lambda at, n: f"x{at},77,tidyfern,,,,,,,,,",
    lambda at, n: f"nobook,77,tidyfern,,Tidy Fern,seen {at},,,,,{at},",
    lambda at, n: f"nobook,,,https://urldefense.com/v3/__https://book.example/tidy__;!!k!{n}$,,,,,,,,",
    lambda at, n: f"nobook,,,,,,,,,tidy.fern@maine.gov,{at},",
    lambda at, n: f"nobook,,,,Tidy Fern,{at},,,,,,",
    lambda at, n: f"x,77,tidyfern,,Fern, Tidy,Plain words,,,,,{at},{at}",
    lambda at, n: f"x,77,tidyfern,,Fern, Tidy,Plain words,,,,,,{at},{1200 + n}",
    lambda at, n: f'x,77,tidyfern,,Fern,"Plain words,,,,,{at},{n}',
]
"""Rows that cannot be read, and in which something stands anew every night: a time, a count, a key of a mail filter."""
TIMES = [
    "{:%Y-%m-%dT%H:%M:%SZ}", "{:%Y-%m-%d %H:%M:%S.%f+00:00}", "{:%m/%d/%Y %I:%M %p}", "{:%d-%b-%Y}",
    "{:%b %d %Y %H:%M}", "{:%a %b %d %H:%M:%S UTC %Y}", "{:%Y%m%d%H%M%S}", "{:%s}",
]  # fmt: skip


@pytest.mark.parametrize("row", ANEW)
def test_a_row_with_something_new_in_it_every_night_is_known_again(
    listed: State, row: Callable[[str, int], str]
) -> None:
    for after, gone in ((1, ()), (2, (7,))):
        written = row((NOON + timedelta(after, 61)).isoformat(), after)
        night = broken(listed, "export.csv", gone, {5: written}, after)
        assert statuses(night) == dict.fromkeys(range(COUNT), OPEN) | {5: UNCHECKED} | dict.fromkeys(gone, GONE)


@pytest.mark.parametrize("form", TIMES)
def test_a_time_of_any_form_does_not_tell_two_rows_apart(form: str) -> None:
    rows = [["x", "77", "tidyfern", form.format(NOON + timedelta(days, 4271)), "Fern", "Tidy"] for days in (0, 1, 9)]
    assert len({cells_digest(row) for row in rows}) == 1
    assert len({line_digest(",".join(row)) for row in rows}) == 1


def test_rows_of_two_accounts_are_two() -> None:
    rows = [
        {"platform": "nobook", "handle": "tidyfern"}, {"platform": "yesbook", "handle": "tidyfern"},
        {"platform": "nobook", "handle": "tidymoss"}, {"platform": "nobook", "account_id": "2026112007"},
        {"platform": "nobook", "account_id": "2026112008"}, {"platform": "nobook", "display_name": "Fern"},
        {"employee_id": "00031"}, {"employee_id": "00032"},
    ]  # fmt: skip
    assert len({lasting_digest(row) for row in rows}) == len(rows)
    cells = ["x,77,tidyfern,Fern,Tidy", "x,77,tidymoss,Fern,Tidy", "x,1,2,3", "x,1,2,4", "x,,,Fern,ann@maine.gov"]
    assert len({line_digest(line) for line in cells}) == len(cells)


def test_an_official_account_that_may_stand_in_the_row_has_not_vanished(listed: State) -> None:
    """The file has shown it before the row broke, and it is in no other row."""
    listed.options["export"] += '\nlists_official = ["x"]'
    listed.official[0] |= {"handle": "birch5", "account_id": listed.accounts["export"][5]["account_id"]}
    assert "R-1" not in {one.rule_id for one in broken(listed, "export.csv", (), {}, 1).findings}
    for after in (2, 3):
        night = broken(listed, "export.csv", (), {5: RAGGED}, after)
        assert "R-1" not in {one.rule_id for one in night.findings}
    assert "R-1" in {one.rule_id for one in broken(listed, "export.csv", {5}, {}, 4).findings}


def test_a_run_that_was_killed_and_is_begun_again_numbers_accounts_as_one_that_was_not(listed: State) -> None:
    """The tables are compared with those of a twin that nobody killed, and the seals cover the numbers."""
    broken(listed, "export.csv", {7}, {5: RAGGED}, 1)
    path = listed.folder / "out" / "ledger.sqlite"
    with Ledger(path) as ledger:
        before = ledger.connection.execute("SELECT position, handle FROM accounts ORDER BY position").fetchall()
        run_id = ledger.connection.execute("SELECT max(run_id) FROM runs").fetchone()[0]
        again = [(key, one) for _, key, shown_in, one in ledger.sources.accounts() if shown_in == run_id]
        with ledger.transaction():
            ledger.sources.replace_accounts(run_id, "export", again, unread_rows=ledger.sources.unread_rows("export"))
        after = ledger.connection.execute("SELECT position, handle FROM accounts ORDER BY position").fetchall()
    assert [place for place, _ in before] == list(range(COUNT))
    assert after == before

"""A copy of the ledger that can be trusted, and the way back: the next night is the one that would have been."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from tests.audit.damage import FIFTH, FOURTH, THIRD, altered, call, cut, ledger_of, lost, zeroed
from tests.states import State


def twin(state: State, folder: Path) -> State:
    """The same state elsewhere, to live through what would have been."""
    shutil.copytree(state.folder, folder, symlinks=True)
    return State(folder, state.people, dict(state.accounts), state.official, state.agencies, state.options)


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for (name,) in tables}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_restored_on_a_clean_folder_the_next_night_is_the_one_that_would_have_been(
    audited: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "ledger of Sunday.sqlite"
    code, printed = call(audited, ["backup", str(kept)], capsys)
    assert (code, f"restore {kept}" in printed) == (0, True), printed
    assert sorted(path.name for path in tmp_path.iterdir()) == [kept.name, "state"]
    assert kept.stat().st_mode & 0o777 == 0o640
    other = twin(audited, tmp_path / "twin")
    other.night(FOURTH)
    shutil.rmtree(audited.folder / "out")
    code, printed = call(audited, ["restore", str(kept)], capsys)
    assert (code, "as of the night of 2026-11-22" in printed) == (0, True), printed
    audited.night(FOURTH)
    assert rows(ledger_of(audited)) == rows(ledger_of(other))
    night, would_have_been = (files(one.folder / "out" / FOURTH.isoformat()) for one in (audited, other))
    assert night == would_have_been
    assert call(audited, ["verify"], capsys)[0] == 0


def test_an_older_ledger_is_put_back_on_purpose(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    """Nights behind it are set aside, and what was typed since is read again: nothing a person decided is lost."""
    kept = audited.folder / "kept.sqlite"
    assert call(audited, ["backup", str(kept)], capsys)[0] == 0
    book = audited.folder / "reviews" / "later.xlsx"
    shutil.copy(audited.folder / "out" / THIRD.isoformat() / "audit.xlsx", book)
    tickets = book.with_suffix(".csv")
    tickets.write_text("Finding ID,Disposition\nE-1-000000000000,\n")
    audited.night(FOURTH)
    book.unlink()  # read, and tidied away
    tickets.unlink()
    shutil.copy(kept, ledger_of(audited))  # by other means than ours
    code, printed = call(audited, ["run", "--as-of", FIFTH.isoformat()], capsys)
    assert (code, f"restore {ledger_of(audited)}" in printed) == (73, True), printed
    code, printed = call(audited, ["restore", str(ledger_of(audited))], capsys)
    assert (code, "Nights that it does not know: 2026-11-23" in printed) == (0, True), printed
    assert "since lie in the reviews folder again, for the next run: 2" in printed
    assert (audited.folder / "out" / "latest").resolve().name == THIRD.isoformat()
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "the ledger was put back, without the nights 2026-11-23" in printed) == (0, True), printed
    receipts = audited.night(FIFTH).receipts
    assert sorted((one.name[:11], one.name[-4:]) for one in receipts) == [
        ("read before", ".csv"),
        ("read before", "xlsx"),
    ]
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "not checked" in printed) == (0, False), printed
    (aside,) = (audited.folder / "out" / "set aside").iterdir()
    assert {"ledger.sqlite", FOURTH.isoformat()} == {path.name for path in aside.iterdir()}


@pytest.mark.parametrize("moved", [None, 0, 1, 2], ids=["it failed", *(f"killed having moved {n}" for n in range(3))])
def test_a_restore_that_was_cut_short_changes_nothing(
    audited: State,
    tmp_path: Path,
    moved: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever it had moved by then: the ledger, the night behind the backup, all but the last step."""
    kept, out = tmp_path / "kept.sqlite", audited.folder / "out"
    assert call(audited, ["backup", str(kept)], capsys)[0] == 0
    audited.night(FOURTH)
    other = twin(audited, tmp_path / "twin")
    before = rows(ledger_of(audited))
    rename, left = Path.rename, [moved]

    def renamed(path: Path, place: Path) -> None:
        if not left[0]:
            raise OSError("the disk is gone")
        left[0] -= 1
        rename(path, place)

    def settled(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr("audit.verbs.backup._settle", settled)
        if moved is not None:
            patch.setattr("audit.verbs.backup._take_back", lambda _: None)
            patch.setattr(Path, "rename", renamed)
        assert call(audited, ["restore", str(kept)], capsys)[0] == 73
    if moved is None:
        assert rows(ledger_of(audited)) == before
        assert (out / FOURTH.isoformat() / "run.json").exists()
        assert list((out / "set aside").iterdir()) == []
    for one in (audited, other):
        code, printed = call(one, ["restore", str(kept)], capsys)
        assert (code, "Nights that it does not know: 2026-11-23" in printed) == (0, True), printed
    assert rows(ledger_of(audited)) == rows(ledger_of(other))
    assert ["ledger.sqlite" in files(one) for one in (out / "set aside").iterdir()] == [True]
    assert call(audited, ["verify"], capsys)[0] == 0


@pytest.mark.parametrize(
    ("damage", "code", "says"),
    [
        (zeroed(5), 73, "damaged"),
        (cut, 73, "damaged"),
        (lambda state: altered(state, "UPDATE findings SET note = ''"), 73, "Nothing is built on it"),
        (lost, 73, "the ledger is missing"),
    ],
)
def test_no_backup_is_made_of_what_is_not_whole(
    audited: State,
    tmp_path: Path,
    damage: Callable[[State], None],
    code: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(audited)
    kept = tmp_path / "kept.sqlite"
    found, printed = call(audited, ["backup", str(kept)], capsys)
    assert (found, says in printed) == (code, True), printed
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_backup_overwrites_nothing_unasked(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    kept, ledger = audited.folder / "kept.sqlite", ledger_of(audited)
    assert call(audited, ["backup", str(kept)], capsys)[0] == 0
    for place, more, says in (
        (kept, [], "already there"),
        (ledger, ["--replace"], "the ledger itself"),
        (audited.folder / "hr.csv", ["--replace"], "no backup of a ledger"),
        (audited.folder, [], "is a folder"),
        (audited.folder / "nowhere" / "kept.sqlite", [], "no such folder"),
    ):
        before = place.read_bytes() if place.is_file() else b""
        code, printed = call(audited, ["backup", str(place), *more], capsys)
        assert (code, says in printed) == (73, True), printed
        assert (place.read_bytes() if place.is_file() else b"") == before
    assert call(audited, ["backup", str(kept), "--replace"], capsys)[0] == 0


def test_nothing_is_put_back_that_is_not_a_whole_ledger_of_these_nights(
    audited: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(ledger_of(audited))
    broken, foreign, text = (tmp_path / name for name in ("broken.sqlite", "foreign.sqlite", "text.sqlite"))
    other = State(tmp_path / "other", people=audited.people, agencies=audited.agencies, official=audited.official)
    other.accounts["export"] = audited.accounts["export"]
    other.night()
    shutil.copy(ledger_of(other), foreign)
    altered(other, "UPDATE findings SET note = 'forged'")
    shutil.copy(ledger_of(other), broken)
    text.write_text("see the backup of Tuesday\n" * 400)
    for file, says in ((broken, "note"), (foreign, "knows none of the 3 nights"), (text, "damaged"),
                       (tmp_path / "none", "no such file")):  # fmt: skip
        code, printed = call(audited, ["restore", str(file)], capsys)
        assert (code, says in printed) == (73, True), printed
    assert rows(ledger_of(audited)) == before
    assert not (audited.folder / "out" / "set aside").exists()


def test_what_was_set_aside_goes_by_its_age(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    aside = audited.folder / "out" / "set aside" / "2020-01-01T000000Z"
    aside.mkdir(parents=True)
    (aside / "ledger.sqlite").write_bytes(b"old")
    audited.night(FOURTH)
    code, printed = call(audited, ["purge", "--yes", "--as-of", FOURTH.isoformat()], capsys)
    assert (code, "1 folders set aside" in printed, aside.exists()) == (0, True, False), printed


def test_what_a_killed_backup_left_goes_with_the_next(
    audited: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left, busy = tmp_path / ".identity-audit.left", tmp_path / ".identity-audit.busy"
    for folder in (left, busy):
        folder.mkdir()
        (folder / "ledger.sqlite").write_bytes(b"half of one")
    with FileLock(busy / ".lock"):
        assert call(audited, ["backup", str(tmp_path / "kept.sqlite")], capsys)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [busy.name, "kept.sqlite", "state"]

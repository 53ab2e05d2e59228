"""What analysts type into workbooks comes back: real files written, edited, read, over several nights."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

import audit.config
import audit.night.run
from audit.ledger import Ledger
from audit.model.finding import Finding, waits
from audit.model.night import Night
from audit.night.reviews_folder import read_before
from audit.report.receipts import told_first
from tests.editing import Book
from tests.paths import agency_book
from tests.states import DAY, State, account, person, small_state

NEXT = DAY + timedelta(days=1)
HANDLES = tuple(f"birch{n}" for n in range(12))


@dataclass
class Reviewed(State):
    """A state with twelve E-1 findings of two agencies after its first night; its reviews folder is empty."""

    first: Night | None = None


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """The first night, which is the same for all; whoever goes on from there copies it."""
    state = small_state(tmp_path_factory.mktemp("judged"))
    state.people += [person(f"1{n:04}", f"Pat{n}", "Fernsby", agency_code=("17", "16")[n % 2]) for n in range(12)]
    state.accounts["export"] = [
        account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(12)
    ]  # fmt: skip
    (state.folder / "reviews").mkdir()
    return Reviewed(**vars(state), first=state.night())


@pytest.fixture
def reviewed(judged: Reviewed, tmp_path: Path) -> Reviewed:
    folder = tmp_path / "state"
    shutil.copytree(judged.folder, folder, symlinks=True)
    return replace(judged, folder=folder, people=[*judged.people], accounts={"export": [*judged.accounts["export"]]})


def written(state: State, day: date = DAY, agency: str = "") -> Path:
    folder = state.folder / "out" / day.isoformat()
    return agency_book(folder, agency) if agency else folder / "audit.xlsx"


def by_handle(night: Night) -> dict[str, Finding]:
    return {finding.handle: finding for finding in night.findings if finding.rule_id == "E-1"}


def ids(night: Night) -> dict[str, str]:
    return {handle: finding.finding_id for handle, finding in by_handle(night).items()}


def heading_row(page) -> tuple[int, dict[str, int]]:
    for row in page.iter_rows():
        named = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        if "Finding ID" in named:
            return row[0].row, named
    raise AssertionError(f"no headings on {page.title}")


def typed(source: Path, target: Path, cells: Mapping[tuple[str, str], Any]) -> Path:
    """Save `source` as `target` with cells filled: (finding id, heading) → value; unknown headings become columns."""
    book = openpyxl.load_workbook(source)
    for page in book.worksheets:
        if page.title not in (
            "Findings",
            "Leads",
            "Official accounts",
            "State-run platforms",
            "Unclaimed",
            "Not in directory",
        ):
            continue
        top, columns = heading_row(page)
        places = {page.cell(row, columns["Finding ID"]).value: row for row in range(top + 1, page.max_row + 1)}
        for (finding_id, heading), value in cells.items():
            if finding_id in places:
                if heading not in columns:
                    columns[heading] = page.max_column + 1
                    page.cell(top, columns[heading]).value = heading
                    page.tables.clear()  # as Excel does: the new column is beside the table
                page.cell(places[finding_id], columns[heading]).value = value
    target.parent.mkdir(exist_ok=True, parents=True)
    book.save(target)
    return target


def told(night: Night) -> list[tuple[str, str, str]]:
    return [(problem.field, problem.words, problem.stands) for problem in night.import_problems]


def test_words_come_back_and_stay(reviewed: Reviewed) -> None:
    first = reviewed.first
    one = ids(first)["birch3"]
    cells = {
        (one, "Disposition"): "confirmed",
        (one, "Reviewer"): "K. Larkspurre",
        (one, "Decided on"): DAY,
        (one, "Note"): "Spoke with them:\n“will change it”, =SUM(A1)",
        (one, "Suppress until"): date(2026, 12, 24),
        (one, "Desk"): "4th floor",
    }
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", cells)
    night = reviewed.night(NEXT)
    finding = by_handle(night)["birch3"]
    assert (finding.disposition, finding.reviewer, finding.decided_on, finding.suppress_until) == (
        "confirmed", "K. Larkspurre", DAY, date(2026, 12, 24),
    )  # fmt: skip
    assert finding.note == "Spoke with them:\n“will change it”, =SUM(A1)"
    assert night.own_words == {one: {"Desk": "4th floor"}}
    assert told(night) == []
    with Ledger(reviewed.folder / "out" / "ledger.sqlite") as ledger:
        assert [kind for _, kind, _ in ledger.chain.steps(one)] == ["new", "decided"]
        assert ledger.chain.broken_event() is None
    # It stands in the next workbooks, the analyst's own column as well, and an untouched copy changes nothing.
    for path in (written(reviewed, NEXT), written(reviewed, NEXT, "16")):
        page = openpyxl.load_workbook(path)["Findings"]
        top, columns = heading_row(page)
        rows = {page.cell(row, columns["Finding ID"]).value: row for row in range(top + 1, page.max_row + 1)}
        shown = {name: page.cell(rows[one], column).value for name, column in columns.items()}
        assert (shown["Desk"], shown["Disposition"], shown["Status"]) == ("4th floor", "confirmed", "open, suppressed")
    assert "Desk" not in heading_row(openpyxl.load_workbook(written(reviewed, NEXT, "17"))["Findings"])[1]
    shutil.copy(written(reviewed, NEXT), reviewed.folder / "reviews")
    again = reviewed.night(NEXT + timedelta(days=1))
    assert by_handle(again)["birch3"].note == finding.note
    assert (again.own_words, again.import_problems) == (night.own_words, ())


def test_suppression_ends_by_itself(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch3"]
    cells = {(one, "Suppress until"): NEXT, (one, "Note"): "on leave"}
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", cells)
    for day, status in ((NEXT, "open, suppressed"), (NEXT + timedelta(days=1), "open")):
        reviewed.night(day)
        page = openpyxl.load_workbook(written(reviewed, day))["Findings"]
        top, columns = heading_row(page)
        statuses = {
            page.cell(row, columns["Finding ID"]).value: page.cell(row, 1) for row in range(top, page.max_row + 1)
        }
        assert statuses[one].value == status


Change = Callable[[openpyxl.Workbook], None]


def renamed(book: openpyxl.Workbook) -> None:
    book["Findings"].title = "Done by Avery"


def sorted_backwards(book: openpyxl.Workbook) -> None:
    page = book["Findings"]
    top, _ = heading_row(page)
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=top + 1)]
    for number, values in enumerate(reversed(rows), top + 1):
        for column, value in enumerate(values, 1):
            page.cell(number, column).value = value


def filtered(book: openpyxl.Workbook) -> None:
    page = book["Findings"]
    for row in range(heading_row(page)[0] + 1, page.max_row + 1):
        page.row_dimensions[row].hidden = True


def columns_moved(book: openpyxl.Workbook) -> None:
    page = book["Findings"]
    page.tables.clear()
    _, columns = heading_row(page)
    for row in page.iter_rows(min_row=heading_row(page)[0]):
        values = [cell.value for cell in row]
        for cell, value in zip(row, reversed(values), strict=True):
            cell.value = value
    assert heading_row(page)[1] != columns


def rows_and_columns_deleted(book: openpyxl.Workbook) -> None:
    page = book["Findings"]
    page.tables.clear()
    page.delete_cols(2, 4)
    page.delete_rows(page.max_row)
    page.delete_rows(1, 2)


def start_here_deleted(book: openpyxl.Workbook) -> None:
    for name in ("Start here", "Coverage", "Rules"):
        del book[name]


def headings_in_capitals(book: openpyxl.Workbook) -> None:
    page = book["Findings"]
    page.tables.clear()
    for cell in page[heading_row(page)[0]]:
        cell.value = str(cell.value).upper()
        if cell.value == "FINDING ID":
            cell.value = " Finding  id "


@pytest.mark.parametrize(
    ("change", "agency"),
    [
        (renamed, ""),
        (sorted_backwards, "17"),
        (filtered, ""),
        (columns_moved, "17"),
        (rows_and_columns_deleted, ""),
        (start_here_deleted, "17"),
        (headings_in_capitals, ""),
    ],
)
def test_a_rearranged_copy_says_the_same(reviewed: Reviewed, change: Change, agency: str) -> None:
    names = ids(reviewed.first)
    handles = ("birch0", "birch4")
    cells = {(names[handle], "Disposition"): "duplicate" for handle in handles} | {(names["birch4"], "Note"): "see 0"}
    path = typed(written(reviewed, agency=agency), reviewed.folder / "reviews" / "Kopie (2).xlsx", cells)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    night = reviewed.night(NEXT)
    decided = {handle: finding.disposition for handle, finding in by_handle(night).items() if finding.disposition}
    assert decided == dict.fromkeys(handles, "duplicate")
    assert by_handle(night)["birch4"].note == "see 0"
    assert told(night) == []


def test_two_copies_that_disagree(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    reviews = reviewed.folder / "reviews"
    os.utime(typed(written(reviewed), reviews / "b.xlsx", {(one, "Disposition"): "confirmed"}), (1e9, 1e9))
    typed(written(reviewed, agency="17"), reviews / "a.xlsx", {(one, "Disposition"): "duplicate", (one, "Note"): "no"})
    night = reviewed.night(NEXT)
    assert (by_handle(night)["birch0"].disposition, by_handle(night)["birch0"].note) == ("confirmed", "no")
    (problem,) = night.import_problems
    assert (problem.where.split(":")[0], problem.finding_id) == ("a.xlsx", one)
    assert told(night) == [("Disposition", "duplicate", "confirmed")]
    page = openpyxl.load_workbook(written(reviewed, NEXT))["Import problems"]
    assert any("duplicate" in [cell.value for cell in row] for row in page.iter_rows())
    # It stands for as long as the file lies there, and nobody has decided otherwise.
    assert told(reviewed.night(NEXT + timedelta(days=1))) == told(night)
    typed(written(reviewed, NEXT + timedelta(days=1)), reviews / "c.xlsx", {(one, "Disposition"): "duplicate"})
    settled = reviewed.night(NEXT + timedelta(days=2))
    assert (by_handle(settled)["birch0"].disposition, told(settled)) == ("duplicate", [])


def test_an_older_nights_copy_takes_nothing_back(reviewed: Reviewed) -> None:
    names = ids(reviewed.first)
    reviews = reviewed.folder / "reviews"
    old = shutil.copy(written(reviewed), reviewed.folder / "old.xlsx")
    typed(written(reviewed), reviews / "mine.xlsx", {(names["birch0"], "Disposition"): "confirmed"})
    reviewed.night(NEXT)
    typed(Path(old), reviews / "late.xlsx", {(names["birch1"], "Disposition"): "duplicate"})
    night = reviewed.night(NEXT + timedelta(days=1))
    assert by_handle(night)["birch0"].disposition == "confirmed"
    assert by_handle(night)["birch1"].disposition == "duplicate"
    assert told(night) == []


def test_a_copy_of_another_installations_night_withdraws_nothing(reviewed: Reviewed, tmp_path: Path) -> None:
    """A trial on the same files numbers its runs alike, and knows nothing of what was decided here since."""
    names = ids(reviewed.first)
    trial = shutil.copytree(reviewed.folder, tmp_path / "trial", symlinks=True)
    cells = {(names["birch0"], "Disposition"): "confirmed", (names["birch1"], "Note"): "ask HR"}
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", cells)
    assert told(reviewed.night(NEXT)) == []
    later = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    audit.night.run.run(audit.config.load(trial / "audit.toml"), NEXT, clock=lambda: later)
    cells = {(names["birch1"], "Note"): "trial", (names["birch2"], "Disposition"): "duplicate"}
    typed(trial / "out" / NEXT.isoformat() / "audit.xlsx", reviewed.folder / "reviews" / "trial.xlsx", cells)
    night = reviewed.night(NEXT + timedelta(days=1))
    found = {handle: (one.disposition, one.note) for handle, one in by_handle(night).items()}
    assert [found[f"birch{n}"] for n in range(3)] == [("confirmed", ""), ("", "ask HR"), ("duplicate", "")]
    assert sorted(told(night)) == [("", "", ""), ("Note", "trial", "ask HR")]
    (other,) = (one for one in night.import_problems if not one.field)
    assert other.where == "trial.xlsx"
    assert "run 2026-11-21.1 began 2026-11-21 18:30 UTC; this ledger's began 2026-11-21 12:00" in other.reason


def test_the_same_copy_edited_day_after_day(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    mine = reviewed.folder / "reviews" / "mine.xlsx"
    source = written(reviewed)
    for n, word in enumerate(("confirmed", "duplicate", "confirmed", "needs more evidence"), 1):
        source = typed(source, mine, {(one, "Disposition"): word, (one, "Note"): f"look {n}"})
        night = reviewed.night(DAY + timedelta(days=n))
        assert (by_handle(night)["birch0"].disposition, told(night)) == (word, [])
    typed(mine, mine, {(one, "Disposition"): None})
    night = reviewed.night(DAY + timedelta(days=9))
    assert by_handle(night)["birch0"].disposition == "needs more evidence"
    assert told(night) == [("Disposition", "", "needs more evidence")]
    typed(written(reviewed, DAY + timedelta(days=9)), mine, {(one, "Disposition"): None})
    assert by_handle(reviewed.night(DAY + timedelta(days=10)))["birch0"].disposition == ""


def test_a_copy_that_no_longer_says_its_night_is_still_the_copy_of_its_name(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    mine = typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {(one, "Reviewer"): "KL"})
    reviewed.night(NEXT)
    typed(written(reviewed, NEXT), reviewed.folder / "reviews" / "other.xlsx", {(one, "Reviewer"): None})
    assert by_handle(reviewed.night(NEXT + timedelta(days=1)))["birch0"].reviewer == ""
    book = Book.of(mine, without=["Start here"])
    book.save(mine)
    assert told(reviewed.night(NEXT + timedelta(days=2))) == []
    book.type(one, "Reviewer", "MN")
    book.save(mine)
    night = reviewed.night(NEXT + timedelta(days=3))
    assert (by_handle(night)["birch0"].reviewer, told(night)) == ("", [("Reviewer", "MN", "")])


def test_what_cannot_be_placed_stands_on_import_problems(reviewed: Reviewed) -> None:
    names = ids(reviewed.first)
    one, two = names["birch0"], names["birch1"]
    path = typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {
        (one, "Disposition"): "hmm, ask Noor", (one, "Decided on"): "last Tuesday", (two, "Suppress until"): NEXT,
        (two, "Disposition"): "Official Account ",
    })  # fmt: skip
    book = openpyxl.load_workbook(path)
    page = book["Findings"]
    top, columns = heading_row(page)
    page.cell(page.max_row + 2, columns["Note"]).value = "a word below the table"
    page.cell(page.max_row + 1, 1).value = "another one"
    page.cell(top - 2, 4).value = "aside"
    for row in range(top + 1, page.max_row + 1):
        if page.cell(row, columns["Finding ID"]).value == names["birch2"]:
            page.cell(row, columns["Finding ID"]).value = "E-1-mistyped"
            page.cell(row, columns["Note"]).value = "about whom?"
    official = book["Official accounts"]
    top, columns = heading_row(official)
    official.cell(top + 1, columns["Reviewer"]).value = "AQ"
    book.create_sheet("My notes")["B2"].value = "call HR"
    book.save(path)
    night = reviewed.night(NEXT)
    assert sorted(told(night)) == [
        ("", "(column A): another one", ""),
        ("", "Note: a word below the table", ""), ("", "Note: about whom?", ""), ("", "Reviewer: AQ", ""),
        ("", "aside", ""), ("", "call HR", ""), ("Decided on", "last Tuesday", ""),
        ("Disposition", "hmm, ask Noor", "hmm, ask Noor"), ("Suppress until", NEXT.isoformat(), ""),
    ]  # fmt: skip
    assert by_handle(night)["birch0"].disposition == "hmm, ask Noor"
    assert by_handle(night)["birch1"].disposition == "official account"
    assert all(problem.reason for problem in night.import_problems)


@pytest.mark.parametrize("word", ["?", "-", "tbd", "Confirmed.", "confirmd", "not this persn"])
def test_a_word_that_is_no_disposition_is_told_where_it_was_typed_and_decides_nothing(
    reviewed: Reviewed, word: str
) -> None:
    one = ids(reviewed.first)["birch0"]
    cells = {(one, "Disposition"): word, (one, "Suppress until"): None}
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", cells)
    night = reviewed.night(NEXT)
    finding = by_handle(night)["birch0"]
    assert (finding.disposition, waits(finding, NEXT)) == (word, True)
    (problem,) = night.import_problems
    assert (problem.finding_id, problem.field, problem.words) == (one, "Disposition", word)
    assert problem.where.startswith("mine.xlsx:Findings:")
    assert "it decides nothing: the finding goes on waiting" in problem.reason
    assert night.receipts[0].problems == (problem,)
    # As long as the word stands it is told, once: with its place while the copy is there; then nobody tells it.
    assert reviewed.night(NEXT + timedelta(days=1)).import_problems == (problem,)
    (reviewed.folder / "reviews" / "mine.xlsx").unlink()
    (later,) = reviewed.night(NEXT + timedelta(days=2)).import_problems
    assert (later.where, later.finding_id, later.words) == ("the ledger", one, word)
    fresh = written(reviewed, NEXT + timedelta(days=2))
    typed(fresh, reviewed.folder / "reviews" / "next.xlsx", {(one, "Disposition"): "confirmed"})
    settled = reviewed.night(NEXT + timedelta(days=3))
    assert (by_handle(settled)["birch0"].disposition, settled.import_problems) == ("confirmed", ())


def test_comments_are_told_since_nothing_reads_them(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    path = typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {(one, "Note"): "n"})
    book = openpyxl.load_workbook(path)
    book["Findings"]["H7"].comment = Comment("ask Noor,\nplease", "KL")
    book["Leads"]["A1"].comment = Comment("=1+1", "KL")
    book.save(path)
    night = reviewed.night(NEXT)
    assert {(problem.where, problem.words) for problem in night.import_problems} == {
        ("mine.xlsx:Findings:7 (comment at H7)", "ask Noor,\nplease"), ("mine.xlsx:Leads:1 (comment at A1)", "=1+1"),
    }  # fmt: skip
    assert reviewed.night(NEXT + timedelta(days=1)).import_problems == night.import_problems
    Book.of(path).save(path)  # an editor that keeps no comments
    assert reviewed.night(NEXT + timedelta(days=2)).import_problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_that_was_saved_as_text_is_named(reviewed: Reviewed, encoding: str) -> None:
    one = ids(reviewed.first)["birch0"]
    reviews = reviewed.folder / "reviews"
    reviews.mkdir(exist_ok=True)
    (reviews / "ann.txt").write_text(f"Finding ID\tDisposition\n{one}\tconfirmed\n", encoding)
    (reviews / "ann.xlsx.receipt.txt").write_text(f"{one}: not placed", encoding)
    (reviews / "readme.txt").write_text("Copies of this week", encoding)
    (problem,) = reviewed.night(NEXT).import_problems
    assert (problem.where, "save it as an Excel workbook" in problem.reason) == ("ann.txt", True)


def test_a_workbook_that_a_program_left_under_another_ending_is_named(reviewed: Reviewed) -> None:
    reviews = reviewed.folder / "reviews"
    reviews.mkdir(exist_ok=True)
    for name in ("3F2A.tmp", "audit.bak", "~WRL0001.tmp"):
        shutil.copy(written(reviewed), reviews / name)
    (reviews / "half.tmp").write_bytes(b"\0" * 100)
    told = {(one.where, "save it as an Excel workbook" in one.reason) for one in reviewed.night(NEXT).import_problems}
    assert told == {("3F2A.tmp", True), ("audit.bak", True)}


def test_files_that_cannot_be_read_are_named_and_tried_again(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ids(reviewed.first)["birch0"]
    reviews = reviewed.folder / "reviews"
    held = typed(written(reviewed), reviews / "held.xlsx", {(one, "Disposition"): "confirmed"})
    (reviews / "~$held.xlsx").write_bytes(b"lock")
    (reviews / ".~lock.other.xlsx#").write_bytes(b"lock")
    (reviews / "broken.xlsx").write_bytes(b"PK\x03\x04 half a file")
    (reviews / "old.xls").write_bytes(b"old")
    (reviews / "readme.txt").write_text("not a workbook")
    plain = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == held:
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    night = reviewed.night(NEXT)
    named = {problem.where for problem in night.import_problems}
    assert named == {"held.xlsx", "other.xlsx", "broken.xlsx", "old.xls"}
    assert by_handle(night)["birch0"].disposition == ""
    monkeypatch.undo()
    for name in ("~$held.xlsx", ".~lock.other.xlsx#", "broken.xlsx", "old.xls"):
        (reviews / name).unlink()
    night = reviewed.night(NEXT + timedelta(days=1))
    assert (by_handle(night)["birch0"].disposition, told(night)) == ("confirmed", [])


def test_a_file_is_archived_byte_for_byte_and_read_once(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    mine = typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {(one, "Note"): "once"})
    content = mine.read_bytes()
    reviewed.night(NEXT)
    (archived,) = (reviewed.folder / "out" / "reviews read").iterdir()
    assert archived.read_bytes() == content == mine.read_bytes()
    mine.rename(mine.with_name("renamed.xlsx"))
    shutil.copy(mine.with_name("renamed.xlsx"), mine.with_name("again.xlsx"))
    reviewed.night(NEXT)
    with Ledger(reviewed.folder / "out" / "ledger.sqlite") as ledger:
        assert [kind for _, kind, _ in ledger.chain.steps(one)] == ["new", "decided"]


def test_a_workbook_of_a_run_that_was_cut_short(reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run published and died; its number is given again, with other words shown the second time."""
    names = ids(reviewed.first)
    reviews = reviewed.folder / "reviews"
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "finish", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
        with pytest.raises(OSError, match="no space"):
            reviewed.night(NEXT)
    typed(written(reviewed), reviews / "a.xlsx", {(names["birch0"], "Disposition"): "confirmed"})
    kept = shutil.copy(written(reviewed, NEXT), reviewed.folder / "first.xlsx")
    assert by_handle(reviewed.night(NEXT))["birch0"].disposition == "confirmed"
    typed(Path(kept), reviews / "b.xlsx", {(names["birch1"], "Disposition"): "duplicate"})
    night = reviewed.night(NEXT + timedelta(days=1))
    assert by_handle(night)["birch0"].disposition == "confirmed"
    assert by_handle(night)["birch1"].disposition == "duplicate"
    assert told(night) == []


def test_a_reviews_folder_below_the_output(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    (reviewed.folder / "reviews").rmdir()
    path = reviewed.write()
    path.write_text(path.read_text() + '\n[output]\nreviews = "out/reviews"\n')
    typed(written(reviewed), reviewed.folder / "out" / "reviews" / "deep" / "a.xlsx", {(one, "Note"): "here"})
    for day in (NEXT, NEXT + timedelta(days=1)):
        night = audit.night.run.run(audit.config.load(path), day)
        assert (by_handle(night)["birch0"].note, told(night)) == ("here", [])


def test_words_about_a_resolved_finding_are_kept(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {(one, "Disposition"): "already corrected"})
    gone, reviewed.accounts["export"] = reviewed.accounts["export"][0], reviewed.accounts["export"][1:]
    assert by_handle(reviewed.night(NEXT))["birch0"].disposition == "already corrected"
    reviewed.accounts["export"].append(gone)
    back = reviewed.night(NEXT + timedelta(days=1))
    finding = by_handle(back)["birch0"]
    assert (finding.status, finding.disposition) == ("reopened", "")
    assert back.earlier[one] == "Decided before as “already corrected”; since then it had gone, and has come back."


def test_days_that_nobody_can_have_meant_are_told(reviewed: Reviewed) -> None:
    names = ids(reviewed.first)
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {
        (names["birch0"], "Decided on"): "2027-11-20", (names["birch1"], "Decided on"): NEXT + timedelta(days=1),
        (names["birch2"], "Suppress until"): "2025-12-31", (names["birch2"], "Note"): "on leave",
        (names["birch3"], "Suppress until"): NEXT, (names["birch3"], "Note"): "on leave",
    })  # fmt: skip
    told_tonight = reviewed.night(NEXT).import_problems
    assert all(one.where.startswith("mine.xlsx:Findings:") for one in told_tonight)
    found = [(one.finding_id, one.field, one.words) for one in told_tonight]
    assert sorted(found) == sorted(
        [(names["birch0"], "Decided on", "2027-11-20"), (names["birch2"], "Suppress until", "2025-12-31")]
    )


def test_purge_forgets_what_was_typed(reviewed: Reviewed) -> None:
    one = ids(reviewed.first)["birch0"]
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {
        (one, "Note"): "zanzibar", (one, "Desk"): "zanzibar", (one, "Decided on"): "zanzibar",
    })  # fmt: skip
    reviewed.night(NEXT)
    reviewed.accounts["export"] = reviewed.accounts["export"][1:]
    reviewed.night(NEXT + timedelta(days=1))
    with Ledger(reviewed.folder / "out" / "ledger.sqlite") as ledger:
        ledger.purge(NEXT + timedelta(days=900), 365)
        assert ledger.chain.broken_event() is None
    assert b"zanzibar" not in (reviewed.folder / "out" / "ledger.sqlite").read_bytes()


def test_a_copy_saved_by_libreoffice(reviewed: Reviewed, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    one = ids(reviewed.first)["birch0"]
    cells = {
        (one, "Disposition"): "confirmed", (one, "Note"): " two\nlines, 1/2, 007 ", (one, "Decided on"): DAY,
        (one, "Ticket"): "00123456789012345678",
    }  # fmt: skip
    path = typed(written(reviewed), tmp_path / "typed" / "mine.xlsx", cells)
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    order = [
        office,
        home,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(reviewed.folder / "reviews"),
        str(path),
    ]
    subprocess.run(order, check=True, capture_output=True, timeout=180)
    night = reviewed.night(NEXT)
    finding = by_handle(night)["birch0"]
    assert (finding.disposition, finding.note, finding.decided_on) == ("confirmed", " two\nlines, 1/2, 007 ", DAY)
    assert night.own_words[one] == {"Ticket": "00123456789012345678"}
    assert told(night) == []
    assert {f.disposition for h, f in by_handle(night).items() if h != "birch0"} == {""}


def test_archived_files_are_old_with_their_time(tmp_path: Path) -> None:
    folder = tmp_path / "reviews read"
    folder.mkdir()
    for name, age in (("old", 800), ("young", 10)):
        path = folder / f"{name}.xlsx"
        path.write_bytes(b"x")
        moment = datetime(2026, 11, 20, tzinfo=UTC).timestamp() - age * 86_400
        os.utime(path, (moment, moment))
    assert read_before(tmp_path, date(2026, 11, 20) - timedelta(days=730)) == [folder / "old.xlsx"]


# --- typed once above the table ----------------------------------------------------------------------------------


def named_once(path: Path, reviewer: str, day: Any, sheet: str = "Findings") -> None:
    """Fill the yellow cells above a table."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    top, _ = heading_row(page)
    places = {cell.value: cell.column for cell in page[top - 1] if cell.value}
    page.cell(top - 1, places["Reviewer"] + 1).value = reviewer
    page.cell(top - 1, places["Decided on"] + 1).value = day
    book.save(path)


def by_whom(night: Night) -> dict[str, tuple[str, date | None]]:
    """Handle → reviewer and day, where there is either."""
    return {
        name: (one.reviewer, one.decided_on) for name, one in by_handle(night).items() if one.reviewer or one.decided_on
    }


def test_a_name_and_a_day_are_typed_once(reviewed: Reviewed) -> None:
    names = ids(reviewed.first)
    mine = reviewed.folder / "reviews" / "mine.xlsx"
    cells = {
        (names["birch0"], "Disposition"): "confirmed",
        (names["birch1"], "Note"): "asked", (names["birch1"], "Reviewer"): "Noor S.",
        (names["birch2"], "Disposition"): "duplicate", (names["birch2"], "Decided on"): "11/19/2026",
    }  # fmt: skip
    named_once(typed(written(reviewed), mine, cells), "Ann Lee", "Nov 20, 2026")
    night = reviewed.night(NEXT)
    expected = {
        "birch0": ("Ann Lee", DAY),
        "birch1": ("Noor S.", DAY),
        "birch2": ("Ann Lee", DAY - timedelta(days=1)),
    }
    assert (by_whom(night), told(night)) == (expected, [])
    page = openpyxl.load_workbook(written(reviewed, NEXT))["Findings"]
    top, _ = heading_row(page)
    assert [cell.value for cell in page[top - 1] if cell.value][:2] == ["Reviewer", "Decided on"]

    # The same copy edited by another: rows that nobody touched keep their names, whatever stands above by now.
    named_once(typed(mine, mine, {(names["birch4"], "Disposition"): "confirmed"}), "Bo Day", None)
    assert by_whom(reviewed.night(DAY + timedelta(days=2))) == expected | {"birch4": ("Bo Day", None)}

    # A fresh copy in which somebody decides about one row: what was decided before gets no new name.
    two = DAY + timedelta(days=2)
    fresh = typed(written(reviewed, two), reviewed.folder / "reviews" / "two.xlsx", {(names["birch5"], "Note"): "why?"})
    named_once(fresh, "Cy Roe", date(2026, 11, 22))
    night = reviewed.night(DAY + timedelta(days=3))
    assert by_whom(night) == expected | {"birch4": ("Bo Day", None), "birch5": ("Cy Roe", date(2026, 11, 22))}
    assert told(night) == []


def test_what_is_typed_once_in_vain_is_told(reviewed: Reviewed) -> None:
    names = ids(reviewed.first)
    one, two = (reviewed.folder / "reviews" / f"{name}.xlsx" for name in ("one", "two"))
    typed(written(reviewed), one, {(names["birch0"], "Disposition"): "confirmed"})
    named_once(typed(written(reviewed), two, {(names["birch0"], "Disposition"): "duplicate"}), "Bo Day", "28/11/2026")
    os.utime(one, (1, 1))
    night = reviewed.night(NEXT)
    assert by_whom(night) == {}
    assert sorted(told(night)) == [
        ("Decided on", "28/11/2026", ""), ("Disposition", "duplicate", "confirmed"), ("Reviewer", "Bo Day", ""),
    ]  # fmt: skip


def test_a_name_above_a_table_in_which_nothing_was_decided_says_nothing(reviewed: Reviewed) -> None:
    mine = reviewed.folder / "reviews" / "mine.xlsx"
    named_once(typed(written(reviewed), mine, {}), "Ann Lee", DAY)
    night = reviewed.night(NEXT)
    assert (by_whom(night), told(night)) == ({}, [])


@pytest.mark.parametrize("day", [DAY, NEXT])
def test_what_is_typed_into_a_nights_own_workbook_is_told_and_kept(reviewed: Reviewed, day: date) -> None:
    """Nobody reads it there; a run of the same day writes the file anew, and the words must not be gone with it."""
    typed_where_it_lies(written(reviewed))
    night = reviewed.night(day)
    assert not any(finding.disposition for finding in night.findings)
    kept = kept_copy(reviewed, night, f"{DAY.isoformat()}/audit.xlsx")
    shutil.copy(kept, reviewed.folder / "reviews" / "mine.xlsx")  # the advice, followed
    later = reviewed.night(day + timedelta(days=1))
    assert [finding.disposition for finding in later.findings if finding.disposition] == ["confirmed"]


def typed_where_it_lies(own: Path) -> None:
    """Somebody decides in a night's own workbook, and saves it there."""
    book = openpyxl.load_workbook(own)
    page = book["Findings"]
    row, columns = heading_row(page)
    page.cell(row + 1, columns["Disposition"]).value = "confirmed"
    page.tables.clear()
    book.save(own)


def kept_copy(reviewed: Reviewed, night: Night, where: str) -> Path:
    """What Import problems says a workbook that was typed into is kept as."""
    (told,) = (one for one in night.import_problems if one.where == where)
    return reviewed.folder / "out" / told.reason.partition("“")[2].partition("”")[0]


@pytest.fixture
def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, where whoever runs the night may make no links."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)


@pytest.mark.usefixtures("without_links")
@pytest.mark.parametrize("verb", ["the next night", "report"])
def test_what_is_typed_into_a_copy_called_latest_is_told_and_kept(reviewed: Reviewed, verb: str) -> None:
    reviewed.night(NEXT)
    latest = reviewed.folder / "out" / "latest"
    assert not latest.is_symlink()
    typed_where_it_lies(latest / "audit.xlsx")
    if verb == "the next night":
        night = reviewed.night(NEXT + timedelta(days=1))
    else:
        night = audit.night.run.publish_again(audit.config.load(reviewed.write()))
    kept = kept_copy(reviewed, night, "latest/audit.xlsx")
    shutil.copy(kept, reviewed.folder / "reviews" / "mine.xlsx")
    later = reviewed.night(NEXT + timedelta(days=2))
    assert [finding.disposition for finding in later.findings if finding.disposition] == ["confirmed"]


def test_what_is_typed_into_an_earlier_nights_workbook_is_told_until_it_is_read(reviewed: Reviewed) -> None:
    """Somebody who opened a workbook on Monday saves it where it lies on Wednesday."""
    own = written(reviewed)
    reviewed.night(NEXT)
    typed_where_it_lies(own)
    after = (own.parent / "run.json").stat().st_mtime + 60
    os.utime(own, (after, after))
    night = reviewed.night(NEXT + timedelta(days=1))
    kept = kept_copy(reviewed, night, f"{DAY.isoformat()}/audit.xlsx")
    shutil.copy(kept, reviewed.folder / "reviews" / "mine.xlsx")
    for day in (2, 3):
        later = reviewed.night(NEXT + timedelta(days=day))
        assert [finding.disposition for finding in later.findings if finding.disposition] == ["confirmed"]
        assert told(later) == []


def test_a_ledger_that_is_younger_than_a_copy_is_told_first(reviewed: Reviewed) -> None:
    """[output] folder leads elsewhere, for a letter perhaps, and every decision is forgotten."""
    names = ids(reviewed.first)
    typed(written(reviewed), reviewed.folder / "reviews" / "mine.xlsx", {(names["birch0"], "Disposition"): "confirmed"})
    (reviewed.folder / "out").rename(reviewed.folder / "nights")
    night = reviewed.night(NEXT)
    assert [one for one in told_first(night) if "the ledger begins tonight" in one]
    shutil.rmtree(reviewed.folder / "out")
    (reviewed.folder / "nights").rename(reviewed.folder / "out")
    night = reviewed.night(NEXT)
    assert (told_first(night), by_handle(night)["birch0"].disposition) == ([], "confirmed")


@pytest.mark.parametrize("fault", ["no folder", "gone"])
def test_a_reviews_folder_that_cannot_be_one_is_told(reviewed: Reviewed, fault: str) -> None:
    folder = reviewed.folder / "reviews"
    shutil.copy(written(reviewed), folder / "mine.xlsx")
    reviewed.night(NEXT)
    shutil.rmtree(folder)
    if fault == "no folder":
        folder.write_text("")
    night = reviewed.night(NEXT + timedelta(days=1))
    assert [one.where for one in night.import_problems if f"it is {fault}" in one.reason] == ["reviews"]

"""A copy whose columns were renamed, moved or removed: read where there is one meaning, told otherwise. Receipts."""

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit.model.night import Night
from audit.report.review_sheets import written_headings
from audit.verbs.summary import summary
from tests.states import DAY, State, account, person

NEXT = DAY + timedelta(days=1)
WORDS = {"Disposition": "already corrected", "Reviewer": "K. Larkspurre", "Note": "by telephone"}


@pytest.fixture
def reviewed(state: State) -> State:
    state.people += [person(f"1{n:04}", f"Pat{n}", "Fernsby") for n in range(3)]
    state.accounts["export"] = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(3)]
    state.night()
    return state


def after(state: State, edit: Callable[[Any, Any, dict[str, int], int], None], **words: str) -> Night:
    """The night after somebody typed the words about birch1 and then changed the sheet as `edit` does."""
    book = openpyxl.load_workbook(state.folder / "out" / "latest" / "audit.xlsx")
    page = book["Findings"]
    top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "Finding ID")
    columns: dict[Any, Any] = {cell.value: cell.column for cell in page[top]}
    row = next(n for n in range(top + 1, page.max_row + 1) if page.cell(n, columns["Handle"]).value == "birch1")
    for heading, word in (words or WORDS).items():
        page.cell(row, columns[heading]).value = word
    page.tables.clear()
    edit(book, page, columns, top)
    (state.folder / "reviews").mkdir()
    book.save(state.folder / "reviews" / "karin.xlsx")
    return state.night(NEXT)


def named(**headings: str) -> Callable[[Any, Any, dict[str, int], int], None]:
    def edit(_: Any, page: Any, columns: dict[str, int], top: int) -> None:
        for old, new in headings.items():
            page.cell(top, columns[old.replace("_", " ")]).value = new

    return edit


def words_of(night: Night) -> tuple[str, str, str]:
    (finding,) = (one for one in night.findings if one.handle == "birch1" and one.rule_id == "E-1")
    return finding.disposition, finding.reviewer, finding.note


def told(night: Night) -> str:
    return "\n".join(f"{one.where} [{one.field}] {one.words} {one.reason}" for one in night.import_problems)


@pytest.mark.parametrize(
    ("renamed", "heading"),
    [
        ({"Disposition": "Verdict"}, "Verdict"),
        ({"Disposition": ""}, "column "),
        ({"Disposition": "Decision (Karin)", "Reviewer": "Who"}, "Who"),
        ({"Note": "Comments"}, "Comments"),
        ({"Reviewer": "Checked by"}, "Checked by"),
        ({"Finding_ID": "Reference"}, "Reference"),
        ({"Disposition": "A", "Reviewer": "B", "Decided_on": "C", "Suppress_until": "D", "Note": "E"}, "[E]"),
    ],
)
def test_a_renamed_column_is_read_and_told(reviewed: State, renamed: dict[str, str], heading: str) -> None:
    night = after(reviewed, named(**renamed))
    assert words_of(night) == tuple(WORDS.values())
    assert heading in told(night)
    assert "karin.xlsx:Findings" in told(night)
    assert "was read as" in told(night)


def moved_away(_: Any, page: Any, columns: dict[str, int], top: int) -> None:
    """The column Disposition stands at the far right under another heading; a blank one is left in its place."""
    last = page.max_column + 1
    for row in range(top, page.max_row + 1):
        page.cell(row, last).value = page.cell(row, columns["Disposition"]).value
        page.cell(row, columns["Disposition"]).value = None
    page.cell(top, last).value = "What I think"


def test_dispositions_are_known_by_their_words_wherever_they_stand(reviewed: State) -> None:
    night = after(reviewed, moved_away)
    assert words_of(night)[0] == "already corrected"
    assert "What I think" in told(night)


@pytest.mark.parametrize("column", ["Status", "Reviewer", "Note", "Severity"])
def test_a_disposition_that_stands_under_another_heading_is_told(reviewed: State, column: str) -> None:
    night = after(reviewed, named(), **{column: " Not this  person "})
    assert words_of(night)[0] == ""
    assert "only the column “Disposition” decides" in told(night)
    assert f"[{column}]" in told(night)


@pytest.mark.parametrize("word", ["Yes", "confirmed?", "207-555-0100"])
def test_what_may_be_no_disposition_decides_nothing_and_is_told(reviewed: State, word: str) -> None:
    night = after(reviewed, named(Disposition="My column"), Disposition=word)
    assert words_of(night)[0] == ""
    assert "no column “Disposition”" in told(night)


def test_a_column_that_was_removed_is_told(reviewed: State) -> None:
    def edit(_: Any, page: Any, columns: dict[str, int], top: int) -> None:
        page.delete_cols(columns["Disposition"])

    night = after(reviewed, edit)
    assert words_of(night) == ("", "K. Larkspurre", "by telephone")
    assert "no column “Disposition”" in told(night)


def test_ids_that_were_removed_leave_every_word_told(reviewed: State) -> None:
    def edit(_: Any, page: Any, columns: dict[str, int], top: int) -> None:
        page.delete_cols(columns["Finding ID"])

    night = after(reviewed, edit)
    assert words_of(night) == ("", "", "")
    assert "no column “Finding ID”" in told(night)
    assert "already corrected" in told(night)


def test_dispositions_in_a_column_of_ones_own_are_told(reviewed: State) -> None:
    def edit(_: Any, page: Any, columns: dict[str, int], top: int) -> None:
        last = page.max_column + 1
        page.cell(top, last).value = "Second opinion"
        page.cell(top + 1, last).value = "Duplicate"

    night = after(reviewed, edit)
    assert words_of(night)[0] == "already corrected"
    assert "Second opinion" in told(night)


def test_a_sheet_of_another_name_is_the_same_sheet(reviewed: State) -> None:
    def edit(book: Any, page: Any, columns: dict[str, int], top: int) -> None:
        page.title = "For Karin"

    night = after(reviewed, edit)
    assert words_of(night) == tuple(WORDS.values())
    assert night.import_problems == ()


def test_a_copy_without_its_sheets_is_told(reviewed: State) -> None:
    def edit(book: Any, page: Any, columns: dict[str, int], top: int) -> None:
        for name in written_headings():
            del book[name]

    night = after(reviewed, edit)
    assert "No sheet of this workbook" in told(night)


def test_an_untouched_copy_has_no_problems(reviewed: State) -> None:
    night = after(reviewed, lambda *_: None)
    assert night.import_problems == ()


def test_a_receipt_for_each_copy(reviewed: State) -> None:
    night = after(reviewed, named(Reviewer="Who"))
    (receipt,) = night.receipts
    assert (receipt.name, receipt.written_by) == ("karin.xlsx", "2026-11-20.1")
    assert (receipt.taken, receipt.findings, receipt.unplaced) == (3, 1, 1)
    line = (
        "Copy read: karin.xlsx, decided by K. Larkspurre, the workbook of run 2026-11-20.1: 3 words taken about 1"
        " finding; 1 line on the sheet Import problems (Findings, Who)."
    )
    assert line in summary(night, reviewed.folder)
    assert summary(night, reviewed.folder).count("Import problems") == 1
    page = openpyxl.load_workbook(reviewed.folder / "out" / "latest" / "audit.xlsx")["Start here"]
    assert line in " ".join(str(row[0].value) for row in page.iter_rows())
    for path in (reviewed.folder / "out" / "latest" / "agencies").glob("*.xlsx"):
        page = openpyxl.load_workbook(path)["Start here"]
        assert not any("karin.xlsx" in str(cell.value) for row in page.iter_rows() for cell in row)
    beside = reviewed.folder / "reviews" / "karin.xlsx.receipt.txt"
    said = beside.read_text("utf-8")
    digest = sha256((reviewed.folder / "reviews" / "karin.xlsx").read_bytes()).hexdigest()
    for words in ("Taken: 3 words about 1 finding", "Not placed: 1\n  Findings, Who: ", "run 2026-11-21.1", digest):
        assert words in said
    assert stat.S_IMODE(beside.stat().st_mode) == 0o640 or os.name != "posix"
    later = reviewed.night(NEXT + timedelta(days=1))
    assert (later.receipts, later.import_problems, beside.read_text("utf-8")) == ((), (), said)


def test_what_is_not_read_as_it_was_meant_stands_first(reviewed: State) -> None:
    night = after(reviewed, named(Disposition="Verdict"), Disposition="hers, I think")
    page = openpyxl.load_workbook(reviewed.folder / "out" / "latest" / "audit.xlsx")["Start here"]
    assert str(page["A1"].value).startswith("LOOK AT THIS FIRST. karin.xlsx, sheet Findings, column “")
    assert summary(night, reviewed.folder).startswith("LOOK AT THIS FIRST  karin.xlsx, sheet Findings, column “")
    # What was not read stands there as long as the copy lies in the folder as it is.
    unread = [one for one in night.import_problems if "none of it is read" in one.reason]
    assert unread
    assert set(unread) <= set(reviewed.night(NEXT + timedelta(days=1)).import_problems)


def test_a_receipt_waits_until_the_night_is_published(reviewed: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("audit.night.run.publish", stopped)
        with pytest.raises(KeyboardInterrupt):
            after(reviewed, lambda *_: None)
    reviews = reviewed.folder / "reviews"
    assert [path.name for path in reviews.iterdir()] == ["karin.xlsx"]
    with monkeypatch.context() as patched:  # stopped behind the night, before its receipts
        patched.setattr("audit.night.run.write_receipts", lambda *_, **__: ())
        reviewed.night(NEXT)
    others = reviews / ".karin.xlsx.0123abcd.tmp"
    for left in (
        others,
        reviews / ".karin.xlsx.receipt.txt.0123abcd.tmp",
    ):  # the second one: killed while it was written
        left.write_text("half", "utf-8")
    reviewed.night(NEXT + timedelta(days=1))
    assert "Read by: run 2026-11-21.1" in (reviews / "karin.xlsx.receipt.txt").read_text("utf-8")
    assert [path.name for path in reviews.glob(".*")] == [others.name]  # what is not ours stays


def test_where_no_receipt_can_be_written_the_night_goes_on_and_says_so(
    reviewed: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.night.receipt_files.os.access", lambda *_: False)
    monkeypatch.setattr("audit.night.receipt_files.replacing", refusing)
    night = after(reviewed, lambda *_: None)
    page = openpyxl.load_workbook(reviewed.folder / "out" / "latest" / "audit.xlsx")["Start here"]
    said = "\n".join(str(row[0].value) for row in page.iter_rows() if row[0].value)
    assert "No receipt can be written into the reviews folder" in said
    assert "karin.xlsx: no receipt could be written beside it (read-only)" in summary(night, reviewed.folder)
    assert words_of(night)[0] == "already corrected"


def refusing(path: Path) -> Any:
    raise OSError(30, "read-only", str(path))


@pytest.mark.parametrize("name", ["karin.docx", "karin.pdf", "karin.ods", "karin.numbers", "karin.zip", "karin"])
def test_a_file_of_another_kind_is_told(reviewed: State, name: str) -> None:
    (reviewed.folder / "reviews").mkdir()
    (reviewed.folder / "reviews" / name).write_bytes(b"something")
    night = reviewed.night(NEXT)
    assert [one.where for one in night.import_problems] == [name]

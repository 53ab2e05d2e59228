"""What a ticket system's CSV says comes back like a reviewer's copy: every way such systems write it, and night after
night the same words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.cli import main
from audit.model.finding import Finding
from audit.model.night import Night
from audit.night.reviews_folder import archived_copies
from audit.night.ticket_csv import TITLE, keys_of_issues, read_csv_copy
from connectors.contract import SourceDown
from tests.states import DAY, State, account

AT = datetime(2026, 11, 20, tzinfo=UTC)
ONE, TWO = "E-1-0123456789ab", "A-1-ba9876543210"


def words_of(path: Path, content: bytes) -> tuple[list[tuple[str, str, dict[str, str]]], list[str]]:
    path.write_bytes(content)
    copy = read_csv_copy(path, path.name, "digest", AT)
    assert copy.run_id == ""
    said = [(row.where, row.finding_id, {n: text for n, text in row.words.items() if text}) for row in copy.rows]
    return said, [problem.reason for problem in copy.problems]


@pytest.mark.parametrize(
    "content",
    [
        f"Finding ID,Disposition,Note\r\n{ONE},confirmed,Zoë said so\r\n".encode(),
        f"\ufeffFinding ID;Disposition;Note\n{ONE};confirmed;Zoë said so\n".encode(),
        f"number\tcorrelation_id\tu_disposition\tu_note\nINC1\t{ONE}\tconfirmed\tZoë said so\n".encode("utf-16"),
        f'"number","correlation_id","u_disposition","u_note"\r\n"INC1","{ONE}","confirmed","Zoë said so"'.encode(
            "cp1252"
        ),
        (
            "Summary,Issue key,Status,Custom field (Disposition),Custom field (Finding ID),Custom field (Note)\n"
            f"E-1: x ada,HR-1,Done,confirmed,{ONE},Zoë said so\n"
        ).encode(),
        # of two references the surer one
        f"correlation_id,Finding ID,Disposition,Note\nREQ-7,{ONE},confirmed,Zoë said so\n".encode(),
        # an apostrophe that stands in front of what a spreadsheet would take for a formula is nobody's word
        f"Finding ID,Disposition,Note,Reviewer\n{ONE},confirmed,Zoë said so,\n".encode(),
    ],
)
def test_every_way_that_ticket_systems_write(content: bytes, tmp_path: Path) -> None:
    said, problems = words_of(tmp_path / "t.csv", content)
    assert said == [(f"t.csv:{TITLE}:2", ONE, {"disposition": "confirmed", "note": "Zoë said so"})]
    assert problems == []


def test_a_sheet_that_was_saved_as_csv_has_its_title_above_the_headings(tmp_path: Path) -> None:
    content = (
        "Findings: 2 open,,,,\nEach needs review.,,,,\nTyped once,Reviewer:,Ann Lee,Decided on:,2026-11-20\n"
        f"Status,Handle,Disposition,Note,Finding ID\nopen,ada,confirmed,,{ONE}\nopen,bo,,not him,{TWO}\n"
    )
    copy = read_csv_copy(_written(tmp_path / "t.csv", content), "t.csv", "digest", AT)
    assert [(row.where, row.finding_id) for row in copy.rows] == [
        (f"t.csv:{TITLE}:5", ONE), (f"t.csv:{TITLE}:6", TWO)
    ]  # fmt: skip
    assert [row.once.words for row in copy.rows if row.once] == [
        {"reviewer": "Ann Lee", "decided_on": "2026-11-20"}
    ] * 2
    assert copy.problems == ()


def _written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_rows_keep_their_numbers_and_what_a_guard_put_before_them_goes(tmp_path: Path) -> None:
    content = f"Finding ID,Note,Disposition\n\n{ONE},\"'=two\nlines\",\n,,\n{TWO},'tis so,duplicate\n"
    said, problems = words_of(tmp_path / "t.csv", content.encode())
    assert said == [
        (f"t.csv:{TITLE}:3", ONE, {"note": "=two\nlines"}),
        (f"t.csv:{TITLE}:5", TWO, {"note": "'tis so", "disposition": "duplicate"}),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "told", "rows"),
    [
        (f"Number,State\nINC1,Closed {ONE}\n", "no column “Finding ID” or “correlation_id”", 0),
        (f"correlation_id,state,close_notes\n{ONE},7,confirmed\n", "none of the columns Disposition", 0),
        (f'Finding ID,Disposition\n{ONE},"confirmed" indeed\n{TWO},duplicate\n', "This row cannot be read", 1),
        (f"Finding ID,Disposition,Note\n{ONE},duplicate,so\n{TWO},confi", "in the middle of this row", 1),
        (f"Finding ID,Note\n{ONE},so\n", "no column “Disposition”", 1),
        ("Finding ID,Disposition\n,confirmed\n", "bears no finding id", 0),
        (f"Finding ID,Disposition,Note\n{ONE},,{'a' * 33_000}\n", "more than 32,767 letters", 1),
        (f"Finding ID,Disposition,Note\n{ONE},,{'a' * 200_000}\n", "This row cannot be read", 0),
    ],
)
def test_what_cannot_be_placed_is_told(content: str, told: str, rows: int, tmp_path: Path) -> None:
    said, problems = words_of(tmp_path / "t.csv", content.encode())
    assert len(said) == rows
    assert [told in problem for problem in problems] == [True]


def test_keys_of_issues(tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(f"Issue key,Custom field (Finding ID)\nHR-10,{ONE}\nHR-9,{ONE}\nHR-11,\nHR-12,{TWO}\nHR-12,{TWO}\n")
    assert keys_of_issues(path) == ({ONE: "HR-9", TWO: "HR-12"}, {ONE: ["HR-10", "HR-9"]})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Key,Finding ID\n", "no column “Issue key”"),
        ("Issue key,Summary\n", "no column “Finding ID”"),
        (f'Issue key,Finding ID\nHR-1,"{ONE}" \n', "row 2: This row cannot be read"),
        ("", "is empty"),
    ],
)
def test_keys_are_never_half_read(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(content)
    with pytest.raises(SourceDown, match=told):
        keys_of_issues(path)


# Night after night


def test_words_of_tickets_count_once_and_take_the_place_of_no_newer_one(state: State) -> None:
    """The same words every night, in one file and in new ones, and at last old words once more."""
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("quietpine42", registered_email="lee.ouellette@maine.gov"),
    ]
    reviews, days = state.folder / "reviews", iter(DAY + timedelta(days=n) for n in range(9))
    reviews.mkdir()
    ids = {one.handle: one.finding_id for one in state.night(next(days)).findings}

    def night_after(*names: str, **said: str) -> tuple[Night, dict[str, Finding]]:
        day = next(days)
        rows = [f"{ids[handle]},{word},HR desk,{day}" for handle, word in said.items()]
        for name in names:
            text = "\n".join([f"correlation_id,u_disposition,u_reviewer,sys_updated_on,{name}", *rows])
            (reviews / name).write_text(f"{text}\n")
        night = state.night(day)
        return night, {one.handle: one for one in night.findings}

    night, found = night_after("tickets.csv", busybirch7="confirmed", quietpine42="")
    assert (found["busybirch7"].disposition, found["busybirch7"].reviewer) == ("confirmed", "HR desk")
    assert [(one.name, one.taken, one.unplaced) for one in night.receipts] == [("tickets.csv", 3, 0)]
    assert night.import_problems == ()
    # The same words again, in the same file and in another.
    night, found = night_after("tickets.csv", "tickets of Tuesday.csv", busybirch7="confirmed", quietpine42="")
    assert found["busybirch7"].disposition == "confirmed"
    assert [one.taken for one in night.receipts] == [0, 0]
    assert not any(change.kind == "decided" for change in night.changes)
    assert night.import_problems == ()
    # A ticket says something else than the ledger, in a file that said the ledger's word before: it is newer.
    night, found = night_after("tickets.csv", busybirch7="duplicate", quietpine42="")
    assert found["busybirch7"].disposition == "duplicate"
    # Somebody exports last week's words again: the newer word stands, and both are told.
    night, found = night_after("tickets of last week.csv", busybirch7="confirmed", quietpine42="already corrected")
    assert (found["busybirch7"].disposition, found["quietpine42"].disposition) == ("duplicate", "already corrected")
    assert [(one.finding_id, one.words, one.stands) for one in night.import_problems] == [
        (ids["busybirch7"], "confirmed", "duplicate")
    ]
    config, out = state.write(), state.folder / "out"
    assert main(["verify", "--config", str(config)]) == 0
    archived_copies(out)[0].write_text("correlation_id,u_disposition\n")
    assert main(["verify", "--config", str(config)]) == 65
    assert sorted(path.suffix for path in (state.folder / "out" / "reviews read").iterdir()) == [".csv"] * 5

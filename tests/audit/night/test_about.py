"""Everything that is held about one person, and nobody else: whole nights, and the workbook as its bytes."""

import hashlib
import html
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import audit.config
from audit.cli import Exit, main
from audit.ledger import Ledger
from audit.ledger.sources import key_digest
from audit.model.night import Night
from audit.verbs.about import UnknownEmployee, write_about
from tests.editing import Book
from tests.states import DAY, State, account, person

NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
OFFICIAL = {"platform": "x", "handle": "MaineDOT_Roads", "account_id": "77", "agency_code": "17"}


@pytest.fixture
def held(state: State) -> State:
    """Ada has findings, leads and an official account; Bo shares her agency, his mailbox and hers are two people's."""
    state.people += [
        person("10001", "Ada", "Rivermoor", other_emails="web@maine.gov"),
        person("10002", "Bo", "Quillfeather", other_emails="web@maine.gov"),
        person("10003", "Cy", "Saltmarsh"),
    ]
    state.official.append(OFFICIAL | {"supervisor_employee_id": "10001", "registered_email": "bo.own@example.org"})
    state.accounts["export"] = [
        account(
            "adar", registered_email="ada.rivermoor@maine.gov", display_name="MaineDOT Ada, not Bo Quillfeather",
            bio="MaineDOT planner. Friend of Cy Saltmarsh, cy.saltmarsh@maine.gov",
        ),
        account("shared", registered_email="web@maine.gov"),
        account("boq", registered_email="bo.quillfeather@maine.gov"),
    ]  # fmt: skip
    (state.folder / "reviews").mkdir()
    return state


def about(state: State, employee_id: str = "10001", day: date = DAY) -> Path:
    path = state.folder / f"about-{employee_id}-{day}.xlsx"
    write_about(audit.config.load(state.write()), employee_id, day, NOW, path)
    return path


def bytes_of(path: Path) -> str:
    """Every part of a workbook, as one text."""
    with zipfile.ZipFile(path) as book:
        return html.unescape("\n".join(book.read(name).decode() for name in book.namelist()))


def words(path: Path, sheet: str) -> str:
    return "\n".join(str(cell) for row in Book.of(path).sheets[sheet] for cell in row if cell != "")


def answered(source: Path, target: Path, cells: dict[tuple[str, str], str]) -> None:
    book = Book.of(source)
    for (finding_id, heading), text in cells.items():
        assert book.type(finding_id, heading, text)
    book.save(target)


def e1(night: Night, handle: str = "adar") -> str:
    return next(one.finding_id for one in night.findings if one.rule_id == "E-1" and one.handle == handle)


def test_all_of_one_person_and_nobody_else(held: State) -> None:
    night = held.night()
    path = about(held)
    text = bytes_of(path)
    for other in ("Quillfeather", "Saltmarsh", "10002", "10003", "web@maine.gov", "bo.own", "shared", "boq"):
        assert other not in text, other
    assert e1(night) in words(path, "Your findings")
    assert "MaineDOT Ada, not [another person]" in words(path, "Accounts")
    assert "ada.rivermoor@maine.gov" in words(path, "As sources gave it")
    assert "affiliation: employee\nagency code: 17\nreason: The profile says" in words(path, "As sources gave it")
    assert "WordsRead" not in text
    assert "MaineDOT_Roads" in words(path, "You supervise")
    assert "[another address]" in words(path, "You supervise")
    assert "R-3" in words(path, "Your official accounts")
    mine = {one.finding_id for one in night.findings if one.employee_id == "10001"}
    assert mine == {
        str(row[-1]) for name in Book.of(path).decision_sheets() for row in Book.of(path).table(name)[1]
    } - {""}
    hashes = {piece.sha256 for one in night.findings if one.finding_id in mine for piece in one.evidence}
    assert hashes <= set(re.findall(r"\b[0-9a-f]{64}\b", words(path, "Evidence")))


def test_an_official_account_that_is_not_yet_one_is_told_so(held: State) -> None:
    held.official[-1]["status"] = "pending"
    held.night()
    assert "pending" in words(about(held), "You supervise").splitlines()


def test_it_writes_one_file_and_reads_the_rest(held: State) -> None:
    held.night()
    out = held.folder / "out"

    def digests() -> dict[Path, str]:
        files = (path for path in out.rglob("*") if path.is_file() and not path.is_relative_to(out / "latest"))
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = digests()
    write_about(audit.config.load(held.write()), "10001", DAY, NOW)
    after = digests()
    new = out / "about" / f"10001-{DAY}.xlsx"
    assert after.keys() - before.keys() == {new}
    assert all(after[path] == digest for path, digest in before.items())
    assert new.stat().st_mode & 0o777 == 0o640


def test_a_correction_comes_back_and_decides_nothing(held: State) -> None:
    night = held.night()
    finding = e1(night)
    reviews = held.folder / "reviews"
    answered(
        held.folder / "out" / str(DAY) / "audit.xlsx", reviews / "decided.xlsx",
        {(finding, "Disposition"): "confirmed", (finding, "Reviewer"): "Cy Saltmarsh",
         (finding, "Note"): "Cy Saltmarsh has asked her."},
    )  # fmt: skip
    held.night(NEXT)
    first = about(held, day=NEXT)
    text = bytes_of(first)
    assert "Saltmarsh" not in text
    assert "confirmed, by a reviewer" in words(first, "Your findings")
    assert "[another person] has asked her." in words(first, "Your findings")
    answered(first, reviews / first.name, {(finding, "Correction"): "It was never mine."})
    third = NEXT + timedelta(days=1)
    after = held.night(third)
    stands = next(one for one in after.findings if one.finding_id == finding)
    assert (stands.disposition, stands.reviewer) == ("confirmed", "Cy Saltmarsh")
    assert after.own_words == {finding: {"Correction": "It was never mine."}}
    assert after.import_problems == ()
    assert [one.taken for one in after.receipts] == [1]
    second = about(held, day=third)
    assert "It was never mine." in words(second, "Decisions")
    # A second word has a column of its own; the file of the first, untouched, says nothing new.
    answered(second, reviews / second.name, {(finding, "Correction 2"): "Ask Bo Quillfeather."})
    last = held.night(third + timedelta(days=1))
    assert last.own_words == {finding: {"Correction": "It was never mine.", "Correction 2": "Ask Bo Quillfeather."}}
    assert last.import_problems == ()
    assert "Quillfeather" not in bytes_of(about(held, day=third + timedelta(days=1)))
    shown = Book.of(held.folder / "out" / str(third + timedelta(days=1)) / "audit.xlsx")
    assert shown.words({"correction 2"})[finding, "correction 2"] == ["Ask Bo Quillfeather."]


def test_whoever_decided_before_stays_unnamed_in_later_words(held: State) -> None:
    finding, reviews = e1(held.night()), held.folder / "reviews"
    answered(
        held.folder / "out" / str(DAY) / "audit.xlsx", reviews / "one.xlsx",
        {(finding, "Disposition"): "confirmed", (finding, "Reviewer"): "Q. Tidewater"},
    )  # fmt: skip
    held.night(NEXT)
    answered(
        held.folder / "out" / str(NEXT) / "audit.xlsx", reviews / "two.xlsx",
        {(finding, "Reviewer"): "V. Oakum", (finding, "Note"): "Q. Tidewater was wrong"},
    )  # fmt: skip
    held.accounts["export"][0]["handle"] = "adar2"
    third = NEXT + timedelta(days=1)
    held.night(third)
    path = about(held, day=third)
    assert "[another person] was wrong" in words(path, "Your findings")
    assert "what was decided before is set aside" in words(path, "Decisions")
    assert not re.search("tidewater|oakum", bytes_of(path), re.IGNORECASE)


def test_nothing_that_a_person_types_is_a_decision_or_lost(held: State) -> None:
    finding = e1(held.night())
    book = Book.of(about(held))
    book.add_column("Your findings", "Disposition")
    book.type(finding, "Disposition", "not this person")
    book.type(finding, "Correction", "see there")
    book.save(held.folder / "reviews" / "mine.xlsx")
    night = held.night(NEXT)
    assert next(one for one in night.findings if one.finding_id == finding).disposition == ""
    assert night.own_words == {finding: {"Disposition [2]": "not this person", "Correction": "see there"}}
    assert night.import_problems == ()


def test_a_lost_finding_id_is_told(held: State) -> None:
    finding = e1(held.night())
    book = Book.of(about(held))
    book.type(finding, "Correction", "not mine")
    headings = book.sheets["Your findings"][book.heading_row("Your findings") or 0]
    headings[headings.index("Finding ID")] = "Number"
    book.save(held.folder / "reviews" / "mine.xlsx")
    problems = held.night(NEXT).import_problems
    assert any("not mine" in one.words for one in problems)
    assert any(one.field == "Finding ID" for one in problems)


def test_an_id_that_passed_on_shows_the_present_holder_alone(held: State) -> None:
    held.night()
    held.people[-3] = person("10001", "Zoe", "Larkspur", start_date="2026-11-21")
    held.accounts["export"].append(account("zoel", registered_email="zoe.larkspur@maine.gov"))
    held.night(NEXT)
    path = about(held, day=NEXT)
    text = bytes_of(path)
    assert "Zoe Larkspur" in text
    assert "zoel" in words(path, "Your findings") + words(path, "Your leads")
    for former in ("Rivermoor", "adar", "MaineDOT Ada"):
        assert former not in text, former
    assert "is not shown" in words(path, "About you")


def test_a_mailbox_that_passed_on_shows_nothing_of_its_former_holder(held: State) -> None:
    held.people[-1] |= {"status": "terminated", "end_date": "2026-11-01"}
    held.accounts["export"].append(account("cys", registered_email="cy.saltmarsh@maine.gov"))
    held.night()
    assert "cys" in words(about(held, "10003"), "Your leads")
    del held.people[-1], held.accounts["export"][-1]
    held.people.append(
        person("10009", "Cyra", "Saltmarsh", work_email="cy.saltmarsh@maine.gov", start_date="2026-11-21")
    )
    held.night(NEXT)
    assert "cys" not in bytes_of(about(held, "10009", NEXT))


def test_without_the_directory_it_says_so_and_shows_what_the_last_night_knew(held: State) -> None:
    night = held.night()
    (held.folder / "hr.csv").unlink()
    settings = audit.config.load(held.folder / "audit.toml")
    path = held.folder / "about.xlsx"
    assert "could not be read" in write_about(settings, "10001", NEXT, NOW, path)
    assert "THE DIRECTORY COULD NOT BE READ" in words(path, "About you")
    assert e1(night) in words(path, "Your findings")
    assert "[left out" in words(path, "As sources gave it")
    assert "works at Department" not in words(path, "As sources gave it")
    for other in ("Quillfeather", "Saltmarsh", "10002"):
        assert other not in bytes_of(path), other
    write_about(settings, "10003", NEXT, NOW, path)
    assert "Nothing is held about you" in words(path, "About you")
    with pytest.raises(UnknownEmployee, match="could not be read today"):
        write_about(settings, "19999", NEXT, NOW, path)


def test_unknown_people_and_people_of_whom_nothing_is_held(held: State, capsys: pytest.CaptureFixture[str]) -> None:
    held.night()
    config = str(held.folder / "audit.toml")
    assert main(["about", "19999", "--config", config]) == Exit.INPUT_UNUSABLE
    assert "'19999' is in neither the directory nor the ledger" in capsys.readouterr().err
    assert main(["about", "10003", "--config", config]) == Exit.COMPLETE
    path = Path(capsys.readouterr().out.strip().removeprefix("wrote "))
    assert "Nothing is held about you" in words(path, "About you")
    held.people.append(person("10003", "Zed", "Marsh"))
    with pytest.raises(UnknownEmployee, match="people of different names"):
        about(held, "10003")


def test_look_ups_of_ones_own_addresses_are_told(held: State) -> None:
    held.night()
    mailboxes = ("ada.rivermoor@maine.gov", "bo.quillfeather@maine.gov")
    lines = [
        {"at": f"{day}T05:00:00+00:00", "source": "gravatar", "key_sha256": key_digest("gravatar", mailbox)}
        for day in ("2018-01-01", "2026-11-19")  # on the first Ada was not there yet
        for mailbox in mailboxes
    ]
    path = held.folder / "out" / "disclosures.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"at": "2026', encoding="utf-8")
    shown = Book.of(about(held)).sheets["Look-ups"]
    assert [str(row[0]) for row in shown if "gravatar" in row] == ["2026-11-19"]


def test_it_is_closed_with_the_password_of_the_workbooks(held: State, monkeypatch: pytest.MonkeyPatch) -> None:
    held.night()
    monkeypatch.setenv("ABOUT_PASSWORD", "six random words")
    config = held.folder / "audit.toml"
    config.write_text(config.read_text() + '\n[output]\npassword = { env = "ABOUT_PASSWORD" }\n', encoding="utf-8")
    path = held.folder / "closed.xlsx"
    write_about(audit.config.load(config), "10001", DAY, NOW, path)
    assert path.read_bytes().startswith(b"\xd0\xcf\x11\xe0")


def test_old_ones_go_with_the_purge(held: State) -> None:
    held.night()
    settings = audit.config.load(held.write())
    old, new = (held.folder / "out" / "about" / f"10001-{day}.xlsx" for day in ("2024-01-01", "2026-11-20"))
    write_about(settings, "10001", date(2024, 1, 1), NOW)
    write_about(settings, "10001", DAY, NOW)
    assert main(["purge", "--yes", "--config", str(settings.path), "--as-of", "2026-11-20"]) == Exit.COMPLETE
    assert (old.exists(), new.exists()) == (False, True)
    with Ledger(held.folder / "out" / "ledger.sqlite", read_only=True) as ledger:
        assert list(ledger.altered()) == []


def test_what_is_authorised_and_what_is_on_hold_stands_in_it(held: State) -> None:
    (held.folder / "exceptions.csv").write_text(
        "employee_id,platform,handle,rule,what,granted_by,reference,until\n"
        "10001,x,adar,E-1,newsletter of the bridge project,Bo Quillfeather,Memo 7,2027-01-31\n"
        "10002,x,boq,E-1,something of somebody else's,Ada Rivermoor,Memo 8,2027-01-31\n",
        encoding="utf-8",
    )
    held.options["directory"] = '[exceptions]\npath = "exceptions.csv"\n[holds]\npeople = ["10001"]'
    held.night()
    path = about(held)
    uses = words(path, "Seats and authorised uses")
    assert "newsletter of the bridge project" in uses
    assert "Memo 7" in uses
    assert "Memo 8" not in bytes_of(path)
    assert "Quillfeather" not in bytes_of(path)
    assert "as long as it is on legal hold" in words(path, "Kept until")

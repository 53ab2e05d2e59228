"""[holds]: a legal hold stops `purge` for one person, or one finding, and for nobody else; lifted, it stops nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from audit import config
from audit.cli import main
from audit.ledger import Ledger
from audit.model.settings import ConfigError, Hold
from audit.night import about_files, disclosures
from audit.people.identity import bare_id
from tests.states import DAY, State, account

LATE = DAY + timedelta(days=800)
REASON = '{ id = "00017", reason = "Roe v. State", by = "A. Counsel", on = 2026-11-20 }'


@pytest.fixture
def old(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """Long ago: a resolved finding about each of two people, and one about each from a source that was taken out."""
    monkeypatch.setattr("audit.cli.now", lambda: datetime.combine(LATE, datetime.min.time(), UTC))
    state.accounts["export"] = [
        account("tidyfern", registered_email="ada.thibodeau@maine.gov"),
        account("busybirch7", registered_email="lee.ouellette@maine.gov"),
        account("MaineDOT_x"),
    ]
    state.accounts["gossip"] = [
        account("tidyrose", registered_email="ada.thibodeau@maine.gov"),
        account("busyrose", registered_email="lee.ouellette@maine.gov"),
    ]
    state.options |= dict.fromkeys(("export", "gossip"), 'registration = "verified"\nexpect = { may_shrink = 0.9 }')
    state.night()
    del state.accounts["gossip"]
    state.accounts["export"] = [account("MaineDOT_x")]
    state.night(DAY + timedelta(days=1))
    return state


def hold(state: State, words: str) -> None:
    """[holds] with these lines, the only one in audit.toml."""
    state.options["directory"] = f"[holds]\n{words}" if words else ""


def purge(state: State) -> None:
    path = str(state.write())
    assert main(["purge", "--yes", "--config", path, "--as-of", LATE.isoformat()]) == 0
    assert main(["verify", "--config", path]) == 0


def kept(state: State) -> dict[str, set[str]]:
    """Handles of the findings, of the accounts, and of the findings whose first event has its content."""
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        handles = {name: one.finding.handle for name, one in ledger.findings.past().items()}
        told = {handles[one.content["finding_id"]] for one in ledger.chain.said() if "finding_id" in one.content}
        accounts = {one.handle for _, _, _, one in ledger.sources.accounts()}
        evidence = {handles[name] for (name,) in ledger.connection.execute("SELECT finding_id FROM evidence")}
    return {"findings": set(handles.values()), "accounts": accounts, "told": told, "evidence": evidence}


def test_a_person_on_hold_is_kept_whole_and_nobody_else(old: State, capsys: pytest.CaptureFixture[str]) -> None:
    hold(old, f"people = [{REASON}]")
    purge(old)
    printed = capsys.readouterr().out
    assert "On legal hold by [holds] of audit.toml: 1 person and 0 findings; 2 findings are kept" in printed
    assert "copy them elsewhere" in printed
    assert kept(old) == {
        "findings": {"tidyfern", "tidyrose", "MaineDOT_x"},
        "accounts": {"tidyrose", "MaineDOT_x"},
        "told": {"tidyfern", "tidyrose", "MaineDOT_x"},
        "evidence": {"tidyfern", "tidyrose", "MaineDOT_x"},
    }
    hold(old, "")
    purge(old)
    assert kept(old)["findings"] == {"MaineDOT_x"}
    assert kept(old)["accounts"] == {"MaineDOT_x"}
    assert b"tidyrose" not in (old.folder / "out" / "ledger.sqlite").read_bytes()


def test_a_single_finding_on_hold_is_kept(old: State) -> None:
    with Ledger(old.folder / "out" / "ledger.sqlite") as ledger:
        (one,) = (name for name, one in ledger.findings.past().items() if one.finding.handle == "busyrose")
    hold(old, f'findings = ["{one}"]')
    purge(old)
    assert kept(old)["findings"] == {"busyrose", "MaineDOT_x"}
    assert kept(old)["accounts"] == {"busyrose", "MaineDOT_x"}


@pytest.mark.parametrize("written", ["17", "00017", " 17.0 ", "'00017", "\u200b00017", "０００１７"])
def test_the_id_may_be_written_as_spreadsheets_do(old: State, written: str) -> None:
    hold(old, f'people = ["{written}"]')
    purge(old)
    assert kept(old)["findings"] == {"tidyfern", "tidyrose", "MaineDOT_x"}


def test_a_leaver_whom_no_finding_names_is_kept_by_the_address(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.cli.now", lambda: datetime.combine(LATE, datetime.min.time(), UTC))
    state.accounts["export"] = [account("wildaster", registered_email="remy.cyr@maine.gov")]
    (finding,) = state.night().findings
    assert finding.employee_id == ""
    state.accounts["export"] = [account("other", registered_email="lee.ouellette@maine.gov")]
    state.night(DAY + timedelta(days=1))
    hold(state, 'people = ["00019"]')
    purge(state)
    assert kept(state)["findings"] == {"wildaster", "other"}


def test_holds_are_counted_and_an_id_that_nobody_has_is_told(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    state.accounts["export"] = [account("tidyfern", registered_email="ada.thibodeau@maine.gov")]
    hold(state, 'people = ["00017", "17", "00020", "99999"]\nfindings = ["E-1-000000000000"]')
    night = state.night()
    assert (night.holds.people, night.holds.findings, night.holds.kept) == (3, 1, 1)
    told = [one.reason for one in night.problems if one.where == "[holds]"]
    assert len(told) == 2
    assert "'99999', an employee id that nobody has" in told[0]
    assert "'E-1-000000000000', a finding that is not in the ledger" in told[1]
    run = json.loads((state.folder / "out" / DAY.isoformat() / "run.json").read_text(encoding="utf-8"))
    assert run["holds"] == {"people": 3, "findings": 1, "kept": 1}
    path = str(state.write())
    main(["doctor", "--config", path])
    printed = capsys.readouterr().out
    assert (
        "ok       holds: On legal hold by [holds] of audit.toml: 3 people and 1 finding; 1 finding is kept" in printed
    )
    assert "note     holds: [holds] people has '99999'" in printed
    assert main(["report", "--config", path]) == 0
    again = json.loads((state.folder / "out" / DAY.isoformat() / "run.json").read_text(encoding="utf-8"))
    assert again["holds"] == run["holds"]


def test_a_hold_says_why(state: State) -> None:
    hold(state, f"people = [{REASON}]")
    (one,) = config.load(state.write()).holds.people
    assert one == Hold("00017", "Roe v. State", "A. Counsel", date(2026, 11, 20))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("people = [17]", r'\[holds\] people: 17 is a number. Write the id between quotation marks: "17"'),
        (
            'people = [{ id = "00017", on = 46346 }]',
            "holds.people.0.on: Input should be a valid date. Write it without",
        ),
        ('people = [{ id = "00017", until = 2027-01-01 }]', "until: is not a setting. Known here: id, reason, by, on"),
        ('accounts = ["tidyfern"]', "holds.accounts: is not a setting. Known here: people, findings"),
        ('people = "00017"', "holds.people: Input should be a valid list"),
        ('people = [""]', "holds.people"),
        ('persons = ["00017"]', "holds.persons: is not a setting"),
        ('people = [{ reason = "x" }]', "holds.people"),
    ],
)
def test_a_hold_that_cannot_be_read_is_refused(state: State, words: str, said: str) -> None:
    hold(state, words)
    with pytest.raises(ConfigError, match=said):
        config.load(state.write())


def test_what_a_reviewer_could_not_place_stays_for_the_held(old: State) -> None:
    with Ledger(old.folder / "out" / "ledger.sqlite") as ledger:
        names = {one.finding.handle: name for name, one in ledger.findings.past().items()}
        problems = [["a", names["tidyfern"], "Note", "x", "", ""], ["b", names["busybirch7"], "Note", "y", "", ""]]
        ledger.connection.execute(
            "INSERT INTO reviews VALUES ('0a', 'x.xlsx', '', '', '2020-01-01.1', ?)", (json.dumps(problems),)
        )
        with ledger.transaction():
            ledger.reviews.forget("2021-01-01", [names["tidyfern"]])
        (left,) = ledger.connection.execute("SELECT problems FROM reviews").fetchone()
        assert json.loads(left) == problems[:1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('people = ["00071"]', "'00071', an employee id that nobody has"),
        ('people = ["00017", "ada.thibodeau@maine.gov"]', "'ada.thibodeau@maine.gov', an employee id that nobody has"),
        ('people = ["00017, 00018"]', "'00017, 00018', an employee id that nobody has"),
        ('findings = ["E-1"]', "'E-1', a finding that is not in the ledger"),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
def test_a_hold_on_nobody_and_nothing_lets_nothing_be_purged(
    old: State, words: str, said: str, asks: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.cli.agreed", lambda _: True)
    before = kept(old)
    hold(old, words)
    path = str(old.write())
    assert main(["purge", *([] if asks else ["--yes"]), "--config", path, "--as-of", LATE.isoformat()]) == 78
    told = capsys.readouterr().err
    assert said in told
    assert "Nothing was removed" in told
    assert kept(old) == before
    assert (old.folder / "out" / DAY.isoformat()).is_dir()


def test_somebody_of_whom_nothing_is_known_can_be_held(old: State, capsys: pytest.CaptureFixture[str]) -> None:
    hold(old, 'people = ["00020", { id = "99999", nothing_yet = true }]')  # HR knows the first
    purge(old)
    assert "2 people and 0 findings; 0 findings are kept" in capsys.readouterr().out
    assert kept(old)["findings"] == {"MaineDOT_x"}


def test_hr_that_cannot_be_read_lets_nothing_be_purged_where_it_is_asked(
    old: State, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(old, 'people = ["00020"]')
    path, before = old.write(), kept(old)
    (old.folder / "hr.csv").write_text("", "utf-8")
    assert main(["purge", "--yes", "--config", str(path), "--as-of", LATE.isoformat()]) == 78
    assert "HR does not say whose id it is: hr.csv is empty" in capsys.readouterr().err
    assert kept(old) == before


def test_a_hold_that_is_placed_while_the_question_waits_counts(old: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def placed(_: str) -> bool:
        hold(old, 'people = ["00017"]')
        old.write()
        return True

    monkeypatch.setattr("audit.cli.agreed", placed)
    assert main(["purge", "--config", str(old.write()), "--as-of", LATE.isoformat()]) == 0
    assert kept(old)["findings"] == {"tidyfern", "tidyrose", "MaineDOT_x"}


def test_the_letters_of_a_finding_s_id_may_be_small(old: State) -> None:
    with Ledger(old.folder / "out" / "ledger.sqlite") as ledger:
        (one,) = (name for name, one in ledger.findings.past().items() if one.finding.handle == "busyrose")
    hold(old, f'findings = ["{one.lower()}"]')
    purge(old)
    assert kept(old)["findings"] == {"busyrose", "MaineDOT_x"}


def test_what_stands_beside_the_ledger_about_the_held_alone_is_kept(old: State) -> None:
    output, day = old.folder / "out", DAY.isoformat()
    with Ledger(output / "ledger.sqlite") as ledger:
        ids = {one.finding.handle: name for name, one in ledger.findings.past().items()}
    for path in (
        about_files.about_path(output, "00017", DAY),
        about_files.about_path(output, "00018", DAY),
        about_files.card_path(output, ids["tidyfern"], DAY),
        about_files.card_path(output, ids["busyrose"], DAY),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    disclosures.note(output, "gravatar", ["ada.thibodeau@maine.gov", "lee.ouellette@maine.gov"], f"{day}T01:00:00")
    hold(old, 'people = ["17"]')
    purge(old)
    assert [path.name for path in sorted((output / "about").iterdir())] == [f"00017-{day}.xlsx"]
    assert [path.name for path in sorted((output / "cards").iterdir())] == [f"{ids['tidyfern']}-{day}.xlsx"]
    assert len(disclosures.told_about(output, ["ada.thibodeau@maine.gov"])) == 1
    assert disclosures.told_about(output, ["lee.ouellette@maine.gov"]) == []


@pytest.mark.parametrize(
    ("file", "id_", "stays"),
    [("E00017", "e00017", True), ("e00017", "E00017", True), ("17/A", "17/a", True), ("00018", "17", False)],
)
def test_a_person_s_workbook_is_known_by_the_id_in_its_name(tmp_path: Path, file: str, id_: str, stays: bool) -> None:
    path = about_files.about_path(tmp_path, file, DAY)
    path.parent.mkdir()
    path.write_bytes(b"x")
    assert about_files.about_before(tmp_path, LATE, [bare_id(id_)]) == ([] if stays else [path])

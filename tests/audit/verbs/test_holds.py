"""[holds]: a legal hold stops `purge` for one person, or one finding, and for nobody else; lifted, it stops nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from audit import config
from audit.cli import main
from audit.ledger import Ledger
from audit.model.settings import ConfigError, Hold
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


@pytest.mark.parametrize("written", ["17", "00017", " 17.0 "])
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
    hold(state, 'people = ["00017", "00020", "99999"]\nfindings = ["E-1-000000000000"]')
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
        ("people = [17]", "holds.people"),
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

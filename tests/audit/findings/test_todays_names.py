"""HR numbers its people anew, the mail system gets another first domain: findings go on with what was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from audit.cli import main
from audit.model.finding import Finding, FindingStatus
from audit.model.night import Night
from tests.editing import Book
from tests.states import DAY, State, account, person, rewritten

ACCEPTED = "expect = { usable = { same_id = 0.0 } }"
DECIDED = {"quietfern": "not this person", "quietelm": "already corrected", "quietoak": "confirmed"}


@pytest.fixture
def decided(state: State) -> State:
    """Three accounts of three people, and one that is a lead by name, each decided about on the first night."""
    state.people = [
        person("E000171", "Rowan", "Fern"),
        person("E000172", "Basil", "Elm", start_date="2020-02-03"),
        person("E000173", "Mara", "Oak", start_date="2021-03-04"),
        person("E000174", "Ivo", "Larch", start_date="2022-04-05"),
    ]
    state.official = [state.official[0] | {"status": "retired", "supervisor_employee_id": ""}]
    state.accounts["export"] = [
        account(f"quiet{one['family_name'].lower()}", registered_email=one["work_email"]) for one in state.people[:3]
    ]
    bio = "Engineer at the Maine Department of Transportation (MaineDOT)."
    state.accounts["export"].append(account("larchbird", display_name="Ivo Larch", bio=bio))
    (state.folder / "reviews").mkdir()
    decide(state, state.night(), DECIDED | {"larchbird": "not this person"})
    return state


def decide(state: State, night: Night, words: dict[str, str]) -> None:
    book = Book.of(state.folder / "out" / night.as_of.isoformat() / "audit.xlsx")
    for one in night.findings:
        assert book.type(one.finding_id, "Disposition", words[one.handle])
        book.type(one.finding_id, "Reviewer", "A. Marsh")
    book.save(state.folder / "reviews" / "mine.xlsx")


def standing(night: Night) -> dict[str, Finding]:
    return {one.handle: one for one in night.findings if one.status is not FindingStatus.RESOLVED}


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def told(night: Night, words: str) -> list[str]:
    return [one.reason for one in night.problems if words in one.reason]


NUMBERS: dict[str, Callable[[str], str]] = {
    "without a prefix and zeros": lambda old: old[1:].lstrip("0"),
    "wholly others": lambda old: f"W-{int(old[1:]) * 7}",
}


@pytest.mark.parametrize("numbered", NUMBERS.values(), ids=NUMBERS)
def test_who_gets_another_employee_id_keeps_what_was_decided(
    decided: State, numbered: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = standing(decided.night(after(1)))
    people = decided.people
    for day, again in ((2, numbered), (3, numbered), (4, str)):  # and back again
        decided.people = [one | {"employee_id": again(one["employee_id"])} for one in people]
        decided.options["directory"] = ACCEPTED
        night = decided.night(after(day))
        now = standing(night)
        assert {handle: one.disposition for handle, one in now.items()} == DECIDED | {"larchbird": ""}
        assert {handle: (one.finding_id, one.first_seen) for handle, one in now.items()} == {
            handle: (one.finding_id, one.first_seen) for handle, one in before.items()
        }
        assert now["quietfern"].employee_id == again("E000171")
        assert now["larchbird"].employee_id == "", "somebody has said that it is not this person's"
        assert bool(told(night, "goes on under the new ids")) is (day != 3)
        assert main(["verify", "--config", str(decided.folder / "audit.toml")]) == 0, capsys.readouterr()


def test_without_first_days_the_same_digits_are_the_same_person(decided: State) -> None:
    decided.people = [one | {"start_date": ""} for one in decided.people]
    decided.options["directory"] = 'expect = { may_lose = ["start_on"] }'
    decided.night(after(1))
    decided.people = [one | {"employee_id": one["employee_id"][1:].lstrip("0")} for one in decided.people]
    decided.options["directory"] = ACCEPTED
    now = standing(decided.night(after(2)))
    assert {handle: one.disposition for handle, one in now.items()} == DECIDED | {"larchbird": ""}


OTHERS = {
    "another first day": ({"start_date": "2026-11-16"}, True),
    "no first day": ({"start_date": ""}, True),
    "another name": ({"given_name": "Robin"}, False),
}


@pytest.mark.parametrize(("more", "same_name"), OTHERS.values(), ids=OTHERS)
def test_who_may_be_another_person_waits_anew(decided: State, more: dict[str, str], same_name: bool) -> None:
    decided.night(after(1))
    decided.people[0] = decided.people[0] | {"employee_id": "W-1"} | more
    night = decided.night(after(2))
    assert standing(night)["quietfern"].disposition == ""
    assert bool(told(night, "count as other people")) is same_name
    assert not told(night, "goes on under the new ids")


def test_a_namesake_who_was_there_before_inherits_nothing(decided: State) -> None:
    twin = decided.people[0] | {"employee_id": "W-1", "work_email": "rowan.fern2@maine.gov"}
    decided.people.append(twin)
    decided.night(after(1))
    decided.people = [*decided.people[1:4], twin | {"work_email": "rowan.fern@maine.gov"}]
    one = standing(decided.night(after(2)))["quietfern"]
    assert one.disposition == ""


def test_whoever_had_the_id_before_is_not_renumbered_with_who_has_it_now(decided: State) -> None:
    decided.people[0] = person("E000171", "Robin", "Quince", start_date="2026-11-01")  # the id, given again
    decided.accounts["export"].append(account("quietquince", registered_email="robin.quince@maine.gov"))
    decided.night(after(1))
    decided.people[0] = decided.people[0] | {"employee_id": "W-1"}
    night = decided.night(after(2))
    assert standing(night)["quietquince"].employee_id == "W-1"
    lines = (decided.folder / "out" / after(1).isoformat() / "findings.jsonl").read_text("utf-8").splitlines()
    assert any('"E000171"' in line and "Rowan Fern" in line for line in lines)
    decided.people.append(person("E000175", "Rowan", "Fern"))
    decided.people[-1]["employee_id"] = "E000171"  # put right in HR
    back = standing(decided.night(after(3)))["quietfern"]
    assert (back.employee_id, back.disposition) == ("E000171", "not this person")


@pytest.mark.parametrize("domains", ['["state.me.us", "maine.gov"]', '["new.maine.gov", "maine.gov", "state.me.us"]'])
def test_another_first_domain_changes_no_account(
    decided: State, domains: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = account("quietbirch", emails="basil.elm@maine.gov", account_id="77")
    decided.accounts["export"].append(shown)
    decided.accounts["export"].append({"platform": "mastodon", "registered_email": "mara.oak@maine.gov"})
    decided.night(after(1))
    decided.accounts["export"] = [one for one in decided.accounts["export"] if one.get("handle") != "quietelm"]
    before = decided.night(after(2))  # one is resolved
    rewritten(decided, "audit.toml", {'["maine.gov", "state.me.us"]': domains})
    night = decided.night(after(3))
    assert [one.finding.handle for one in night.changes] == []
    assert {one.finding_id: one.disposition for one in standing(night).values()} == {
        one.finding_id: one.disposition for one in standing(before).values()
    }
    assert {one.mailbox.partition("@")[2] for one in night.findings} == {domains.split('"')[1], ""}
    assert main(["verify", "--config", str(decided.folder / "audit.toml")]) == 0, capsys.readouterr()

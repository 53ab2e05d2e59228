"""Names that one source gives to several people's accounts, and registry rows that nobody understands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from audit.cases.sharing import told_apart
from audit.cases.tie import Sighting
from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import directory
from audit.people.identity import registry
from connectors import gravatar, hr_csv
from connectors.contract import Raw
from tests.states import DAY, State, account, person


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(
        tmp_path,
        people=[
            person("00031", "Ivy", "Marsh"),
            person("00032", "Otto", "Quill", other_emails="o.quill@maine.gov"),
            person("00033", "Una", "Reed"),
        ],
        official=[
            {"platform": "x", "handle": "MaineDOT1", "account_id": "555", "agency_code": "17",
             "supervisor_employee_id": "00033", "registered_email": "una.reed@maine.gov"},
        ],
        agencies=[{"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT; DOT"}],
    )  # fmt: skip


IVY, OTTO, UNA = ({"registered_email": f"{name}@maine.gov"} for name in ("ivy.marsh", "otto.quill", "una.reed"))


def pairs(state: State) -> set[tuple[str, str, str]]:
    return {(f.rule_id, f.handle, f.employee_id) for f in state.night().findings if f.rule_id.startswith("E")}


def told(state: State) -> str:
    return " ".join(problem.reason for problem in state.night().problems)


@pytest.mark.parametrize("account_id", ["9876543210123450", "98765432101234500", "987654321012345000", "4471"])
def test_an_id_with_two_handles_in_one_export_is_no_identity(state: State, account_id: str) -> None:
    state.accounts["export"] = [
        account("ivym", **IVY) | {"account_id": account_id},
        account("ottoq", **OTTO) | {"account_id": account_id},
    ]
    assert pairs(state) == {("E-1", "ivym", "00031"), ("E-1", "ottoq", "00032")}
    assert account_id in told(state)


def test_cut_ids_without_handles_are_two_accounts(state: State) -> None:
    cut = {"account_id": "98765432101234500"}
    state.accounts["export"] = [account("", **IVY) | cut, account("", **OTTO) | cut]
    assert pairs(state) == {("E-1", "", "00031"), ("E-1", "", "00032")}


@pytest.mark.parametrize("same", [{"account_id": ""}, {"account_id": "4471"}])
def test_one_account_with_the_mailboxes_of_two_people_is_held_against_nobody(
    state: State, same: dict[str, str]
) -> None:
    bio = {"display_name": "Ivy Marsh", "bio": "Planner at MaineDOT"}
    state.accounts["export"] = [account("ivym", **IVY, **bio) | same, account("ivym", **OTTO, **bio) | same]
    night = state.night()
    assert [f for f in night.findings if f.tier == "finding" or f.rule_id.startswith("E")] == []
    assert any("shown for 2 different mailboxes" in problem.reason for problem in night.problems)


def test_what_is_contested_neither_resolves_nor_accuses(state: State) -> None:
    state.accounts["export"] = [account("ivym", **IVY)]
    (before,) = state.night().findings
    state.accounts["export"].append(account("ivym", **OTTO))
    after = {f.finding_id: f for f in state.night(DAY + timedelta(days=1)).findings}
    assert set(after) == {before.finding_id}
    assert after[before.finding_id].status != "resolved"


def test_two_mailboxes_of_one_person_are_one_account(state: State) -> None:
    state.accounts["export"] = [account("ottoq", **OTTO), account("ottoq", registered_email="o.quill@maine.gov")]
    assert pairs(state) == {("E-1", "ottoq", "00032")}


def test_one_row_twice_is_one_account(state: State) -> None:
    state.accounts["export"] = [
        account("ivym", **IVY),
        account("IVYM", **IVY) | {"account_id": account("ivym")["account_id"]},
    ]
    ((rule_id, handle, employee_id),) = pairs(state)
    assert (rule_id, handle.lower(), employee_id) == ("E-1", "ivym", "00031")
    assert "no identity" not in told(state)


UNDERSTOOD = [
    "MaineRoads (main)",
    "’@MaineRoads",
    "@MaineRoads / @MaineBridges",
    "@MaineRoads – news",
    "x.com/MaineRoads",
]
UNCLEAR = ["Maine Roads", "MaineRoads – Bureau of Roads", "Bureau of Roads", "MaineRoads MaineBridges", "Maine_Roads?"]


@pytest.mark.parametrize("written", [*UNDERSTOOD, *UNCLEAR])
def test_the_supervisor_is_not_accused_over_the_registry_s_spelling(state: State, written: str) -> None:
    state.options["export"] = 'lists_official = ["x"]'
    state.official = [state.official[0] | {"handle": written, "account_id": "n/a"}]
    bio = {"display_name": "Maine Roads", "bio": "Official account of the Maine Department of Transportation"}
    state.accounts["export"] = [account("MaineRoads", **UNA, **bio), account("MaineBridges", **UNA, **bio)]
    night = state.night()
    accused = {f.handle for f in night.findings if f.tier == "finding" and not f.rule_id.startswith("R")}
    assert accused <= ({"MaineBridges"} if written in UNDERSTOOD and "Bridges" not in written else set())
    assert ("cannot be a handle" in " ".join(p.reason for p in night.problems)) is (written in UNCLEAR)
    assert [f.rule_id for f in night.findings if f.rule_id == "R-1"] == []


def test_a_row_that_only_says_whose_account_it_is_accuses_nobody(state: State) -> None:
    state.official = [state.official[0] | {"handle": "n/a", "account_id": "tbd"}]
    state.accounts["export"] = [account("MaineRoads", **UNA), account("ivym", **IVY)]
    assert pairs(state) == {("E-1", "ivym", "00031")}
    assert "may be the official account of this row" in told(state)


UNREADABLE = [
    "https://x.com/share?url=1",
    "https://x.com/i/lists/4",
    "https://bit.ly/3abcde",
    "Maine's own account, see web",
]
OUTLET = {"display_name": "Maine DOT", "bio": "Official account of the Maine Department of Transportation"}


@pytest.mark.parametrize(
    ("written", "supervisor"), [*((one, "00033") for one in UNREADABLE), *((one, "") for one in UNREADABLE[2:])]
)
def test_who_keeps_an_agency_s_account_is_not_accused_over_a_row_that_may_mean_it(
    state: State, written: str, supervisor: str
) -> None:
    row = {"platform": "x", "agency_code": "17", "supervisor_employee_id": supervisor}
    state.official = [row | {"url" if "/" in written else "handle": written}]
    state.accounts["export"] = [account("MaineDOT", **IVY, **OUTLET), account("ottoq", **OTTO)]
    night = state.night()
    assert {(f.rule_id, f.handle) for f in night.findings if not f.rule_id.startswith("R")} == {("E-1", "ottoq")}
    assert "@MaineDOT on X (formerly Twitter)" in " ".join(one.reason for one in night.problems)


def test_an_account_among_an_agency_s_handles_is_not_its_keeper_s(state: State) -> None:
    state.agencies[0]["handles"] = "x:MaineDOT; x:MaineDOT1"
    state.accounts["export"] = [account("mainedot", **IVY, **OUTLET), account("DOTRoads", **OTTO, **OUTLET)]
    night = state.night()
    assert {f.handle for f in night.findings if f.employee_id} == {"DOTRoads"}
    (told,) = [one for one in night.problems if "among the handles of Department of Transportation" in one.reason]
    assert told.where == "17"
    state.accounts["export"] = [account("MaineDOT", **OUTLET)]
    found = {(f.rule_id, f.employee_id) for f in state.night().findings if f.handle == "MaineDOT"}
    assert found == {("U-1", "")}  # a lead that names nobody


@pytest.mark.parametrize("other", [{"platform": "facebook"}, {"agency_code": "18"}])
def test_a_row_of_another_platform_or_agency_does_not_mean_it(state: State, other: dict[str, str]) -> None:
    state.agencies.append({"agency_code": "18", "name": "Department of Trails"})
    row = {"platform": "x", "handle": "see the web team", "agency_code": "17", "supervisor_employee_id": "00033"}
    state.official = [row | other]
    state.accounts["export"] = [account("MaineDOT", **IVY, **OUTLET)]
    assert "MaineDOT" in {f.handle for f in state.night().findings}


def test_a_cut_id_joins_nobody_across_exports(state: State) -> None:
    cut = {"account_id": "98765432101234500"}
    state.accounts["one"] = [account("ivym", **IVY) | cut]
    state.accounts["two"] = [account("ottoq", **OTTO) | cut]
    assert pairs(state) == {("E-1", "ivym", "00031"), ("E-1", "ottoq", "00032")}


@pytest.mark.parametrize("cut", ["98765432101234500", "9876543210123450"])
def test_a_cut_id_in_the_registry_hides_nobody(state: State, cut: str) -> None:
    state.official.append(state.official[0] | {"handle": "MaineRoads", "account_id": cut})
    state.accounts["export"] = [account("ivym", **IVY) | {"account_id": cut}]
    assert pairs(state) == {("E-1", "ivym", "00031")}


@pytest.mark.parametrize("filler", ["N/A", "null", "#N/A", "0", "-", "000000", "-1", r"\N", "test", "Twitter"])
def test_a_placeholder_in_the_registry_hides_nobody(state: State, filler: str) -> None:
    state.official.append(state.official[0] | {"handle": "MaineRoads", "account_id": filler})
    state.accounts["export"] = [account("ivym", **IVY) | {"account_id": filler}]
    assert pairs(state) == {("E-1", "ivym", "00031")}


NAMED = [
    ("Planner at MaineDOT", "00031", "active"),
    ("Planner, Maine Department of Transportation", "00031", "active"),
    ("Planner at DOT, Lansing", "", "active"),
    ("Planner at DOT", "", "active"),
    ("Planner at MaineDOT", "", "terminated"),
]


@pytest.mark.parametrize(("bio", "employee_id", "namesake"), NAMED)
def test_a_name_is_tied_only_to_the_one_who_can_be_meant(
    state: State, bio: str, employee_id: str, namesake: str
) -> None:
    if namesake == "terminated":
        state.people.append(person("00040", "Ivy", "Marsh", work_email="ivy.marsh2@maine.gov", status=namesake))
    state.accounts["export"] = [account("quietpine42", display_name="Ivy Marsh", bio=bio)]
    assert {f.employee_id for f in state.night().findings} <= {employee_id}
    if employee_id:
        assert state.night().findings


def test_a_stored_reply_for_everybody_is_held_against_nobody() -> None:
    organization = Organization("State of Maine", "ME", ("maine.gov",))
    system = mail_system(organization)
    people = [
        hr_csv.parse(Raw(person(f"0004{n}", given, "Fern"), "hr", f"hr.csv:{n + 2}", "0" * 64))
        for n, given in enumerate(("Abe", "Bea"))
    ]
    shown = [
        Sighting(
            gravatar.parse(
                Raw(
                    {"profile_url": "https://gravatar.com/abefern", "display_name": "Abe", "description": "",
                     "address": f"{name}.fern@maine.gov", "verified": []},
                    "faces", f"/profiles/{name}", "0" * 64,
                )
            ),
            "faces",
            fresh=True,
        )
        for name in ("abe", "bea")
    ]  # fmt: skip
    apart, problems, _ = told_apart(shown, directory(people, system, frozenset({"17"}), DAY), registry(()))
    assert [one.contested for one in apart] == [True, True]
    assert ["stored reply" in problem.reason for problem in problems] == [True]


NUMBER, OTHER_NUMBER = "100064000000123", "100064000000999"
PAGE = {"display_name": "MaineRoads", "bio": "Official page of the Maine Department of Transportation"}


def on_facebook(**more: str) -> dict[str, str]:
    return {"platform": "facebook", "observed_at": "2026-11-19T02:00:00Z", **more}


def with_page(state: State, **more: str) -> None:
    """The registry's row of a page on Facebook, supervised by Una and known by its handle."""
    state.official = [state.official[0] | {"platform": "facebook", "handle": "MaineRoads", "account_id": ""} | more]


ONE_PAGE = [
    on_facebook(account_id=NUMBER, **UNA, **PAGE),
    on_facebook(url=f"https://www.facebook.com/profile.php?id={NUMBER}", **UNA, **PAGE),
    on_facebook(url=f"https://www.facebook.com/people/Maine-Roads/{NUMBER}", **UNA, **PAGE),
    on_facebook(url=f"https://www.facebook.com/p/Maine-Roads-{NUMBER}/", **UNA, **PAGE),
    on_facebook(account_id=NUMBER, **UNA, **PAGE | {"display_name": "Maine Roads (Official Page)"}),
    on_facebook(account_id=NUMBER, **UNA, **PAGE | {"display_name": "Maine Department of Transportation"}),
    on_facebook(account_id=NUMBER, **UNA, display_name="Maine Roads"),
    on_facebook(account_id=NUMBER, **UNA),
    on_facebook(**UNA),
    on_facebook(account_id=NUMBER, emails="una.reed@maine.gov", **PAGE),
]


@pytest.mark.parametrize("shown", ONE_PAGE)
def test_a_registered_page_shown_by_its_number_is_a_question_for_the_registry(
    state: State, shown: dict[str, str]
) -> None:
    with_page(state)
    state.options["export"] = 'lists_official = ["facebook"]'
    state.accounts["export"] = [shown]
    night = state.night()
    assert night.findings == ()
    (told,) = [one for one in night.problems if "may be the official account of this row" in one.reason]
    assert told.where == "official.csv:2"
    assert (NUMBER in told.reason) is (NUMBER in str(shown))


OTHERS = [
    ({}, {"display_name": "Una Reed"}),
    ({}, {"display_name": "Maine DOT Plow Crew", "bio": PAGE["bio"]}),
    ({}, {**PAGE, "platform": "instagram"}),
    ({"account_id": OTHER_NUMBER}, PAGE),
    ({"registered_email": "otto.quill@maine.gov", "supervisor_employee_id": "00032"}, PAGE),
    ({"registered_email": "otto.quill@maine.gov"}, {}),
]


@pytest.mark.parametrize(("row", "shown"), OTHERS)
def test_another_name_address_platform_or_number_is_another_account(
    state: State, row: dict[str, str], shown: dict[str, str]
) -> None:
    with_page(state, **row)
    state.accounts["export"] = [on_facebook(account_id=NUMBER, **UNA) | shown]
    assert {f.employee_id for f in state.night().findings if f.account_id == NUMBER} == {"00033"}


def test_a_page_that_is_shown_with_another_number_is_not_this_one(state: State) -> None:
    with_page(state)
    state.accounts["export"] = [
        on_facebook(account_id=NUMBER, **UNA, **PAGE),
        on_facebook(account_id=OTHER_NUMBER, handle="MaineRoads", **PAGE),
    ]
    assert {(f.account_id, f.employee_id) for f in state.night().findings} == {(NUMBER, "00033")}


def test_a_number_that_goes_with_the_registered_handle_elsewhere_is_the_page(state: State) -> None:
    with_page(state)
    state.accounts["export"] = [on_facebook(account_id=NUMBER, **UNA, **PAGE)]
    state.accounts["other"] = [on_facebook(account_id=NUMBER, handle="MaineRoads", **PAGE)]
    night = state.night()
    assert night.findings == ()
    assert "may be the official account" not in " ".join(one.reason for one in night.problems)


def test_a_registered_number_shown_by_its_handle_is_a_question_too(state: State) -> None:
    with_page(state, handle="", account_id=NUMBER)
    state.accounts["export"] = [on_facebook(handle="MaineDOTRoads", **UNA, **PAGE | {"display_name": "MaineDOT"})]
    assert pairs(state) == set()
    assert "Write the handle of the row's account into it: MaineDOTRoads" in told(state)


def test_a_pending_page_shown_by_its_number_is_a_lead(state: State) -> None:
    with_page(state, status="pending")
    state.accounts["export"] = [on_facebook(account_id=NUMBER, **UNA, **PAGE)]
    findings = state.night().findings
    assert {f.tier for f in findings} == {"lead"}
    assert any("as pending" in f.because for f in findings)


@pytest.mark.parametrize(("number", "accused"), [("", False), ("1234567", False), ("7654321", True)])
def test_a_page_on_linkedin_may_be_known_by_its_number(state: State, number: str, accused: bool) -> None:
    with_page(state, platform="linkedin", account_id=number)
    url = "https://www.linkedin.com/company/1234567"
    state.accounts["export"] = [on_facebook(**UNA, **PAGE, url=url) | {"platform": "linkedin"}]
    assert any(f.rule_id == "B-1" for f in state.night().findings) is accused
    assert ("may be the official account" in told(state)) is (not number)


def listing(state: State, spelled: Callable[[str], str]) -> State:
    """Three people's accounts and two official ones, under the ids that a program made of their own."""
    names = ("fernwren", "tidyowl", "calmloon", "MaineDOT2", "MaineDOT3")
    owners: tuple[dict[str, str], ...] = (IVY, OTTO, UNA, {}, {})
    state.official = [
        {"platform": "x", "handle": handle, "account_id": f"1001413000069970{n}8", "agency_code": "17",
         "supervisor_employee_id": "00033"}
        for n, handle in enumerate(names) if handle.startswith("Maine")
    ]  # fmt: skip
    state.accounts["export"] = [
        account(handle, **owner, display_name=handle) | {"account_id": spelled(f"1001413000069970{n}8")}
        for n, (handle, owner) in enumerate(zip(names, owners, strict=True))
    ]
    return state


@pytest.mark.parametrize(
    ("spelled", "said"),
    [
        (lambda one: one, False),
        (lambda one: one[:15] + "000", True),
        (lambda one: one[:6] + "0" * 12, True),
        (lambda one: str(int(float(one))), False),
    ],
    ids=["whole", "as Excel keeps them", "as Excel shows them", "from a double"],
)
def test_ids_that_lost_digits_make_nobody_pass_for_an_agency(
    state: State, spelled: Callable[[str], str], said: bool
) -> None:
    night = listing(state, spelled).night()
    assert {(one.rule_id, one.handle) for one in night.findings} == {
        ("E-1", handle) for handle in ("fernwren", "tidyowl", "calmloon")
    }
    assert any("ends in zeros" in problem.reason for problem in night.problems) is said


@pytest.mark.parametrize("spelled", [lambda one: one[:15] + "000", lambda one: str(int(float(one)))])
@pytest.mark.parametrize("broken", [False, True], ids=["", "beside a row that cannot be read"])
def test_a_finding_goes_on_when_its_id_loses_digits_and_gets_them_back(
    state: State, spelled: Callable[[str], str], broken: bool
) -> None:
    first = {one.finding_id for one in listing(state, str).night().findings}
    spellings: tuple[Callable[[str], str], ...] = (spelled, str, spelled)
    for day, spelling in enumerate(spellings, start=1):
        listing(state, spelling)
        if broken:
            state.accounts["export"].append(account("whoknows") | {"platform": f"nobook{day}"})
        night = state.night(DAY + timedelta(days=day))
        assert {(one.finding_id, str(one.status)) for one in night.findings} == {(one, "open") for one in first}


def test_two_exports_of_one_account_whose_id_one_of_them_rounded_are_one(state: State) -> None:
    listing(state, str)
    state.accounts["second"] = [
        one | {"account_id": str(int(float(one["account_id"])))} for one in state.accounts["export"]
    ]
    assert pairs(state) == {("E-1", "fernwren", "00031"), ("E-1", "tidyowl", "00032"), ("E-1", "calmloon", "00033")}

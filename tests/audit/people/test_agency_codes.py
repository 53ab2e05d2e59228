"""An agency by its code, name, other name or acronym: taken where that means one agency, and told where it does not."""

from datetime import date

import pytest

from audit.config import load
from audit.model.organization import Organization
from audit.people.agency_codes import agency_codes, misleading_names
from audit.profiles import Affiliation, read_profile
from audit.verbs.doctor import examine
from connectors.records import Agency
from tests.states import State, account

AGENCIES = (
    Agency("09A", "Maine Department of Marine Resources", ("DMR",), aliases=("Marine Patrol Bureau",)),
    Agency("03", "Department of Corrections", ("DOC", "MDOC")),
    Agency("031", "Department of Conservation", ("DOC",)),
    Agency("77", "Office of Parks & Lands", ("BPL",)),
)
CODES = agency_codes(Organization("State of Maine", "ME", ("maine.gov",), agencies=AGENCIES))


@pytest.mark.parametrize(
    ("code", "name", "meant"),
    [
        ("09A", "", "09A"),
        ("09a", "", "09A"),
        ("3", "", "03"),
        ("003", "", "03"),
        ("3.0", "", "03"),
        ("31", "", "031"),
        ("30", "", ""),
        ("DMR", "", "09A"),
        ("", "Department of Marine Resources", "09A"),
        ("", "MAINE  DEPARTMENT OF MARINE RESOURCES", "09A"),
        ("", "State of Maine Department of Corrections", "03"),
        ("", "Maine Department of Corrections", "03"),
        ("", "Office of Parks and Lands", "77"),
        ("", "Marine Patrol Bureau", "09A"),
        ("", "DOC", ""),  # two agencies' acronym
        ("DOC", "Department of Conservation", "031"),
        ("", "M.D.O.C.", "03"),
        ("DMR", "Department of Corrections", ""),  # code and name contradict each other
        ("09A", "Department of Corrections", "09A"),  # a code that is known stands
        ("", "Department of Corrections and Parole", ""),
        ("", "Vermont Department of Corrections", ""),
        ("", "", ""),
        ("", "Corrections, Department of", "03"),
        ("", "MARINE RESOURCES, DEPT OF", "09A"),
        ("", "Marine Resources (Department of)", "09A"),
        ("", "Corrections Department", "03"),
        ("", "Dept. of Marine Resources, Maine", "09A"),
        ("", "Patrol Bureau, Marine", ""),
        ("", "Department of Corrections (MDOC)", "03"),
        ("", "Marine Resources Dept (DMR)", "09A"),
        ("", "03 - Dept of Corrections", "03"),
        ("", "031 Department of Conservation", "031"),
        ("03 - Department of Corrections", "", "03"),
        ("", "031 - Department of Corrections", ""),  # code and name contradict each other
        ("", "Department of Corrections (DMR)", ""),
        ("", "Department of Corrections - Parole", ""),  # a part of it, perhaps: nobody says so
        ("", "Department", ""),
        ("", "Corrections", ""),
    ],
)
def test_which_agency_is_meant(code: str, name: str, meant: str) -> None:
    assert CODES.code_of(code, name) == meant


MISLEADING = (
    Agency("01", "Office of Roads", ("OOR", "ME"), aliases=("State of Maine", "Augusta", "Trails Office")),
    Agency("02", "Office of Trails", aliases=("Maine Trails",)),
)


def test_the_state_s_name_and_another_agency_s_are_no_further_names() -> None:
    ours = Organization("State of Maine", "ME", ("maine.gov",), agencies=MISLEADING)
    told = [(code, name) for code, name, _ in misleading_names(ours)]
    assert told == [("01", "State of Maine"), ("01", "Augusta"), ("01", "Trails Office"), ("01", "ME")]
    codes = agency_codes(ours)
    assert [codes.code_of("", name) for name in ("Maine", "Augusta", "Trails Office", "OOR", "Maine Trails")] == [
        "", "", "02", "01", "02",
    ]  # fmt: skip


def test_nobody_is_read_as_an_agency_s_by_the_state_s_name_alone() -> None:
    ours = Organization("State of Maine", "ME", ("maine.gov",), agencies=MISLEADING)
    for name, bio in (("Zoe Maine", "I live in Maine"), ("Zoe", "Born in Augusta Maine"), ("Zoe, Augusta ME", "")):
        assert read_profile("zoe", name, bio, "", ours).affiliation is Affiliation.NONE, (name, bio)
    trails = read_profile("zoe", "Zoe", "Clerk at the Office of Trails, State of Maine", "", ours)
    assert (trails.affiliation, trails.agency_code) == (Affiliation.EMPLOYEE, "02")


def test_names_that_cannot_be_looked_for_are_told(state: State) -> None:
    state.agencies[0]["aliases"] = "Maine"
    assert any("goes by 'Maine', but this is the State's" in one.reason for one in state.night().problems)
    lines, _ = examine(load(state.write()), date(2026, 11, 20))
    assert any("goes by 'Maine', but this is the State's" in line for line in lines)


@pytest.mark.parametrize(
    ("more", "agency_code", "told"),
    [
        ({"agency_code": "", "agency": "Maine Department of Transportation"}, "17", ""),
        ({"agency_code": "MSP", "agency": ""}, "16-222", ""),
        ({"agency_code": "", "agency": "Bureau of Lighthouses"}, "", "'Bureau of Lighthouses'"),
    ],
)
def test_the_agency_of_a_finding(state: State, more: dict[str, str], agency_code: str, told: str) -> None:
    state.people[0] |= more
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    night = state.night()
    assert [one.agency_code for one in night.findings] == [agency_code]
    assert not told or any(told in one.reason and one.where == "hr.csv:2" for one in night.problems)


def test_a_registry_may_name_the_agency_too(state: State) -> None:
    state.official[0]["agency_code"] = "MaineDOT"
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    night = state.night()
    assert [row.agency for row in night.registry] == ["Department of Transportation"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("09A|03", ("09A", "03")),
        ("DMR; Office of Parks and Lands", ("09A", "77")),
        ("Department of Corrections and Office of Parks & Lands", ("03", "77")),
        ("Department of Corrections, DMR, and Office of Parks and Lands", ("03", "09A", "77")),
        ("Office of Parks and Lands", ("77",)),
        ("Department of Corrections and Parole", ("Department of Corrections and Parole",)),
        ("DMR|Bureau of Lighthouses", ("09A", "Bureau of Lighthouses")),
        ("DMR|09A", ("09A",)),
        ("", ()),
    ],
)
def test_the_agencies_of_one_cell(text: str, meant: tuple[str, ...]) -> None:
    assert CODES.codes_of(text) == meant

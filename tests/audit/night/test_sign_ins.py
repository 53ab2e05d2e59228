"""Whole nights from exported sign-ins to the workbook: who is named, who is not, and what a log forgets."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

import audit.config
from audit.model.finding import Finding, FindingStatus, Tier
from audit.model.night import Night
from audit.model.seats import SeatHolder
from tests.states import DAY, State, person, written

X = "49625052041-kgt0hghf445lmcmhijv46b715m2mpbct.apps.googleusercontent.com"
GOOGLE = "Date,Event,Actor,Application name,Application ID,Scope,IP address"
OKTA = "timestamp,actor.alternate_id,event_type,outcome.result,target0.type,target0.display_name"
APPS = "App,App Domain,Email,Auth Method,Last Seen"
PEOPLE = [
    person("00101", "Ada", "Thibodeau"), person("00102", "Lee", "Ouellette"), person("00103", "Remy", "Cyr"),
    person("00104", "Noor", "Haddad"), person("00105", "Ken", "Roy", status="terminated", end_date="2026-11-10"),
    person("00106", "Mia", "Wong", work_email="shared.desk@maine.gov"),
    person("00107", "Tom", "Ash", work_email="shared.desk@maine.gov"),
]  # fmt: skip


def grant(who: str, name: str = "X", client: str = X, day: date = date(2026, 11, 12)) -> str:
    return f"{day}T10:30:00Z,Authorize,{who}@maine.gov,{name},{client},email openid,198.51.100.7"


def sign_on(who: str, name: str, day: int) -> str:
    return f"2026-11-{day:02d}T10:30:00.000Z,{who}@maine.gov,user.authentication.sso,SUCCESS,AppInstance,{name}"


def state(folder: Path, sources: dict[str, tuple[str, str]], **files: list[str]) -> State:
    """A state whose sources are (connector, further lines) by name; `files` are their rows, the headings first."""
    made = State(folder, PEOPLE, agencies=[{"agency_code": "17", "name": "Department of Transportation"}])
    made.official = [{"platform": "x", "handle": "MaineDOT1", "supervisor_employee_id": "00104", "status": "active"}]
    path = made.write()
    tables = [
        f'[sources.{name}]\nconnector = "{connector}"\npath = "{name}.csv"\n{more}\n'
        for name, (connector, more) in sources.items()
    ]
    path.write_text(path.read_text(encoding="utf-8") + "\n" + "\n".join(tables), encoding="utf-8")
    for name, rows in files.items():
        put(folder, name, *rows)
    made.write = lambda: path  # type: ignore[method-assign]
    return made


def put(folder: Path, name: str, *rows: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join((*rows, "")), encoding="utf-8")


def of(night: Night, who: str) -> Finding:
    (found,) = (one for one in night.findings if one.mailbox == f"{who}@maine.gov")
    return found


def test_from_exports_to_the_workbook(tmp_path):
    made = state(
        tmp_path,
        {"google": ("signin_log", ""), "nudge": ("saas_inventory", "")},
        google=[
            GOOGLE, grant("ada.thibodeau"), grant("noor.haddad"), grant("shared.desk"), grant("press.office"),
            grant("ken.roy"), grant("lee.ouellette", "LinkedIn Scraper", "1-a"),
            grant("remy.cyr", "Pinterest", "1-b"),
        ],
        nudge=[
            APPS, "LinkedIn,linkedin.com,lee.ouellette@maine.gov,OAuth,2026-11-10",
            "LinkedIn Learning,linkedin.com,remy.cyr@maine.gov,SAML,2026-11-10",
        ],
    )  # fmt: skip
    night = made.night()
    told = {
        (one.mailbox.partition("@")[0], one.platform): (one.rule_id, one.tier, one.employee_name)
        for one in night.findings
        if one.clause == "E"
    }
    assert told == {
        ("ada.thibodeau", "x"): ("E-1", Tier.FINDING, "Ada Thibodeau"),
        ("lee.ouellette", "linkedin"): ("E-1", Tier.FINDING, "Lee Ouellette"),
        ("remy.cyr", "pinterest"): ("E-2", Tier.LEAD, "Remy Cyr"),
        ("shared.desk", "x"): ("E-2", Tier.LEAD, ""),
        ("press.office", "x"): ("E-2", Tier.LEAD, ""),
        ("ken.roy", "x"): ("E-2", Tier.LEAD, ""),
    }  # and Noor, who supervises the State's account on X, is named nowhere
    ada = of(night, "ada.thibodeau")
    assert ada.because == (
        "Signed in to X (formerly Twitter) with the state account ada.thibodeau@maine.gov on 2026-11-12 (application X,"
        f" client id {X}). The mailbox is Ada Thibodeau’s."
    )
    assert [piece.kind for piece in ada.evidence] == ["registered address: sign-in"]
    out = audit.config.load(made.write()).output.folder
    book = openpyxl.load_workbook(out / DAY.isoformat() / "audit.xlsx", read_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("Signed in to X (formerly Twitter) with the state account ada.thibodeau" in cell for cell in cells)
    assert b"198.51.100.7" not in written(out)
    assert b"LinkedIn Scraper" not in written(out)


def test_a_sign_in_stays_known_after_it_has_left_the_log_and_is_a_lead_once_it_is_old(tmp_path):
    made = state(tmp_path, {"google": ("signin_log", "")}, google=[GOOGLE, grant("ada.thibodeau")])
    assert of(made.night(), "ada.thibodeau").rule_id == "E-1"
    for day, name, client in (
        (DAY + timedelta(1), "Quill", "1-c"),  # nothing of hers in the window
        (DAY + timedelta(2), "X", "1-a"),  # an application that only bears the name
    ):
        put(tmp_path, "google", GOOGLE, grant("ada.thibodeau", name, client, day))
        found = of(made.night(day), "ada.thibodeau")
        assert (found.rule_id, found.status, "on 2026-11-12" in found.because) == ("E-1", FindingStatus.OPEN, True)
    late = date(2028, 6, 20)
    put(tmp_path, "google", GOOGLE, grant("lee.ouellette", "Quill", "1-c", late))
    old = [one for one in made.night(late).findings if one.mailbox and one.status is not FindingStatus.RESOLVED]
    assert [(one.rule_id, "more than 18 months ago" in one.because) for one in old] == [("E-2", True)]


@pytest.mark.parametrize(
    ("day", "holder", "rules"),
    [(9, SeatHolder.BEFORE, []), (10, SeatHolder.BEFORE, []), (11, SeatHolder.LEFT, ["R-4"])],
)
def test_a_seat_by_okta_is_its_leavers_only_where_they_signed_in_afterwards(tmp_path, day, holder, rules):
    okta = [OKTA, sign_on("ken.roy", "GitHub", day), sign_on("ada.thibodeau", "GitHub", 12)]
    made = state(tmp_path, {"okta": ("signin_log", 'purpose = "work"')}, okta=okta)
    night = made.night()
    assert [one.rule_id for one in night.findings if one.mailbox or one.platform == "github"] == rules
    assert {(seat.address.partition("@")[0], seat.holder) for seat in night.seats} == {
        ("ken.roy", holder), ("ada.thibodeau", SeatHolder.EMPLOYED),
    }  # fmt: skip
    put(tmp_path, "okta", OKTA, sign_on("ada.thibodeau", "GitHub", 20))
    again = made.night(DAY + timedelta(1))
    assert [seat.address for seat in again.seats] == ["ada.thibodeau@maine.gov"]
    assert not [one for one in again.findings if one.rule_id == "R-4" and one.status is not FindingStatus.RESOLVED]


def test_whoever_has_a_seat_for_work_is_spared_for_signing_in_there(tmp_path):
    made = state(
        tmp_path,
        {"okta": ("signin_log", 'purpose = "work"'), "google": ("signin_log", "")},
        okta=[OKTA, sign_on("ada.thibodeau", "X", 12)],
        google=[GOOGLE, grant("ada.thibodeau"), grant("lee.ouellette")],
    )
    assert {one.mailbox for one in made.night().findings if one.clause == "E"} == {"lee.ouellette@maine.gov"}

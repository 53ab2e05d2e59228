"""What profiles say, as a careful person reads them. All people, handles and texts are invented for these tests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evaluate import default_organization
from audit.organization import Organization
from audit.reading import Affiliation, has_nexus, read_profile
from connectors.records import Agency

MAINE = default_organization()

PROFILES = """
employee|jdoe|Jane Doe|Planner at MaineDOT. Mom of two.
employee|jdoe|Jane Doe|Environmental specialist, Maine DEP
employee|jdoe|Jane|I work for the State of Maine. Opinions mine.
employee|jdoe|Jane|State of Maine employee, dog lover
employee|jdoe|Jane|Proud employee of the Maine Department of Labor
employee|jdoe|Jane|Caseworker @ DHHS. Mainer.
employee|jdoe|Jane|Child protective caseworker with Maine OCFS
employee|jdoe|J|Maine State Trooper. Husband. Dad.
employee|jdoe|Rick|Maine Game Warden since 2004
employee|jdoe|Rick|Game warden in northern Maine. Ski bum.
employee|jdoe|Rick|Corrections officer at Maine State Prison
employee|jdoe|Rick|CO @ Mountain View Correctional Facility, Maine DOC
employee|jdoe|Rick|IT guy for MaineIT
employee|jdoe|Rick|Sysadmin, Maine Office of Information Technology
employee|jdoe|Rick|Assistant Attorney General, State of Maine. Views mine.
employee|jdoe|Rick|Epidemiologist @MEPublicHealth
employee|jdoe|Rick|Wildlife biologist, Maine Inland Fisheries & Wildlife
employee|jdoe|Rick|Fisheries biologist for Maine Dept. of Marine Resources
employee|jdoe|Rick|Marine Patrol Officer, Maine DMR
employee|jdoe|Rick|park ranger, Maine Bureau of Parks and Lands
employee|jdoe|Rick|Forest ranger w/ the Maine Forest Service
employee|jdoe|Rick|Legislative analyst, Office of Fiscal and Program Review, Maine Legislature
employee|jdoe|Rick|Staff at the Maine Legislature. Tweets my own.
employee|jdoe|Rick|Law clerk, Maine Supreme Judicial Court
employee|jdoe|Rick|Librarian at the Maine State Library
employee|jdoe|Rick|Curator, Maine State Museum
employee|jdoe|Rick|Tax examiner at Maine Revenue Services
employee|jdoe|Rick|Summer intern at MaineDOT
employee|jdoe|Rick|Je travaille pour le Maine DHHS. Maman.
employee|jdoe|Rick|Trabajo para el Departamento de Trabajo de Maine (MDOL)
employee|jdoe|Rick|Public health nurse with Maine CDC
employee|jdoe|Rick|snowplow driver, MaineDOT. Views my own
employee|jdoe|Rick|MaineDOT by day, DJ by night
employee|jdoe|Rick|Bureaucrat (Maine DAFS).
employee|jdoe|Rick|Former teacher, now at Maine DOE
employee|jdoe|Rick|Retired Army. Now working for Maine DHHS.
employee|jdoe|Rick|Formerly WSDOT. Currently MaineDOT.
employee|jdoe|Rick|Dir. of Comms @ Maine Dept of Corrections
employee|jdoe|Rick|Communications Director for Maine Governor Janet Mills
employee|jdoe|Rick|Deputy Commissioner, Maine Department of Economic & Community Development
employee|jdoe|Rick|GIS @ Maine Office of GIS
employee|jdoe|Rick|State employee. Augusta, Maine. MSEA member.
employee|jdoe|Rick|Maine state employee, union steward MSEA-SEIU 1989
employee|jdoe|Rick|My day job is at the Land Use Planning Commission
employee|jdoe|Rick|Hydrogeologist. ME DEP. Tweets are mine
employee|jdoe|Rick|Work: rick.doe@maine.gov
employee|jdoe|Rick|Soldier, Husband, MDOT worker in Bangor Maine
employee|jdoe|Rick|Project manager @MaineDOT1
employee|jdoe|Rick|Paralegal in the Maine AG's office
employee|jdoe|Rick|Dispatcher, Maine DPS
employee|jdoe|Rick|Highway planner. Views ≠ State of Maine.
employee|jdoe|Rick|Maine BMV. Yes, I can renew your license. No, not here.
employee|jdoe|Rick|Engineer I, Bridge Program, MaineDOT
employee|jdoe|Rick|Social worker (DHHS), Lewiston Maine
employee|jdoe|Rick|Trooper, Maine State Police. Views my own
employee|jdoe|Rick|MSP Trooper, Troop C, Skowhegan Maine
branded_person|MaineDOT_Mike|Mike|Plow driver
branded_person|TrooperJones_MSP|Trooper Jones|Maine State Police
branded_person|WardenSmith|Warden Smith - Maine Warden Service|wild
branded_person|jane_mainedhhs|Jane at Maine DHHS|caseworker
branded_person|jdoe|Jane Doe, Maine DEP|Water lover
branded_person|jdoe|Jane Doe (Maine CDC)|epi, runner
branded_person|mainestatetrooper_lee|Lee|Dad. Views my own.
branded_person|RangerRick_BaxterSP|Ranger Rick|Baxter State Park ranger
branded_person|SgtBrownMSP|Sgt. Brown|Maine State Police K9 handler
branded_person|MaineWardenPete|Pete|Maine Warden Service. my tweets
branded_person|MDOC_Karen|Karen C.O.|Maine Department of Corrections. mom
outlet|MaineBMV|Maine BMV|Official page of the Maine Bureau of Motor Vehicles
outlet|MaineDHHSHelp|Maine DHHS Help Desk|We help you with benefits. Call us.
outlet|mainestatepolice|Maine State Police|Follow us for updates.
outlet|MEStateArchives|Maine State Archives|Preserving Maine's records since 1965
outlet|MaineDMR|Maine Department of Marine Resources|News and regulations
outlet|MaineForestService|Maine Forest Service|
outlet|MaineDOTRegion1|MaineDOT Region 1|Southern Maine road work updates
outlet|maineflu|Flu Facts|A program of the Maine CDC. We keep you healthy.
outlet|MEDOLCareers|Maine Department of Labor Careers|We're hiring
outlet|StateOfMaine|State of Maine|Official
outlet|MainePublicHealth|Maine Public Health|Official updates from the Maine CDC
outlet|ME_Revenue|Maine Revenue Services|Tax tips. Not monitored 24/7
outlet|MaineTaxReliefOfficial|Maine Tax Relief|Official government tax relief program
outlet|MaineDOC|Maine Department of Corrections|Making our neighborhoods safer
former|jdoe|Rick|Retired Maine State Trooper
former|jdoe|Rick|Ex-MaineDOT. Now selling boats.
former|jdoe|Rick|Former Maine DHHS caseworker, now in private practice
former|jdoe|Rick|Previously: Maine DEP, EPA Region 1
former|jdoe|Rick|Worked at the Maine Department of Labor for 30 years
former|jdoe|Rick|Maine Warden Service (retired)
former|jdoe|Rick|Retired from the State of Maine
former|jdoe|Rick|Past life: MaineDOT engineer
former|jdoe|Rick|I used to work for DHHS
former|jdoe|Rick|ex-DHHS
former|jdoe|Rick|MaineDOT 1988-2016. Golf.
former|jdoe|Rick|Alum of Maine DECD and the Governor's Office
former|jdoe|Rick|Ancien employé du Maine DOT
former|jdoe|Rick|Exempleada de Maine DHHS
former|jdoe|Rick|Maine State Police, retired 2015
former|jdoe|Rick|Was a game warden in Maine for 25 years
former|jdoe|Rick|Served as Maine Attorney General. Lawyer.
none|jdoe|Rick|Born and raised in Maine
none|jdoe|Rick|Mainer. Red Sox. Lobster.
none|jdoe|Rick|Wife of a Maine State Trooper
none|jdoe|Rick|Proud mom of a MaineDOT engineer
none|jdoe|Rick|Aspiring Maine Game Warden
none|jdoe|Rick|Future Maine State Trooper
none|jdoe|Rick|Reporter covering the Maine Legislature for the BDN
none|jdoe|Rick|Holding Maine DHHS accountable since 2010
none|jdoe|Rick|Suing Maine DOC
none|jdoe|Rick|Fan of the Maine State Museum
none|jdoe|Rick|Volunteer at Baxter State Park
none|jdoe|Rick|Ohio DOT engineer
none|jdoe|Rick|Works at NH DHHS. From Maine originally.
none|jdoe|Rick|Alabama DOT
none|jdoe|Rick|caseworker, DHHS, Manchester NH
none|jdoe|Rick|University of Maine student
none|jdoe|Rick|Professor at UMaine Orono
none|jdoe|Rick|Candidate for Maine State Senate
none|jdoe|Rick|Running for Governor of Maine
none|jdoe|Rick|Not affiliated with MaineDOT
none|MaineDOTParody|Maine DOT (parody)|potholes forever
none|MaineDOTFails|MaineDOT Fails|documenting potholes
none|MSEA1989|MSEA-SEIU|Union of Maine state workers
none|MaineTroopersAssoc|Maine State Troopers Association|We represent troopers
none|CumberlandSO|Cumberland County Sheriff|Maine
none|PortlandMEPolice|Portland Police|City of Portland, Maine
none|MaineGOP|Maine Republican Party|
none|MaineGuide|Registered Maine Guide|Licensed by the State of Maine
none|electrician_me|Bob|Master electrician licensed by the State of Maine
none|jdoe|Rick|Notary Public, State of Maine
none|jdoe|Rick|I love the great State of Maine
none|jdoe|Rick|Living in the state of Maine
none|jdoe|Rick|Hiking Baxter State Park
none|jdoe|Rick|Contractor for MaineDOT
none|jdoe|Rick|MaineDOT certified flagger
none|FBIBoston|FBI Boston|Covering Maine, MA, NH, RI
none|NWSGray|NWS Gray|National Weather Service in Gray, Maine
none|USAttyMaine|US Attorney Maine|U.S. Department of Justice, District of Maine
none|MaineNationalGuardFan|Jim|US Army
none|jdoe|Rick|Former Maine resident
none|jdoe|Rick|USDA forest service. Maine.
none|jdoe|Rick|Maine Coon breeder
none|TheMaine|The Maine|band from Arizona
none|jdoe|Rick|The Maine fan account
none|MEDOC_wines|Médoc|Bordeaux wines
none|jdoe|Rick|tell ME about it. DEP. resist
none|jdoe|Rick|Dept of Defense analyst
none|jdoe|Rick|Department of Labor, Washington DC
none|jdoe|Rick|VA nurse in Augusta Maine
none|jdoe|Rick|Teacher, RSU 5, Freeport Maine
none|jdoe|Rick|Maine Medical Center nurse
none|MaineTravelBlog|Maine Travel Blog|We love Maine state parks
none|jdoe|Rick|Follow @MaineDOT for road info
none|jdoe|Rick|DEP = Dog, Eat, Play. Maine
none|jdoe|Rick|Not a Maine State employee
none|jdoe|Rick|Son of a Maine game warden, grandson of a lobsterman
none|jdoe|Rick|Policy reporter. Maine DHHS, Medicaid, hospitals
none|jdoe|Rick|Podcast about the Maine State Police cold cases
none|jdoe|Rick|Attorney. I sue the State of Maine.
none|jdoe|Rick|Parent of a child taken by Maine DHHS
none|michiganMSP|Michigan State Police|MSP
none|mspnews|MSP|Minneapolis airport
none|jdoe|Rick|Massachusetts State Police trooper. MSP
none|jdoe|Rick|NC DHHS eligibility
none|jdoe|Rick|FL DEP park ranger
none|jdoe|Rick|Bureau of Land Management
none|jdoe|Rick|Maine State Senator, District 5
none|jdoe|Rick|Commission on Public Defense rostered attorney. Not a state employee
""".strip().splitlines()
"""affiliation|handle|display name|bio"""


@pytest.mark.parametrize("line", PROFILES)
def test_reads_as_a_careful_person_would(line: str) -> None:
    expected, handle, display_name, bio = line.split("|", 3)
    assert read_profile(handle, display_name, bio, "", MAINE).affiliation == expected


@pytest.mark.parametrize(
    ("handle", "display_name", "bio", "expected", "code", "words"),
    [
        ("", "Kim", "MaineDOT crew chief, tweets my own", "employee", "17", "MaineDOT"),
        ("MSP_Trooper_Lee", "Lee", "K9 handler", "branded_person", "16-222", "MSP"),
        ("", "Kim", "ex-DHHS", "former", "10", "DHHS"),
        ("", "Kim", "Clerk at the Maine Department of Labor", "employee", "12", "Maine Department of Labor"),
        ("", "Kim", "Chemist, State of Maine", "employee", "", "State of Maine"),
        ("MEPublicHealth", "", "", "outlet", "ME-CDC", "MEPublicHealth"),
    ],
)
def test_names_the_agency_and_quotes_the_words(
    handle: str, display_name: str, bio: str, expected: str, code: str, words: str
) -> None:
    reading = read_profile(handle, display_name, bio, "", MAINE)
    assert (reading.affiliation, reading.agency_code) == (expected, code)
    assert words in [span.text for span in reading.spans]
    assert f"“{words}”" in reading.reason


@pytest.mark.parametrize(
    ("display_name", "bio", "context"),
    [
        ("Lori", "Wife of a Maine State Trooper", "relative"),
        ("Lori", "caseworker at NH DHHS", "other state"),
        ("Lori", "Suing Maine DOC", "critic"),
        ("Maine DOT (parody)", "potholes forever", "parody"),
        ("MSEA-SEIU", "Union of Maine state workers", "union"),
        ("Lori", "Future Maine State Trooper", "aspiring"),
        ("Lori", "Contractor for MaineDOT", "vendor"),
    ],
)
def test_says_what_turned_a_mark_off(display_name: str, bio: str, context: str) -> None:
    reading = read_profile("someone", display_name, bio, "", MAINE)
    assert (reading.affiliation, reading.context) == (Affiliation.NONE, context)


def test_shows_addresses_and_links_of_the_state() -> None:
    reading = read_profile(
        "kim", "Kim", "Write to kim.lee@maine.gov or KIM@state.me.us", "https://www.maine.gov/dep/kim", MAINE
    )
    assert reading.addresses == ("kim.lee@maine.gov", "kim@state.me.us")
    assert reading.domains == ("https://www.maine.gov/dep/kim",)
    assert reading.affiliation is Affiliation.EMPLOYEE


@pytest.mark.parametrize(
    "text", ["kim@notmaine.gov", "kim@maine.gov.example", "maine.government", "maine-gov", "xmaine.gov"]
)
def test_other_domains_are_not_the_states(text: str) -> None:
    reading = read_profile("kim", "Kim", f"Write to {text}", text, MAINE)
    assert reading.addresses == ()
    assert reading.domains == ()


@pytest.mark.parametrize("bio", ["Born in Maine", "Mainer. Red Sox.", "Augusta", "ME, myself and I", "main events", ""])
def test_a_place_alone_is_no_mark(bio: str) -> None:
    assert not has_nexus("jay", "Jay", bio, "", MAINE)


@pytest.mark.parametrize(
    ("handle", "display_name", "bio", "words"),
    [
        ("", "Mаіnе DОT", "", "Mаіnе DОT"),
        ("Ma1neDOT", "", "Road updates", "Ma1neDOT"),
        ("", "Kim", "Planner, Mаine DOT", "Mаine DOT"),
    ],
)
def test_reports_a_mark_in_look_alike_letters(handle: str, display_name: str, bio: str, words: str) -> None:
    reading = read_profile(handle, display_name, bio, "", MAINE)
    assert reading.affiliation is not Affiliation.NONE
    assert [mark.span.text for mark in reading.marks if mark.disguised] == [words]
    assert "look-alike letters" in reading.reason


@pytest.mark.parametrize(
    "bio",
    [
        "Planner, 𝗠𝗮𝗶𝗻𝗲𝗗𝗢𝗧",
        "Planner, Ｍａｉｎｅ ＤＯＴ",
        "Planner, Mai\u200bne\u00adDOT",
        "Planner, \u202eMaineDOT\u202c",
    ],
)
def test_styled_and_hidden_letters_are_read(bio: str) -> None:
    reading = read_profile("kim", "Kim", bio, "", MAINE)
    assert reading.affiliation is Affiliation.EMPLOYEE
    assert all(span.text in bio for span in reading.spans)


def test_another_state_needs_no_code() -> None:
    hampshire = Organization(
        name="State of New Hampshire",
        state="NH",
        mail_domains=("nh.gov",),
        agencies=(
            Agency("DOT", "Department of Transportation", ("NHDOT", "DOT")),
            Agency("SP", "New Hampshire State Police", ("NHSP",)),
            Agency("DHHS", "Department of Health and Human Services", ("DHHS",)),
        ),
    )
    cases = {
        ("", "Kim", "Engineer, NH DOT"): "employee",
        ("", "Kim", "Caseworker at the New Hampshire Department of Health & Human Services"): "employee",
        ("NHDOT_Kim", "Kim", "plows"): "branded_person",
        ("NewHampshireStatePolice", "New Hampshire State Police", "Official page"): "outlet",
        ("", "Kim", "Retired New Hampshire State Trooper"): "former",
        ("", "Kim", "Engineer, Maine DOT"): "none",
        ("", "Kim", "Granite Stater. Live free."): "none",
        ("", "Kim", "Vermont DHHS"): "none",
    }
    for (handle, display_name, bio), expected in cases.items():
        assert read_profile(handle, display_name, bio, "", hampshire).affiliation == expected, bio


def test_the_readings_of_two_organizations_do_not_mix() -> None:
    smaller = replace(MAINE, agencies=MAINE.agencies[:3])
    for organization, expected in ((MAINE, "17"), (smaller, ""), (MAINE, "17")):
        assert read_profile("", "Kim", "Planner, MaineDOT, Augusta", "", organization).agency_code == expected


def test_an_unknown_postal_code_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"states\.csv"):
        read_profile("", "", "", "", replace(MAINE, state="XX"))


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["MaineDOT", "Maine DHHS", "former", "not", "views my own", "wife of", "@", "|", ".", "ME", "Trooper", "DEP",
         "kim@maine.gov", "\u200d", "🦞", "Dept. of Labor", "State of Maine", "Mаine", "ex-", "now", "2012", "Ohio"]
    ),
)  # fmt: skip
FIELD = st.lists(PIECES, max_size=8).map(" ".join)


@given(FIELD, FIELD, FIELD, FIELD)
def test_any_text_is_read_and_quoted_verbatim(handle: str, display_name: str, bio: str, link: str) -> None:
    values = {"handle": handle, "display_name": display_name, "bio": bio, "link": link}
    reading = read_profile(handle, display_name, bio, link, MAINE)
    assert reading == read_profile(handle, display_name, bio, link, MAINE)
    spans = [*reading.spans, *(mark.span for mark in reading.marks), reading.disclaimer_span]
    for span in filter(None, spans):
        assert span.text
        assert values[span.field][span.start : span.end] == span.text
    assert has_nexus(handle, display_name, bio, link, MAINE) == bool(reading.marks)
    if reading.affiliation is not Affiliation.NONE:
        assert reading.spans
        assert "“" in reading.reason

"""The compiled catalogue: what is found, what it is called, and what huge exports are searched for."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.profiles import Affiliation, read_profile, shows_a_mark
from audit.profiles.agency_names import NameForm
from audit.profiles.example_state import default_organization
from audit.profiles.marks import compile_marks
from connectors.letters import searched
from connectors.records import Agency
from connectors.reference import table, text
from connectors.term_groups import TermGroups
from tests.paths import SHARED

MAINE = default_organization()
MARKS = compile_marks(MAINE)


@pytest.mark.parametrize(
    ("field", "value", "form", "code", "words"),
    [
        ("bio", "at the Maine Dept. of Transportation", NameForm.NAME, "17", "Maine Dept. of Transportation"),
        (
            "bio",
            "Department of Marine Resources, State of Maine",
            NameForm.NAME,
            "13",
            "Department of Marine Resources, State of Maine",
        ),
        ("bio", "Maine Inland Fisheries & Wildlife", NameForm.NAME, "09", "Maine Inland Fisheries & Wildlife"),
        ("bio", "MaineDOT", NameForm.ACRONYM, "17", "MaineDOT"),
        ("bio", "Maine DOT's best", NameForm.ACRONYM, "17", "Maine DOT's"),
        ("bio", "ME DHHS", NameForm.ACRONYM, "10", "ME DHHS"),
        ("bio", "D.H.H.S.", NameForm.ACRONYM, "10", "D.H.H.S."),
        ("bio", "IF&W", NameForm.ACRONYM, "09", "IF&W"),
        ("bio", "@MaineDOT1", NameForm.HANDLE, "17", "MaineDOT1"),
        ("bio", "a Maine forest ranger", NameForm.TITLE, "01-669", "Maine forest ranger"),
        ("bio", "see www.mainedot.gov/x", NameForm.DOMAIN, "", "www.mainedot.gov/x"),
        ("handle", "MEStatePolice", NameForm.NAME, "16-222", "MEStatePolice"),
        ("handle", "maine_dot_jo", NameForm.ACRONYM, "17", "maine_dot"),
        ("handle", "mainedotjo", NameForm.ACRONYM, "17", "mainedotjo"),
        ("handle", "MESecOfState", NameForm.HANDLE, "29", "MESecOfState"),
        ("display_name", "Maine 🦞 DHHS | MaineDHHS", NameForm.ACRONYM, "10", "MaineDHHS"),
    ],
)
def test_finds(field: str, value: str, form: NameForm, code: str, words: str) -> None:
    fields = {"handle": "", "display_name": "", "bio": "", "link": "", field: value}
    found = [(hit.mark.form, hit.mark.agency_code, hit.mark.span.text) for hit in MARKS.find(*fields.values())]
    assert (form, code, words) in found


@pytest.mark.parametrize(
    "listed", ["Human Affairs Department", "Human Affairs Dept.", "Maine Human Affairs Department"]
)
@pytest.mark.parametrize("written", ["Maine Department of Human Affairs", "Dept. of Human Affairs, State of Maine"])
def test_a_name_is_found_with_its_main_word_at_either_end(listed: str, written: str) -> None:
    marks = compile_marks(replace(MAINE, agencies=(Agency("77", listed),)))
    for words in (written, "Maine Human Affairs Department"):
        assert "77" in {hit.mark.agency_code for hit in marks.find("", "", f"Clerk. {words}", "")}, words


def test_a_town_s_department_is_not_the_state_s_turned_round() -> None:
    for bio in (
        "Planner, Health and Human Services Department, Portland Maine",
        "Public Safety Department, Lewiston ME",
    ):
        assert read_profile("annd", "Ann", bio, "", MAINE).affiliation is Affiliation.NONE, bio


@pytest.mark.parametrize(
    "bio",
    [
        "the main event",
        "Jane Doe",
        "I cover Maine",
        "doc martens",
        "mainedotcom fan",
        "Maine coon",
        "germane.gov",
        "humane.dot",
    ],
)
def test_finds_nothing(bio: str) -> None:
    assert MARKS.find("", "", bio, "") == ()


def test_the_pull_down_terms_are_few_enough_and_short_ones_are_absent() -> None:
    spellings, companions = MARKS.together
    assert "maine" not in MARKS.terms
    assert {"maine", "augusta"} <= set(spellings)
    assert {"mainedot", "maine.gov", "ma1ne"} <= set(MARKS.terms)
    assert ("government",) in companions
    assert ("dairy", "inspector") in companions
    assert "dairy" not in {group[0] for group in companions if len(group) == 1}
    for terms in (MARKS.terms, spellings, *companions):
        assert all(len(term) > 1 and term == searched(term) for term in terms)
    assert len(MARKS.terms) + len(companions) < 12_000


NAMES = [agency.name for agency in MAINE.agencies] + [alias for agency in MAINE.agencies for alias in agency.aliases]
ACRONYMS = [acronym for agency in MAINE.agencies for acronym in agency.acronyms]
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(ACRONYMS),
    st.sampled_from(
        ["ME", "Maine", "me_", "State of Maine", "at", "@", "Trooper", "state employee", "x@maine.gov", "Augusta"]
    ),
    st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=8),
)
ASCII = st.lists(PIECES, max_size=5).flatmap(
    lambda parts: st.sampled_from([" ", "", "_", ", "]).map(lambda by: by.join(parts))
)


def passes(*fields: str) -> bool:
    """What an export is searched with: a term, or a spelling of the state and all of a group."""
    text = searched("\n".join(("", *fields, "")))
    one, other = MARKS.together
    return any(term in text for term in MARKS.terms) or (
        any(term in text for term in one) and TermGroups(other).held_in(text)
    )


@settings(max_examples=400, deadline=None)
@given(ASCII, ASCII, ASCII)
def test_what_counts_passes_the_search(handle: str, display_name: str, bio: str) -> None:
    if "".join((handle, display_name, bio)).isascii() and shows_a_mark(handle, display_name, bio, "", MAINE):
        assert passes(handle, display_name, bio)


@pytest.mark.parametrize("sign", ";:!?\"[](){}<>+=*~$%^&/|,.'\t“”«»…–")
def test_letters_before_any_sign_are_found_and_searched_for(sign: str) -> None:
    bio = f"Clerk at Maine PUC{sign} gardener"
    assert shows_a_mark("", "Kim", bio, "", MAINE)
    assert passes("", "Kim", bio)


@pytest.mark.parametrize("bio", ["Camper. MaineCare. Bath, Maine", "MaineGov, Bath", "Camper. Maine Courts. Bath"])
def test_a_name_in_one_word_with_the_state_is_searched_for(bio: str) -> None:
    assert shows_a_mark("", "Kim", bio, "", MAINE)
    assert passes("", "Kim", bio)


@pytest.mark.parametrize(
    "bio",
    [
        "Nurse in Bath, Maine",
        "Ask me about a garden. Bath, Maine",
        "Dairy farmer near Bath, Maine",
        "Ice fisher, Maine",
        "Subaru driver, Maine",
        "Woodworker in Bath, Maine",
    ],
)
def test_one_word_of_a_name_beside_the_state_is_not_searched_for(bio: str) -> None:
    assert not passes("", "Kim", bio)


PATTERNS = sorted(phrase for phrase, pattern in MARKS.patterns.items())
STATES = ["", "Maine", "ME", "State of Maine", "Mainers", "Augusta, ME"]
JOINED = st.sampled_from([" ", "  ", "_", "", "-", ", "])
LETTERS = st.sampled_from([str, str.upper, str.title, str.lower, lambda text: text.replace("o", "0").replace("i", "1")])


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(PATTERNS), JOINED, LETTERS, st.sampled_from(STATES), st.sampled_from(["at ", "@", "", "(", "- "]),
    st.booleans(),
)  # fmt: skip
def test_every_pattern_passes_the_search_however_it_is_written(
    phrase: str, joint: str, letters: Callable[[str], str], state: str, before: str, in_handle: bool
) -> None:
    written = letters(joint.join(phrase.split()))
    handle = written.replace(" ", "_") if in_handle else ""
    for bio in (
        f"Clerk {before}{written}. {state}",
        f"Jane, {state}. {before}{written} clerk",
        state if handle else written,
    ):
        stays_in = not f"{handle}{bio}".isascii()  # rows with other letters are never left out
        if shows_a_mark(handle, "Jane Roy", bio, "", MAINE):
            assert stays_in or passes(handle, "Jane Roy", bio), (handle, bio)


@given(
    st.text(max_size=30),
    st.sampled_from(["MaineDOT", "Maine DHHS", "Maine State Police", "DAFS"]),
    st.text(max_size=30),
)
def test_letters_of_other_scripts_do_not_hide_a_mark(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    if shows_a_mark("", "", text, "", MAINE):
        assert MARKS.may_hold(text)
    assert MARKS.may_hold(name.translate(str.maketrans("aeo", "аео")))


@pytest.mark.parametrize("name", NAMES)
def test_every_agency_is_found_by_its_name_with_the_state(name: str) -> None:
    bio = f"Clerk at {name}, State of Maine"
    assert shows_a_mark("", "Kim", bio, "", MAINE)
    assert shows_a_mark("", "Kim", f"Clerk at {name.upper()}, MAINE", "", MAINE)


@pytest.mark.parametrize("acronym", sorted(set(ACRONYMS)))
def test_every_agency_is_found_by_its_acronym_beside_the_state(acronym: str) -> None:
    for bio in (f"Clerk, Maine {acronym}", f"Clerk, ME {acronym}"):
        assert shows_a_mark("", "Kim", bio, "", MAINE), bio


ORDINARY = """
Dad, runner, coffee. Portland born.
Opinionated nurse who loves dogs and the sea
Software engineer @acme. Views my own.
Official account of a very small bakery
High school teacher, coach, husband
Photographer based in Austin TX
Student at Ohio State. Go Bucks!
Writer. Editor. Introvert. She/her
Marketing manager and part-time DJ
Army veteran, proud grandpa, fisherman
Real estate agent helping families find a home
Just here for the memes
Lover of books, tea and long walks
Small business owner, community volunteer
Gamer, streamer, cat person
Senior data scientist. Former physicist.
Health and fitness coach. DM for info
Living my best life one day at a time
Fan of the Red Sox and cold beer
Christian. Conservative. Patriot.
Actor, singer, dreamer in New York
The best deals on electronics, every day
Lawyer by day, chef by night
I like turtles
Mother of three, knitter, gardener
""".strip().splitlines()


def test_ordinary_profiles_hold_no_term() -> None:
    assert [bio for bio in ORDINARY if passes(bio)] == []
    natives = [bio for bio in ORDINARY if passes(f"{bio}. Maine")]
    assert len(natives) <= len(ORDINARY) / 2, natives


def test_look_alike_handles_are_not_ours() -> None:
    path = SHARED / "data" / "maine_handle_lookalikes.csv"
    if not path.is_file():
        pytest.skip("the list of look-alike handles is not beside the project (IDENTITY_AUDIT_SHARED)")
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            own = "OFFICIAL" in row["what it is"]
            for display_name in ("", row["what it is"].replace("OFFICIAL", "")):
                read = read_profile(row["handle"], "" if own else display_name, "", "", MAINE).affiliation
                assert (read is Affiliation.OUTLET) == own, row["handle"]


def test_handles_of_other_states_are_not_ours() -> None:
    path = SHARED / "data" / "state_x_handles.csv"
    if not path.is_file():
        pytest.skip("the list of state handles is not beside the project (IDENTITY_AUDIT_SHARED)")
    with path.open(encoding="utf-8") as lines:
        wrong = [
            row["handle"]
            for row in csv.DictReader(lines)
            if row["state"] != "ME"
            and read_profile(row["handle"], "", "", "", MAINE).affiliation is not Affiliation.NONE
        ]
    assert wrong == []


def test_reference_tables_are_read_with_their_comments_left_out() -> None:
    assert text("states.csv").startswith("#")
    assert {row["postal"] for row in table("states.csv")} >= {"ME", "NH", "DC"}
    rows = table("states.csv")
    rows[0]["name"] = "changed"
    assert table("states.csv")[0]["name"] != "changed"
    with pytest.raises(FileNotFoundError):
        table("absent.csv")


def test_agencies_of_the_reference_are_consistent() -> None:
    rows = table("agencies/maine.csv")
    codes = [row["agency_code"] for row in rows]
    assert len(set(codes)) == len(codes)
    assert {row["parent_code"] for row in rows} <= {"", *codes}
    assert all(":" in handle for row in rows for handle in row["handles"].split(";") if handle)

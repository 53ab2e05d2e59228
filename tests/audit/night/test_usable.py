"""Does the mapping make sense? Nights over inputs that can be read and say nothing, or say less than last night."""

import json
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest

import audit.night.run
from audit.cli import main
from audit.config import load
from audit.model.measures import Columns, Remembered
from audit.model.night import Night, PullStatus
from audit.model.settings import ConfigError
from audit.model.sheet import Line
from audit.night.columns import lost, platforms_lost
from audit.night.inputs import InputUnusable
from audit.night.pull import ALIKE
from audit.night.run import UnusableDate
from audit.night.toml import to_expect
from audit.night.usable import overnight_figures, status_advice
from audit.people.identity import bare_id
from audit.report import sheets
from audit.verbs import doctor
from connectors.contract import Expect, ExportTable
from connectors.records import Account
from tests import states
from tests.states import DAY, HR, NOON, State, account, person, rewritten, write_csv

NEXT = DAY + timedelta(days=1)
CLEAR = "Every source was read in full and judged."


def start(night: Night) -> str:
    return "\n".join(block.text for block in sheets(night)[0].parts if isinstance(block, Line))


def crew(count: int, **more: str) -> list[dict[str, str]]:
    return [person(f"00{100 + number}", f"Given{number}", "Frost", **more) for number in range(count)]


def test_a_night_that_holds_is_all_clear_and_lists_its_figures(state: State) -> None:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    night = state.night()
    assert CLEAR in start(night)
    listed = json.loads((state.folder / "out" / DAY.isoformat() / "run.json").read_text(encoding="utf-8"))["measured"]
    by_key = {(one["source"], one["key"]): (one["part"], one["whole"], one["held"]) for one in listed}
    assert by_key["directory", "address"] == (4, 4, True)
    assert by_key["directory", "status"] == (4, 4, True)
    assert by_key["directory", "supervisors"] == (1, 1, True)
    assert by_key["export", "registered"] == (1, 1, True)


def test_where_no_column_is_the_status_nothing_is_said_of_an_empty_one() -> None:
    advice = status_advice({"": 9}, {"hr.csv": ExportTable(("Empl Status",), {})})
    assert 'status = "Empl Status"' in advice
    assert "status_values" not in advice
    assert "status_values" in status_advice({"": 9}, {"hr.csv": ExportTable(("status",), {"status": 0})})


def test_what_a_whole_column_lacks_is_listed_for_some_rows_and_counted(state: State) -> None:
    state.people = crew(ALIKE + 27, end_date="#REF!")
    told = [one for one in state.night().problems if "end_date" in one.reason]
    assert len(told) == ALIKE + 1
    assert "Mend its formula" in told[0].reason
    assert [one.reason for one in told if "26 more rows" in one.reason] == [told[-1].reason]


def test_a_registry_that_may_be_of_anybodys_accounts_is_told(state: State) -> None:
    """Somebody takes an export of accounts for the registry: all of them count as official."""
    state.official = [
        {"platform": "x", "handle": f"ada_{at}", "registered_email": "ada.thibodeau@maine.gov"} for at in range(3)
    ]
    told = start(state.night())
    assert CLEAR not in told
    assert "0 of 3 entries of the registry name an agency or a supervisor" in told
    for entry in state.official[1:]:
        entry["agency_code"] = state.agencies[0]["agency_code"]
    assert "entries of the registry name" not in start(state.night(NEXT))


@pytest.mark.parametrize(
    ("heading", "name"),
    [("About Me", "bio"), ("Headline", "bio"), ("Profile Name", "display_name"), ("Homepage", "links")],
)
def test_what_profiles_say_in_a_column_that_nothing_reads_takes_the_green_away(
    state: State, heading: str, name: str
) -> None:
    state.accounts["export"] = [account("wren", **{name: "Engineer at the Maine State Police"})]
    rewritten(state, "export.csv", {f",{name}": f",{heading}"})
    night = state.night()
    assert CLEAR not in start(night)
    (problem,) = [one for one in night.problems if repr(heading) in one.reason]
    assert f'columns = {{ {name} = "{heading}" }}' in problem.reason
    rewritten(state, "audit.toml", {'path = "export.csv"': f'path = "export.csv"\nleft_unread = ["{heading}"]'})
    assert CLEAR in start(state.night(NEXT))


def test_each_unread_column_of_profiles_is_counted_among_all_of_them(state: State) -> None:
    state.accounts["export"] = [account("wren", display_name="Wren")]
    rewritten(state, "export.csv", {",bio": ",About Me", ",links": ",Homepage"})
    measured = state.night().measured
    assert [(one.part, one.whole) for one in measured if one.key == "profile_columns"] == [(1, 3), (1, 3)]


def test_columns_that_say_nothing_of_a_profile_are_left_unread(state: State) -> None:
    """One that is read has the words already, and nobody knows what "Notes" are."""
    state.accounts["export"] = [account("wren", bio="Sleds", created_at="x", observed_at="y")]
    rewritten(state, "export.csv", {"created_at": "About", "observed_at": "Notes"})
    assert CLEAR in start(state.night())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mail_domains": '["mane.gov"]'}, ("mail_domains", "maine.gov (20)")),
        ({"mail_domains": '["maine.com", "state.me.us"]'}, ("mail_domains", "maine.gov (20)")),
        ({"status": "Employed"}, ("'Employed' (20 rows)", "status_values")),
        ({"status": ""}, ("The status is empty", "status_values")),
    ],
)
def test_a_directory_that_says_nothing_is_refused(state: State, change: dict[str, str], said: tuple[str, ...]) -> None:
    domains = change.pop("mail_domains", "")
    state.people = crew(20, **change)
    if domains:
        path = state.write()
        text = path.read_text(encoding="utf-8").replace('["maine.gov", "state.me.us"]', domains)
        path.write_text(text, encoding="utf-8")
        state.write = lambda: path  # type: ignore[method-assign]
    with pytest.raises(InputUnusable) as fault:
        state.night()
    assert all(words in str(fault.value) for words in said)
    assert '= "active"' not in str(fault.value)


def test_what_audit_toml_says_is_right_is_not_refused(state: State) -> None:
    state.people = crew(20, status="Employed")
    state.options["directory"] = "expect = { usable = { status = 0.0 } }"
    state.accounts["export"] = [account("heron", registered_email="given1.frost@maine.gov")]
    assert CLEAR in start(state.night())


def test_what_a_message_asks_for_stands_beside_what_the_last_one_asked_for(state: State) -> None:
    """Half of a directory has left, and it is right: each line that is to be pasted takes the place of the last one."""
    state.people += crew(60)
    state.night()
    state.people = state.people[:-50]
    asked = ["expect = { may_shrink = 1.0 }", "expect = { may_shrink = 1.0, usable = { still_there = 0.21 } }"]
    for line in asked:
        with pytest.raises(InputUnusable) as refusal:
            state.night(NEXT)
        assert f"set {line} " in str(refusal.value)
        state.options["directory"] = line
    assert state.night(NEXT).pulls


def test_what_a_message_asks_for_loses_nothing_that_audit_toml_says() -> None:
    usual = Expect(may_reject=0.05, filled={"bio": 0.5})
    given = Expect(at_least=9, may_reject=0.05, filled={"bio": 0.5, "url": 0.1}, may_lose=("bio",))
    assert to_expect("export", usual, usual, may_shrink=1.0) == "expect = { may_shrink = 1.0 } in [sources.export]"
    assert to_expect("directory", given, usual, may_lose=("url",)) == (
        'expect = { at_least = 9, may_lose = ["bio", "url"], filled = { bio = 0.5, url = 0.1 } } in [directory]'
    )


def test_a_few_unknown_words_are_told_and_not_refused(state: State) -> None:
    state.people = [*crew(16), *crew(4, status="Sep")]
    state.accounts["export"] = [account("heron", registered_email="e1@maine.gov")]
    for number, one in enumerate(state.people):
        one |= {"employee_id": f"E{number}", "work_email": f"e{number}@maine.gov"}
    night = state.night()
    assert CLEAR not in start(night)
    assert "'Sep' (4 rows)" in start(night)
    assert not any('"Sep" = "active' in problem.reason for problem in night.problems)


@pytest.mark.parametrize(
    ("later", "refused"),
    [
        (lambda people: people[:14], True),  # 6 of 20 are gone
        (lambda people: people[:14] + [dict(one, employee_id=f"9{one['employee_id']}", work_email=f"new{n}@maine.gov")
                                       for n, one in enumerate(people[14:])], True),  # as many rows, others
        (lambda people: people[:19], False),
        (lambda people: [dict(one, employee_id=one["employee_id"].lstrip("0")) for one in people], True),
        (lambda people: [dict(one, employee_id=one["employee_id"] + ".0") for one in people], False),  # one meaning
        (lambda people: [dict(one, employee_id=f"N{n}") for n, one in enumerate(people)], True),
        (lambda people: [dict(people[0], employee_id="N1"), *people[1:]], False),
        (lambda people: [dict(one, status="x" if n < 8 else "active") for n, one in enumerate(people)], True),
        (lambda people: [dict(one, work_email=f"e{n}@gmail.com" if n < 8 else one["work_email"])
                         for n, one in enumerate(people)], True),
    ],
)  # fmt: skip
def test_against_the_last_night(state: State, later, refused: bool) -> None:
    state.people = crew(20)
    state.official[0]["supervisor_employee_id"] = "00100"
    state.night()
    state.people = later(state.people)
    if refused:
        with pytest.raises(InputUnusable, match="expect = "):
            state.night(NEXT)
    else:
        assert state.night(NEXT)


@pytest.mark.parametrize(("left", "fate"), [(30, "read"), (28, "read"), (26, "told"), (20, "refused")])
def test_agencies_that_are_gone_since_the_last_night(left: int, fate: str, state: State) -> None:
    own = state.agencies[0]
    state.agencies = [own, *({"agency_code": f"Z{n}", "name": f"Board of Invented Matters {n}"} for n in range(29))]
    state.night()
    state.agencies = state.agencies[:left]
    said = f"agencies: {left} of 30 rows of the last run are still there"
    if fate == "refused":
        with pytest.raises(InputUnusable, match=rf"{said}.* Check that agencies\.csv is whole"):
            state.night(NEXT)
    else:
        shown = start(state.night(NEXT))
        assert (f"{said}, by their number (87%). Rows fewer than at the last run: 4." in shown) == (fate == "told")
        assert ("agencies.csv is whole" in shown) == (fate == "told")


def test_ids_without_their_zeros_are_told_whatever_their_number() -> None:
    before = [Remembered("a", "1", "m1"), Remembered("b", "2", "m2")]
    now = [Remembered("c", "1", "m1"), Remembered("b", "2", "m2")]
    same, there = overnight_figures("directory", before, now, Expect())
    assert (same.part, same.whole, same.held) == (1, 2, False)
    assert (there.part, there.held) == (2, True)
    assert "zeros" in same.advice


@pytest.mark.parametrize(
    ("written", "bare"),
    [("001003", "1003"), ("1003.0", "1003"), ("0", "0"), ("E-007", "e-007"), ("1003.00", "1003"), ("10030", "10030")],
)
def test_a_bare_id(written: str, bare: str) -> None:
    assert bare_id(written) == bare


def test_a_registry_that_lost_its_zeros_makes_no_finding(state: State) -> None:
    state.official[0]["supervisor_employee_id"] = "17.0"
    night = state.night()
    assert not [one for one in night.findings if one.rule_id == "R-2"]
    assert any("zeros" in problem.reason for problem in night.problems)


@pytest.mark.parametrize(
    ("heading", "judged"),
    [("Sign-up Address", False), ("Kontakt", False), ("E-Mail", False)],
)
def test_a_column_of_addresses_that_nobody_reads(state: State, heading: str, judged: bool) -> None:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    rewritten(state, "export.csv", {"registered_email": heading, ",emails,": ",shown,"})
    night = state.night()
    assert (night.pulls[-1].status is PullStatus.COMPLETE) is judged
    assert repr(heading) in night.pulls[-1].reason
    assert CLEAR not in start(night)


def test_beside_a_column_of_addresses_that_is_read_another_one_is_told(state: State) -> None:
    state.accounts["export"] = [account("heron", emails="ada.thibodeau@maine.gov", location="lee.ouellette@maine.gov")]
    rewritten(state, "export.csv", {"location": "Sponsor"})
    night = state.night()
    assert night.pulls[-1].status is PullStatus.COMPLETE
    assert CLEAR not in start(night)
    assert any("'Sponsor'" in problem.reason for problem in night.problems)


@pytest.mark.parametrize(
    ("heading", "field"), [("start_date", "Hire Date"), ("end_date", "Last Day Worked"), ("title", "HR Status")]
)
def test_what_a_directory_says_of_an_employment_in_an_unread_column_is_told(
    state: State, heading: str, field: str
) -> None:
    state.people = [{**one, heading: "Terminated" if heading == "title" else "2024-06-01"} for one in state.people]
    rewritten(state, "hr.csv", {heading: field})
    assert any(f"'{field}'" in problem.reason for problem in state.night().problems)


def test_an_old_account_is_a_lead_where_the_hire_stands_in_an_unread_column(state: State) -> None:
    state.accounts["export"] = [
        account("heron", registered_email="ada.thibodeau@maine.gov", created_at="2012-01-01"),
    ]
    state.people = [{**one, "start_date": "2024-06-01"} for one in state.people]
    rewritten(state, "hr.csv", {"start_date": "Hire Date"})
    tiers = {(one.rule_id, str(one.tier)) for one in state.night().findings}
    assert ("E-2", "lead") in tiers
    assert not [one for one in tiers if one[0] == "E-1"]


def test_a_column_that_is_left_unread_on_purpose_is_not_told(state: State) -> None:
    state.accounts["export"] = [account("heron", emails="ada.thibodeau@maine.gov", location="lee.ouellette@maine.gov")]
    state.options["export"] = 'left_unread = ["sponsor"]'
    rewritten(state, "export.csv", {"location": "Sponsor"})
    assert CLEAR in start(state.night())


@pytest.mark.parametrize("heading", ["registered_email", "account_id", "bio", "display_name", "created_at"])
def test_a_heading_of_an_export_that_is_gone_for_one_night(state: State, heading: str) -> None:
    state.accounts["export"] = [
        account(name, registered_email=f"{who}@maine.gov", bio="MaineDOT", display_name="q", created_at="2020-01-02")
        for name, who in (("heron", "ada.thibodeau"), ("loon", "lee.ouellette"))
    ]
    before = {(one.finding_id, one.rule_id) for one in state.night().findings}
    assert before
    rewritten(state, "export.csv", {heading: f"{heading} (new)"})
    night = state.night(NEXT)
    pull = night.pulls[-1]
    assert pull.status is PullStatus.NOT_JUDGED
    assert repr(heading) in pull.reason
    assert {(one.finding_id, one.rule_id) for one in night.findings} == before
    assert {str(one.status) for one in night.findings} == {"not rechecked"}


@pytest.mark.parametrize("heading", ["status", "work_email", "agency_code", "end_date", "family_name"])
def test_a_heading_of_hr_that_is_gone_is_refused(state: State, heading: str) -> None:
    state.people[2]["other_emails"] = "r.cyr@maine.gov"
    state.night()
    rewritten(state, "hr.csv", {f",{heading}": f",{heading} neu"})
    with pytest.raises(InputUnusable, match=f"(?s){heading}.*was there at the last healthy pull.*columns = "):
        state.night(NEXT)


MANY = [person(f"7{n:03}", f"Pat{n}", "Fernsby") for n in range(30)]
LEFT = MANY[0] | {"status": "terminated", "end_date": "2026-11-01"}
TWO_FILES = {
    "two months": (MANY, [LEFT, *MANY[1:]], True),
    "two months, many hired since": (MANY[:15], [LEFT, *MANY[1:]], True),
    "a copy": (MANY, MANY, False),
    "one agency's people beside everybody": (MANY, MANY[:20], False),
    "two parts, in which a few stand twice": (MANY[:18], MANY[12:], False),
    "second jobs": (MANY, [one | {"start_date": "2024-05-06"} for one in MANY[:20]], False),
    "those who are here, and those who have left": (MANY[1:], [LEFT], False),
}


@pytest.mark.parametrize(("first", "second", "refused"), TWO_FILES.values(), ids=TWO_FILES)
def test_two_exports_of_one_directory_are_refused(
    state: State, first: list[dict[str, str]], second: list[dict[str, str]], refused: bool
) -> None:
    """The new export came under its own date, and nobody took the old one away."""
    rewritten(state, "audit.toml", {'path = "hr.csv"': 'path = "hr"'})
    write_csv(state.folder / "hr" / "hr 2026-10.csv", HR, [*state.people, *first])
    write_csv(state.folder / "hr" / "hr 2026-11.csv", HR, [*state.people, *second])
    if refused:
        with pytest.raises(InputUnusable, match=r"hr 2026-10\.csv and hr 2026-11\.csv have \d+ people alike"):
            state.night()
        assert any(
            line.startswith("PROBLEM") and "people alike" in line
            for line in doctor.examine(load(state.write()), DAY)[0]
        )
        rewritten(state, "audit.toml", {'path = "hr"': 'path = "hr"\nexpect = { usable = { once = 0.0 } }'})
    assert state.night()


def test_what_could_not_be_read_may_be_put_right(state: State) -> None:
    state.people = [one | {"end_date": "soon"} for one in state.people]
    state.accounts["export"] = [
        account(f"fern{n}", registered_email="ada.thibodeau@maine.gov", observed_at="last week") for n in range(4)
    ]
    state.night()
    state.people = [one | {"end_date": ""} for one in state.people]
    state.accounts["export"] = [one | {"observed_at": "2026-11-20"} for one in state.accounts["export"]]
    assert all(pull.status is PullStatus.COMPLETE for pull in state.night(NEXT).pulls)


def test_all_headings_that_are_gone_are_told_at_once(state: State) -> None:
    """HR moves to another system: whoever has to answer for it reads the file once, and not once a column."""
    state.night()
    rewritten(state, "hr.csv", {"other_emails": "E-Mail Aliases", "end_date": "Last Day", "preferred_name": "Known As"})
    with pytest.raises(InputUnusable) as refused:
        state.night(NEXT)
    said = str(refused.value)
    assert "and so are " in said
    assert all(f"({name})" in said for name in ("other_emails", "end_date", "preferred_name"))
    line = said.partition("may_lose = [")[2].partition("]")[0]
    assert {one.strip(' "') for one in line.split(",")} == {"other_emails", "end_date", "preferred_name"}


def test_a_heading_that_may_be_lost(state: State) -> None:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov", bio="MaineDOT")]
    state.options["export"] = 'expect = { may_lose = ["bio"] }'
    state.night()
    rewritten(state, "export.csv", {",bio,": ",dropped,"})
    assert state.night(NEXT).pulls[-1].status is PullStatus.COMPLETE


def test_a_heading_over_nothing_may_go(state: State) -> None:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    state.night()
    rewritten(state, "export.csv", {",bio,": ",dropped,"})
    assert state.night(NEXT).pulls[-1].status is PullStatus.COMPLETE


@pytest.mark.parametrize(
    ("rows", "wrong", "right"),
    [
        ("accounts", {"created_at": "soon"}, {"created_at": "2020-01-01"}),
        ("accounts", {"handle": "what? is this!", "account_id": "7"}, {"handle": "heron", "account_id": "7"}),
        ("people", {"start_date": "soon"}, {"start_date": "2011-03-07"}),
        ("people", {"end_date": "2026-13-40"}, {"end_date": ""}),
        ("people", {"work_email": "ada@maine.gov; lovelace@maine.gov"}, {"work_email": "ada@maine.gov"}),
        ("official", {"handle": "what? is this!", "url": "https://x.com/otters"}, {"handle": "otters"}),
    ],
)
def test_a_file_that_was_corrected_has_lost_nothing(
    state: State, rows: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    state.people += crew(30, work_email="")
    for number, one in enumerate(state.people[-30:]):
        one["work_email"] = f"g{number}.frost@maine.gov"
    state.accounts["export"] = [account(f"heron{n}", registered_email=f"g{n}.frost@maine.gov") for n in range(30)]
    state.official += [dict(state.official[0], handle=f"MaineDOT{n}", account_id=f"9{n}") for n in range(2, 30)]
    some = {"accounts": state.accounts["export"], "people": state.people, "official": state.official}[rows][-6:]
    for number, one in enumerate(some):
        one.update({name: text.replace("otters", f"otters{number}") for name, text in wrong.items()})
    before = {pull.source: pull.status for pull in state.night().pulls}
    for number, one in enumerate(some):
        one.update({name: text.replace("otters", f"otters{number}") for name, text in right.items()})
    assert {pull.source: pull.status for pull in state.night(NEXT).pulls} == before


def columns(rows: int, tables: dict[str, str] | None = None, **filled: int) -> Columns:
    return Columns(
        {place: {name: name for name in names.split()} for place, names in (tables or {}).items()}, rows, filled
    )


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        (columns(2, bio=2), columns(2), False),  # two rows prove nothing
        (columns(3, bio=3), columns(3), True),
        (columns(100, bio=40), columns(100, bio=19), True),
        (columns(100, bio=40), columns(100, bio=21), False),
        (columns(100, bio=40), columns(20, bio=8), False),
        (columns(100, bio=1), columns(100), False),
        (columns(4, {"a": "bio url", "b": "bio"}, bio=4), columns(4, {"a": "bio", "b": ""}, bio=2), True),
        (columns(4, {"w1": "bio"}, bio=2), columns(4, {"w2": "bio"}, bio=2), False),
        (columns(4, {"w1": "bio"}, bio=2), columns(4, {"w2": "handle"}, bio=2), True),
        (columns(4, {"w1": "bio"}, bio=2), columns(4, {"w1": "bio", "w2": "handle"}, bio=2), False),
        (columns(4, {"w1": "bio", "w2": "bio"}, bio=2), columns(4, {"w3": "bio", "w4": ""}, bio=2), True),
        (columns(100, unread=100), columns(100), False),  # of an older version, and nothing by which anybody is known
        (columns(4, {"w1": "bio"}), columns(4, {"w1": ""}), True),  # as far as is known it stood over something
    ],
)  # fmt: skip
def test_what_is_lost(before: Columns, now: Columns, gone: bool) -> None:
    tables = {
        place: ExportTable(tuple(names), {name: n for n, name in enumerate(names)})
        for place, names in now.tables.items()
    }

    def said(*names: str) -> str:
        return " ".join(names)

    assert bool(lost(before, now, tables, (), Account, swept=False, setting=said)) is gone
    assert lost(before, now, tables, ("bio", "handle", "url"), Account, swept=False, setting=said) == ""


@pytest.mark.parametrize(
    ("left", "gone"),
    [
        (["f1", "x1"], True),  # the file of one platform is missing
        (["f1", "m1", "x1"], False),
        (["f1", "f2", "f3", "m1", "x2"], False),
    ],
)
def test_a_platform_of_an_export_that_is_gone_for_one_night(state: State, left: list[str], gone: bool) -> None:
    names = {"f": "facebook", "m": "mastodon", "x": "x"}
    handles = [f"{letter}{number}" for letter in names for number in (1, 2, 3)]
    rows = {name: account(f"{name}@a.example" if name[0] == "m" else name, platform=names[name[0]]) for name in handles}
    rows["m1"]["registered_email"] = "ada.thibodeau@maine.gov"
    state.accounts["export"] = list(rows.values())
    state.options["export"] = "expect = { may_shrink = 1.0 }"
    state.night()
    state.accounts["export"] = [rows[name] for name in left]
    night = state.night(NEXT)
    pull = night.pulls[-1]
    assert (pull.status is PullStatus.NOT_JUDGED) is gone
    assert ("3 accounts on mastodon" in pull.reason) is gone
    status = "not rechecked" if gone else "open" if "m1" in left else "resolved"
    assert [str(one.status) for one in night.findings if one.platform == "mastodon"] == [status]
    if gone:  # the advice, followed word for word
        state.options["export"] = "expect = {" + pull.reason.partition("expect = {")[2].partition("}")[0] + "}"
        assert state.night(NEXT).pulls[-1].status is PullStatus.COMPLETE


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        (Columns(platforms={"x": 2}), Columns(platforms={"mastodon": 1}), True),  # another export
        (Columns(platforms={"x": 1}), Columns(platforms={"mastodon": 1}), False),
        (Columns(platforms={"x": 2, "blogger": 1}), Columns(platforms={"blogger": 1}), False),
        (Columns(platforms={"x": 50}, tied={"x": 9}), Columns(tied={"mastodon": 9}), False),  # of a large one, the ties
        (Columns(platforms={"x": 50}, tied={"x": 10}), Columns(tied={"mastodon": 9}), True),
        (Columns(), Columns(platforms={"x": 50}), False),  # an older ledger
    ],
)
def test_which_platforms_are_lost(before: Columns, now: Columns, gone: bool) -> None:
    assert bool(platforms_lost(before, now, (), lambda *names: str(names))) is gone
    assert platforms_lost(before, now, ("x",), lambda *names: str(names)) == ""


@pytest.mark.parametrize(("to", "told"), [("ada.thibodeau@maine.gov", False), ("ada.thibodeau@maine.example", True)])
def test_a_mail_log_of_other_mailboxes_is_not_all_clear(state: State, to: str, told: bool) -> None:
    """A trace of another tenant, or a domain that audit.toml lacks: what it finds nothing of is no good news."""
    head = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId\n"
    row = f"2026-11-18 10:00,notify@x.com,{to},New login to X,Delivered,<1@x>\n"
    (state.folder / "trace.csv").write_text(head + row)
    path = state.write()
    with path.open("a", encoding="utf-8") as settings:
        settings.write('\n[sources.trace]\nconnector = "exchange_trace"\npath = "trace.csv"\n')
    said = start(audit.night.run.run(load(path), DAY, clock=lambda: NOON))
    assert ("none of them lies under mail_domains" in said) is told
    assert not (told and CLEAR in said)


@pytest.mark.parametrize(
    ("sender", "status", "rows", "said"),
    [
        ("notify@x.com", "Quarantined", 10, "says of none that it arrived"),
        ("notify@x.com", "Pending", 10, "says of none that it arrived"),
        ("notify@x.com", "Quarantined", 9, ""),
        ("pat@vendor.example", "Delivered", 1_000, "None of 1,000 mails in the log is a platform's"),
        ("pat@vendor.example", "Delivered", 999, ""),
    ],
)
def test_a_mail_log_that_shows_no_platforms_mail_in_a_mailbox_is_not_all_clear(
    state: State, sender: str, status: str, rows: int, said: str
) -> None:
    """A quarantine's list, a relay's log, a log of what went out: nothing in it is no good news."""
    head = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId\n"
    row = f"2026-11-18 10:00,{sender},ada.thibodeau@maine.gov,New login to X,{status},<{{0}}@x>\n"
    (state.folder / "trace.csv").write_text(head + "".join(row.format(at) for at in range(rows)))
    path = state.write()
    with path.open("a", encoding="utf-8") as settings:
        settings.write('\n[sources.trace]\nconnector = "exchange_trace"\npath = "trace.csv"\n')
    night = audit.night.run.run(load(path), DAY, clock=lambda: NOON)
    assert said in start(night)
    assert all(one.held for one in night.measured) is (not said)
    if said:
        (advice,) = (one.advice for one in night.measured if not one.held)
        setting = advice.partition(" set ")[2].partition(" in [sources.trace].")[0]
        path.write_text(f"{path.read_text(encoding='utf-8')}{setting}\n", encoding="utf-8")
        night = audit.night.run.run(load(path), NEXT, clock=lambda: NOON + timedelta(days=1))
        assert all(one.held for one in night.measured)


def test_an_export_of_which_no_row_is_usable_is_not_judged(state: State) -> None:
    state.accounts["export"] = [{"platform": "nowhere.example", "handle": "heron"}]
    state.options["export"] = "expect = { may_reject = 1.0 }"
    night = state.night()
    assert night.pulls[-1].status is PullStatus.NOT_JUDGED
    assert "none of 1 rows is usable" in night.pulls[-1].reason


@pytest.mark.parametrize(
    ("days", "refused"),
    [(0, False), (1, True), (2, True), (365, True), (40_000, True)],
)
def test_a_day_to_come_is_refused_and_the_next_night_runs(state: State, days: int, refused: bool) -> None:
    settings = load(state.write())
    if refused:
        with pytest.raises(UnusableDate, match="future"):
            audit.night.run.run(settings, DAY + timedelta(days=days), clock=lambda: NOON)
        assert audit.night.run.run(settings, DAY, clock=lambda: NOON)
    else:
        assert audit.night.run.run(settings, DAY + timedelta(days=days), clock=lambda: NOON)


def test_a_state_domain_that_is_named_no_more_is_told(state: State) -> None:
    state.accounts["export"] = [account("fern", registered_email="ada.thibodeau@state.me.us")]
    assert [one.rule_id for one in state.night().findings] == ["E-1"]
    rewritten(state, "audit.toml", {', "state.me.us"': ""})
    night = state.night(DAY + timedelta(days=1))
    (figure,) = (one for one in night.measured if one.key == "domains")
    assert (figure.part, figure.whole, figure.held) == (2, 3, False)
    assert "No longer there: state.me.us" in figure.advice
    assert any("No longer there: state.me.us" in one.reason for one in night.problems)
    (figure,) = (one for one in state.night(DAY + timedelta(days=2)).measured if one.key == "domains")
    assert figure.held


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
def test_the_operator_s_day_counts_where_it_has_begun_already(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XXX-14")
    time.tzset()
    try:
        settings = load(state.write())
        assert audit.night.run.run(settings, DAY + timedelta(days=1), clock=lambda: NOON)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("this", "by", "said"),
    [
        ('"ME"', '"Vermont"', '"VT"'),
        ('"ME"', '"State of Ohio"', '"OH"'),
        ('"ME"', '"Massachusets"', '"MA"'),
        ('"ME"', '"QQ"', '"ME"'),
        ('"ME"', '"MD"', 'which is Maryland: its own agencies would not be found in profiles. Write state = "ME"'),
        ('"hr.csv"', r'"D:\Exports\hr.csv"', r"'D:\Exports\hr.csv'"),
        ('"hr.csv"', r'"D:\temp\hr.csv"', r"'D:\temp\hr.csv'"),
        ('"export.csv"', r'"D:\new\accounts.csv"', '"D:/new/accounts.csv"'),
        ('"official.csv"', r'"D:\fresh\of.csv"', '"D:/fresh/of.csv"'),
    ],
)
def test_a_setting_that_cannot_be_used_is_answered_with_how_to_write_it(
    state: State, this: str, by: str, said: str
) -> None:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8").replace(this, by), encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        load(path)
    assert said in str(fault.value)
    assert "^[" not in str(fault.value)


def test_doctor_names_what_stays_unread(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    state.people = [*crew(300), *crew(2, status="Sep")]
    for number, one in enumerate(state.people):
        one |= {"employee_id": f"E{number}", "work_email": f"e{number}@maine.gov", "end_date": "2031-01-01"}
    rewritten(state, "hr.csv", {",end_date": ",Date of Separation", ",title": ",Shoe Size"})
    lines, usable = doctor.examine(load(state.folder / "audit.toml"), DAY)
    told = "\n".join(lines)
    assert usable
    assert "'Date of Separation' (perhaps it is end_date: columns = { end_date = \"Date of Separation\" })" in told
    assert "'Shoe Size'" in told
    assert "'Sep' (2 rows)" in told
    assert '"Sep" = "active' not in told
    assert main(["doctor", "--config", str(state.folder / "audit.toml")]) == 0


def test_a_column_of_aliases_in_hr_that_nobody_reads_is_told(state: State) -> None:
    state.people[3]["other_emails"] = "n.haddad@maine.gov"
    rewritten(state, "hr.csv", {"other_emails": "Mail Nicknames"})
    night = state.night()
    assert any("'Mail Nicknames'" in one.reason and "other_emails" in one.reason for one in night.problems)
    lines, _ = doctor.examine(load(state.folder / "audit.toml"), DAY)
    assert any("'Mail Nicknames' holds 1 addresses" in line for line in lines)


def weekly(state: State) -> State:
    """Thirty people, their accounts, and thirty official ones."""
    state.people = [person(f"1{n:04}", f"Pat{n}", "Frost") for n in range(30)]
    state.accounts["export"] = [
        account(f"heron{n}", registered_email=f"pat{n}.frost@maine.gov", created_at="2020-05-13") for n in range(30)
    ]
    state.options["export"] = 'registration = "verified"'
    state.official = [dict(state.official[0], handle=f"MaineDOT{n}", account_id=f"9{n}") for n in range(30)]
    for one in state.official:
        one["supervisor_employee_id"] = "10000"
    return state


def in_column(name: str, cell: Callable[[int], str]) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        for number, row in enumerate(rows):
            row[name] = cell(number)

    return change


ADVICE: list[tuple[str, str, Callable[[list[dict[str, str]]], None], str]] = [
    # the file, a heading that it has besides, what becomes of its rows, and what the message says for that
    ("export", "status", in_column("status", lambda n: "limbo" if n % 2 else "live"), 'left_unread = ["status"]'),
    ("export", "Contact mail", in_column("Contact mail", lambda n: f"pat{n}.frost@maine.gov"),
     'left_unread = ["Contact mail"]'),
    ("export", "", in_column("created_at", lambda n: f"0{1 + n % 9}/0{1 + n % 7}/2019"), 'date_format = "MM/DD/YYYY"'),
    ("export", "", in_column("registered_email", lambda _: ""),
     'expect = { may_lose = ["registered_email", "registration"] }'),
    ("export", "", lambda rows: rows.__delitem__(slice(12, None)), "expect = { may_shrink = 1.0 }"),
    ("people", "", in_column("start_date", lambda n: f"0{1 + n % 9}/0{1 + n % 7}/2019"), 'date_format = "MM/DD/YYYY"'),
    ("people", "Mail 2", in_column("Mail 2", lambda n: f"p{n}@maine.gov"), 'columns = { other_emails = "Mail 2" }'),
    ("people", "", in_column("status", lambda _: "ACT1"), 'status_values = { "ACT1" = … }'),
    ("official", "", lambda rows: rows.__delitem__(slice(12, None)),
     "expect = { may_shrink = 1.0, usable = { still_there = 0.4 } }"),
    ("official", "Archived on", in_column("Archived on", lambda n: "2025-01-01" if n % 3 else ""),
     'left_unread = ["Archived on"]'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "heading", "change", "advised"), ADVICE, ids=[f"{one[0]}: {one[3]}" for one in ADVICE]
)
def test_who_does_what_a_message_says_has_done_with_it(
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    heading: str,
    change: Callable[[list[dict[str, str]]], None],
    advised: str,
) -> None:
    always = {problem.reason for problem in weekly(state).night().problems}
    rows = {"people": state.people, "official": state.official, "export": state.accounts["export"]}[file]
    change(rows)
    constant = {"people": "HR", "official": "OFFICIAL", "export": "ACCOUNTS"}[file]
    monkeypatch.setattr(states, constant, f"{getattr(states, constant)},{heading}".removesuffix(","))
    assert advised in " ".join(_told(state, NEXT) - always)
    set_in_table(state, file, advised.replace("…", '"active"'))
    assert _told(state, NEXT + timedelta(days=1)) - always == set()


def set_in_table(state: State, file: str, setting: str) -> None:
    """Write a setting into the table that a file is read by."""
    if file == "official":
        path = state.write()
        text = path.read_text(encoding="utf-8").replace('"official.csv"', f'{{ path = "official.csv", {setting} }}')
        path.write_text(text, encoding="utf-8")
        state.write = lambda: path  # type: ignore[method-assign]
    else:
        table = "directory" if file == "people" else file
        state.options[table] = f"{state.options.get(table, '')}\n{setting}"


def _told(state: State, day: date) -> set[str]:
    """What a night tells: why it cannot be judged, or what is not as it should be."""
    try:
        night = state.night(day)
    except InputUnusable as refusal:
        return {str(refusal)}
    return {problem.reason for problem in night.problems}


ONE_NIGHT: list[tuple[str, Callable[[list[dict[str, str]]], None], str]] = [
    ("export", in_column("created_at", lambda _: ""), 'expect = { may_lose = ["created_at"] }'),
    ("export", lambda rows: rows.__delitem__(slice(12, None)), "expect = { may_shrink = 1.0 }"),
    ("people", lambda rows: rows.__delitem__(slice(18, None)), "expect = { usable = { still_there = 0.6 } }"),
    ("people", in_column("status", lambda n: "active" if n % 3 else "odd"), "expect = { may_fall = 1.0 }"),
    ("official", lambda rows: rows.__delitem__(slice(12, None)),
     "expect = { may_shrink = 1.0, usable = { still_there = 0.4 } }"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "change", "setting"), ONE_NIGHT, ids=[f"{one[0]}: {one[2]}" for one in ONE_NIGHT])
def test_what_was_for_one_night_is_told_once_it_is_needed_no_more(
    state: State, file: str, change: Callable[[list[dict[str, str]]], None], setting: str
) -> None:
    weekly(state).night()
    rows = {"people": state.people, "official": state.official, "export": state.accounts["export"]}[file]
    change(rows)
    set_in_table(state, file, setting)
    told = [_told(state, NEXT + timedelta(days=day)) for day in range(2)]
    assert not any("was for one night" in one for one in told[0])
    assert sum("was for one night" in one for one in told[1]) == 1 + (file == "official")

"""What doctor says of each file is what the night makes of it, and nobody's name or address stands on its screen."""

import json
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.people.addresses import MailSystem
from audit.verbs import doctor
from audit.verbs.covered import cover
from audit.verbs.understood import SourceReading, UnreadHeading, screen
from tests.states import DAY, State, account, person, rewritten

OURS = MailSystem("maine.gov", frozenset({"maine.gov"}), frozenset({"maine.gov"}))


def readings(state: State) -> dict[str, SourceReading]:
    found, _, _ = doctor.examined(load(state.folder / "audit.toml"), DAY)
    return {shown.source: shown for shown in found}


def crew(count: int, **more: str) -> list[dict[str, str]]:
    return [person(f"00{100 + number}", f"Given{number}", "Frostling", **more) for number in range(count)]


def test_each_heading_says_which_field_it_became_and_by_what(state: State) -> None:
    state.people = crew(4)
    state.options["directory"] = 'columns = { start_date = "Hired" }'
    rewritten(state, "hr.csv", {"preferred_name": "Employee Name", "start_date": "Hired", ",title": ",Bizness Title"})
    shown = readings(state)["directory"]
    by = {one.field: (one.heading, one.by, one.filled) for one in shown.columns["hr.csv"]}
    assert by["work_email"] == ("work_email", "exact", 4)
    assert by["full_name"] == ("Employee Name", "synonym", 0)
    assert by["start_date"] == ("Hired", "configured", 4)
    assert {"title", "preferred_name"} <= set(shown.without_column)
    assert shown.unread_headings["hr.csv"] == {"Bizness Title": UnreadHeading("title")}
    assert 'columns = { start_date = "Hired", title = "Bizness Title" }' in shown.toml


def test_words_days_addresses_and_agencies_are_counted(state: State) -> None:
    state.people = [
        *crew(3, start_date="03/04/2020"),
        person("900", "Vera", "Moss", status="Sep", agency_code="", agency="Bureau of Clouds", start_date="05/06/2020"),
        person("901", "Otto", "Moss", work_email="otto@elsewhere.example", agency_code="99", start_date="2020-01-02"),
    ]
    state.write()
    shown = readings(state)["directory"]
    assert shown.status == {"active": ("active", 4), "Sep": ("unknown", 1)}
    (day,) = [one for one in shown.days if one.field == "start_date"]
    assert (day.read, day.unread) == (1, 4)
    assert "MM/DD/YYYY and DD/MM/YYYY fit" in day.form
    assert shown.addresses == {"ours": 4, "others": 1}
    assert shown.other_domains == {"elsewhere.example": 1}
    assert shown.agencies is not None
    assert (shown.agencies.by_code, dict(shown.agencies.unknown)) == (3, {"Bureau of Clouds": 1, "99": 1})
    lines = "\n".join(screen(shown))
    assert "'Sep' 1 → NOT KNOWN" in lines
    assert '# status_values = { "Sep" = … }' in lines
    assert '# date_format = "MM/DD/YYYY"' in lines


def test_the_days_say_by_which_form_they_were_read(state: State) -> None:
    state.people = [*crew(3, start_date="03/04/2020"), person("900", "Vera", "Moss", start_date="12/31/2020")]
    state.write()
    (day,) = [one for one in readings(state)["directory"].days if one.field == "start_date"]
    assert (day.form, day.read, day.unread) == ("MM/DD/YYYY", 4, 0)


def test_a_file_that_is_not_read_is_told_with_the_reason(state: State) -> None:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    path = state.write()
    folder = state.folder / "exports"
    folder.mkdir()
    (state.folder / "export.csv").rename(folder / "export.csv")
    (folder / "old.xls").write_bytes(b"old")
    path.write_text(path.read_text(encoding="utf-8").replace('"export.csv"', '"exports"'), encoding="utf-8")
    shown = readings(state)["export"]
    assert any("old.xls" in one and "was not read" in one for one in shown.unread)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("notify@x.com,ada@maine.gov,New login to X,Quarantined", "says of none that it arrived"),
        ("pat@vendor.example,ada@maine.gov,Bids,Delivered", "None of 1,000 mails in the log is a platform's"),
        ("notify@x.com,ada@maine.gov,New login to X,Delivered", ""),
    ],
)
def test_a_mail_log_that_shows_no_platforms_mail_in_a_mailbox_is_told(state: State, row: str, said: str) -> None:
    rows = "".join(f"2026-11-18 10:00,{row},<{at}@x>\n" for at in range(1_000))
    (state.folder / "trace.csv").write_text(f"Received,Sender,Recipient,Subject,Status,MessageId\n{rows}")
    with state.write().open("a", encoding="utf-8") as settings:
        settings.write('\n[sources.trace]\nconnector = "exchange_trace"\npath = "trace.csv"\n')
    notes = [line for line in readings(state)["trace"].lines if "platform" in line]
    assert [said in note for note in notes] == [True] * bool(said)


def test_what_the_night_would_refuse_is_a_problem(state: State) -> None:
    """A mapping that can be read and says nothing is not "ok"."""
    state.people = [*crew(1), *({**one, "work_email": "", "other_emails": "x@maine.gov"} for one in crew(9))]
    for number, one in enumerate(state.people):
        one["employee_id"] = f"7{number}"
    lines, usable = doctor.examine(load(state.write()), DAY)
    assert not usable
    assert any(line.startswith("PROBLEM") and "work_email is filled in 1 of 10 rows" in line for line in lines)


def test_supervisors_of_the_registry_are_looked_for_in_hr(state: State) -> None:
    state.official = [
        {"platform": "x", "handle": f"Agency{n}", "agency_code": "17", "supervisor_employee_id": f"Z{n}"}
        for n in range(6)
    ]
    lines, usable = doctor.examine(load(state.write()), DAY)
    assert not usable
    assert any("0 of 6 supervisors of official accounts are in the directory" in line for line in lines)


def test_the_screen_shows_no_whole_name_and_no_whole_address(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    state.accounts["export"] = [account("heronbird", registered_email="ada.thibodeau@maine.gov", display_name="Ada T")]
    state.write()
    for words in (["doctor"], ["doctor", "--json"]):
        assert main([*words, "--config", str(state.folder / "audit.toml")]) == 0
        printed = capsys.readouterr().out
        assert "maine.gov" in printed
        for one in state.people:
            assert one["work_email"] not in printed
            assert one["family_name"] not in printed
        assert "heronbird" not in printed
    assert json.loads(printed)["usable"] is True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thibodeau, Ada M", "T········, A·· ·"),
        ("ada.thibodeau@maine.gov", "a··.t········@maine.gov"),
        ("ada@thibodeau.example", "a··@t········.e······"),
        ("00471123", "00······"),
        ("https://x.com/ada", "https://·.c··/a··"),
    ],
)
def test_examples_show_the_shape_alone(text: str, shown: str) -> None:
    assert cover(text, OURS) == shown


def test_doctor_writes_no_file(state: State) -> None:
    state.write()

    def there() -> set[tuple[Path, int]]:
        return {(path, path.stat().st_mtime_ns) for path in state.folder.rglob("*")}

    before = there()
    doctor.examine(load(state.folder / "audit.toml"), DAY)
    assert there() == before


NAME = "Given{0} Frostling"
MASKED = [
    ("agency", NAME, 30, "agency holds 30 different values in 30 rows"),
    ("agency", NAME, 5, "agency holds 5 different values in 5 rows, names or addresses of people among them"),
    ("agency", "Highway (Frostling, Given{0})", 6, "it is probably not an agency"),
    ("agency_code", "given{0}.frostling@maine.gov", 4, "it is probably not an agency"),
    ("status", NAME, 9, "it is probably not a status"),
    ("status", "{0}3-44-1234", 40, "status holds 40 different values in 40 rows"),
]


@pytest.mark.parametrize(("field", "value", "count", "said"), MASKED)
def test_values_that_seem_to_be_people_s_are_named_and_covered(
    state: State, field: str, value: str, count: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state.people = [
        {**one, "agency_code": "17" if field == "status" else "", field: value.format(n)}
        for n, one in enumerate(crew(count))
    ]
    state.write()
    for words in (["doctor"], ["doctor", "--json"]):
        main([*words, "--config", str(state.folder / "audit.toml")])
        printed = capsys.readouterr().out
        assert said in printed
        assert f"columns = {{ {field} = … }}" in printed
        for number in range(count):
            assert value.format(number).casefold() not in printed.casefold()


def test_units_and_words_of_a_state_are_shown(state: State) -> None:
    state.people = [{**one, "agency_code": "", "agency": f"Bureau {n % 9}"} for n, one in enumerate(crew(40))]
    state.people[0] |= {"given_name": "Frances", "family_name": "Perkins", "agency": "Frances Perkins Center"}
    state.write()
    shown = readings(state)["directory"].agencies
    assert shown
    assert {"Bureau 1", "Frances Perkins Center"} <= set(shown.unknown)


BROKEN = [
    ({"maine.gov": "elsewhere.gov"}, "Their addresses lie under elsewhere.gov (6); mail_domains and other_domains are"),
    ({",active,": ",A,"}, "Status words that nobody explained: 'A' (6 rows)"),
    (
        {",status,": ",Worker Status,"},
        "Perhaps its column is 'Worker Status': columns = { status = ",
    ),
    (
        {",work_email,": ",E-Mail Addr.,"},
        "the column 'E-Mail Addr.' holds 6 addresses under the organization's mail",
    ),
    ({",17,": ",Transport Dept.,"}, "0 of 6 people belong to an agency of the agencies file"),
    ({"given_name,family_name": "Given Nam,Legal Last Name"}, "'Legal Last Name' (perhaps it is family_name"),
    ({"employee_id,": "Emp #,"}, "employee_id"),
    ({"employee_id,": "All workers\nRun by reports\nemployee_id,"}, "6 rows read, 6 of them usable"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN)
def test_the_screen_names_the_fault_of_a_mapping(state: State, change: dict[str, str], said: str) -> None:
    state.people, state.official = crew(6), []
    rewritten(state, "hr.csv", change)
    lines, _ = doctor.examine(load(state.folder / "audit.toml"), DAY)
    assert said in "\n".join(lines)


@pytest.mark.parametrize(("least", "usable"), [(3, True), (4, False)])
def test_rows_that_are_left_out_do_not_make_a_list_long_enough(state: State, least: int, usable: bool) -> None:
    state.people = [*crew(3, title="Planner"), *(person(f"80{n}", "Room", f"R{n}", title="Room") for n in range(4))]
    state.options["directory"] = f'leave_out = {{ "title" = ["room"] }}\nexpect = {{ at_least = {least} }}'
    state.write()
    shown = readings(state)["directory"]
    assert (shown.usable, shown.rows, shown.usable_rows) == (usable, 7, 3)
    assert ("3 rows read; at least 4 are expected" in "\n".join(shown.lines)) == (not usable)

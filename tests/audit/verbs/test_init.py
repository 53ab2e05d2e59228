"""From a clerk's exports to a night: what each file is, what it proposes, and that the night runs on that."""

import csv
import json
import os
import tomllib
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.model.settings import ConfigError
from audit.verbs.exports import recognize
from tests.made_mails import MAILS
from tests.mail_formats import LINE_FORMATS

HR = """\
All Workers - State of New Hampshire,,,,,,,,,
Run by,hr.reports,,,,,,,,
Employee ID,Worker,Primary Work Email,Home Email,Company,Department,Worker Status,Hire Date,Termination Date,Worker Type
001204,"Ackerly, Dana",dana.ackerly@dot.nh.gov,d@post.example,SNH,Department of Transportation,Active,03/04/2019,,Emp
001205,"Brandt, Luis M",luis.brandt@nh.gov,l@post.example,SNH,Department of Transportation,Active,11/23/2015,,Emp
001206,"Coombs, Wren",wren@state.nh.us,w@post.example,SNH,Department of Safety,On Leave,07/01/2012,,Emp
001207,"Dufresne, Ines",ines@nh.gov,i@post.example,SNH,Department of Safety,Terminated,02/14/2011,06/30/2024,Emp
001208,"Estey, Cal",cal.estey@nh.gov,c@post.example,SNH,Office of the Governor,Active,01/05/2023,,Emp
"""
AD = (
    "DisplayName,GivenName,Surname,SamAccountName,UserPrincipalName,Mail,ProxyAddresses,EmployeeID,Department,Enabled\n"
    "Dana Ackerly,Dana,Ackerly,dacker,dana@nh.gov,dana.ackerly@dot.nh.gov,SMTP:dana.ackerly@dot.nh.gov,1204,DOT,True\n"
)
TRACE = "Received,Sender Address,Recipient Address,Subject,Status,Message ID\n" + "".join(
    f"2026-11-{day:02}T08:00:00Z,security@facebookmail.com,luis.brandt@nh.gov,New login to Facebook,Delivered,<{day}>\n"
    for day in (3, 9, 15)
)
REGISTRY = (
    "Account Platform,Account URL,Agency,Supervisor ID,Last Reviewed\n"
    "x,https://x.com/NHSafety,Department of Safety,001206,2026-01-02\n"
)
ACCOUNTS = "Network,Username,Email Address,Created\nInstagram,lu.brandt,luis.brandt@nh.gov,2020-02-03\n"
AGENCIES = "agency_code,name,acronyms\nDOT,Department of Transportation,DOT\n"
FORUM = "id,username,email,trust_level\n7,lu,luis.brandt@nh.gov,1\n"

EXCEPTIONS = "Employee ID,Platform,Handle,Rule,What,Approved By,Memo,Expires\n17,x,a,E-1,page,Chief,D-1,2026-12-1\n"


def exported(folder: Path, **files: str) -> list[str]:
    there = folder / "exports"
    there.mkdir(parents=True)
    for name, text in files.items():
        (there / f"{name}.csv").write_text(text, encoding="utf-8")
    return [str(there / f"{name}.csv") for name in files]


@pytest.mark.parametrize(
    ("text", "connector"),
    [
        (HR, "hr_csv"),
        (AD, "hr_csv"),
        (TRACE, "exchange_trace"),
        (
            "Date (UTC),User,Username,Application,Application ID ,Status\n2026-11-12,A,a@nh.gov,X,1,Success\n",
            "signin_log",
        ),
        ("Date,Event,Actor,Application name,Application ID\n2026-11-12,Authorize,a@nh.gov,X,1\n", "signin_log"),
        ("timestamp,event_type,actor.alternate_id,target0.display_name\n2026-11-12,e,a@nh.gov,X\n", "signin_log"),
        ("App,App Domain,Email,Auth Method,Last Seen\nX,x.com,a@nh.gov,OAuth,2026-11-12\n", "saas_inventory"),
        ("App,URL,Email,Last Seen\nX,https://x.com/a,a@nh.gov,2026-11-12\n", "accounts_csv"),
        (REGISTRY, "official_csv"),
        (ACCOUNTS, "accounts_csv"),
        (AGENCIES, "agencies_csv"),
        (FORUM, "accounts_csv"),
        (EXCEPTIONS, "exceptions_csv"),
        ("Room,Chairs\nA,3\n", ""),
        ("Sender,Recipient,Event Target,Event Status\na@b.example,c@nh.gov,Gmail,Delivered\n", "google_mail_log"),
    ],
)
def test_a_file_is_told_by_its_headings(tmp_path: Path, text: str, connector: str) -> None:
    path = tmp_path / "download.csv"
    path.write_text(text, encoding="utf-8")
    assert recognize(path).connector == connector


@pytest.mark.parametrize("name", LINE_FORMATS)
@pytest.mark.parametrize("renamed", ["", "export", "today.log"])
def test_a_mail_log_is_told_by_its_lines(tmp_path: Path, name: str, renamed: str) -> None:
    path = tmp_path / (renamed or LINE_FORMATS[name].name)
    path.write_text(LINE_FORMATS[name].write(MAILS), encoding="utf-8")
    assert recognize(path).connector == LINE_FORMATS[name].connector


def test_a_first_night_without_a_hand_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, config = tmp_path / "mine", str(tmp_path / "mine" / "audit.toml")
    files = exported(tmp_path, ad=AD, workers=HR, trace=TRACE, registry=REGISTRY, accounts=ACCOUNTS)
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    printed = capsys.readouterr().out
    assert "found workers.csv: people" in printed
    assert "found ad.csv: people: an HR directory, or an export of one; 7 headings mapped, 1 to ask\n" in printed
    assert "confirm [addresses]: ad.csv adds its state addresses to the people of workers.csv" in printed
    assert "confirm [directory]: full_name is 'Worker'" in printed
    assert "ad.csv: is 'Enabled' status, or not?" in printed
    settings = load(mine / "audit.toml")
    ours = settings.organization
    assert (ours.name, ours.state) == ("State of New Hampshire", "NH")
    assert (ours.mail_domains, ours.other_domains) == (("nh.gov",), ("state.nh.us",))
    assert settings.directory.options["columns"]["work_email"] == "Primary Work Email"
    assert settings.directory.options["status_values"] == {"On Leave": "leave"}
    with (mine / "agencies.csv").open(encoding="utf-8") as file:
        codes = {row["name"]: row["agency_code"] for row in csv.DictReader(file)}
    assert codes == {
        "Department of Transportation": "TRANSPORTATION",
        "Department of Safety": "SAFETY",
        "Office of the Governor": "GOVERNOR",
    }
    assert main(["doctor", "--config", config]) == 0
    screen = capsys.readouterr().out
    assert "PROBLEM" not in screen
    assert "'Home Email' (a private address: never taken for one of the State's)" in screen
    assert "start_date: 5 days read, by MM/DD/YYYY" in screen
    assert main(["run", "--config", config, "--as-of", "2026-11-28"]) == 0
    assert "E-1  Personal account registered to a state mailbox" in capsys.readouterr().out


def test_nothing_of_maine_is_in_another_state_s_files(tmp_path: Path) -> None:
    for number, files in enumerate(([], exported(tmp_path, workers=HR))):
        mine = tmp_path / f"mine{number}"
        assert main(["init", str(mine), "--state", "nh", *(["--from", *files] if files else [])]) == 0
        for path in mine.iterdir():
            text = path.read_text(encoding="utf-8")
            assert "maine" not in text.casefold(), path
            assert "M.R.S." not in text
        with (mine / "audit.toml").open("rb") as file:
            assert tomllib.load(file)["organization"]["mail_domains"] == ["nh.gov"]
        assert load(mine / "audit.toml").organization.policy.notice is not None


def test_what_is_missing_has_a_template_that_nothing_reads(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "VA"]) == 0
    names = {path.name for path in mine.iterdir()}
    assert names == {
        "audit.toml", "policy.toml", "hr-template.csv", "agencies-template.csv", "official-accounts-template.csv",
        "accounts-template.csv",
    }  # fmt: skip
    for name in names - {"audit.toml", "policy.toml"}:
        with (mine / name).open(encoding="utf-8") as file:
            assert len(list(csv.DictReader(file))) == 1
    assert load(mine / "audit.toml").organization.name == "Commonwealth of Virginia"


def test_an_export_whose_platform_nobody_says_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = exported(tmp_path, forum=FORUM)
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    assert 'no column of forum.csv says the platform: say it for the file, platform = "…"' in capsys.readouterr().out
    assert '# platform = "…"' in (tmp_path / "mine" / "audit.toml").read_text(encoding="utf-8")


def test_letters_for_a_status_are_asked_and_never_filled_in(tmp_path: Path) -> None:
    files = exported(tmp_path, workers=HR.replace("Active,", "A,").replace("Terminated,", "T,"))
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    text = (tmp_path / "mine" / "audit.toml").read_text(encoding="utf-8")
    assert '# status_values = { "A" = …, "T" = … }' in text
    assert load(tmp_path / "mine" / "audit.toml").directory.options["status_values"] == {"On Leave": "leave"}


def test_words_that_are_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = exported(tmp_path, workers=HR)
    assert main(["init", str(tmp_path / "mine"), "--from", *files]) == 64
    assert main(["init", str(tmp_path / "mine"), "--state", "ZZ"]) == 78
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", str(tmp_path / "gone.csv")]) == 78
    assert not (tmp_path / "mine").exists()
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 73
    assert "overwrites nothing" in capsys.readouterr().err


def test_a_file_that_nothing_reads_is_named_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = exported(tmp_path, empty="", chairs="Room,Chairs\nA\n", workers=HR, twice="Name,Name,ID\na,b,c\n")
    (tmp_path / "old.xls").write_bytes(b"old")
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files, str(tmp_path / "old.xls")]) == 0
    printed = capsys.readouterr().out
    for name in ("empty", "chairs", "twice", "old"):
        assert f"found {name}.{'xls' if name == 'old' else 'csv'}: nothing that is known" in printed
    assert load(tmp_path / "mine" / "audit.toml").directory.options["path"] == "../exports/workers.csv"


def in_ad(enabled: str, *words: str) -> str:
    """An export of a directory of accounts: one column says whether each is switched on, a word for each person."""
    rows = [
        f"Person{n} Frost,Person{n},Frost,p{n}@nh.gov,77{n},Department of Safety,{word}\n"
        for n, word in enumerate(words)
    ]
    return "".join([f"DisplayName,GivenName,Surname,Mail,EmployeeID,Department,{enabled}\n", *rows])


SWITCHES = [
    ("Enabled", ("True", "False", "True"), {"True": "active", "False": "unknown"}),
    ("accountEnabled", ("TRUE", "FALSE", "TRUE"), {"TRUE": "active", "FALSE": "unknown"}),
    ("Account Status", ("Enabled", "Disabled", "Enabled"), {"Enabled": "active", "Disabled": "unknown"}),
    ("Status [READ ONLY]", ("Active", "Suspended", "Active"), {"active": "active", "Suspended": "unknown"}),
    ("userAccountControl", ("512", "66050", "66048"), {"512": "active", "66050": "unknown", "66048": "active"}),
    ("Block Credential", ("False", "True", "False"), {"False": "active", "True": "unknown"}),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "words", "values"), SWITCHES)
def test_a_directory_of_accounts_alone_runs_and_judges_nobody_who_is_switched_off(
    tmp_path: Path, heading: str, words: tuple[str, ...], values: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = "Network,Username,Email Address,Confirmed\n" + "".join(
        f"Instagram,person.{n},p{n}@nh.gov,yes\n" for n in range(3)
    )
    files = exported(tmp_path, ad=in_ad(heading, *words), accounts=accounts)
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    assert f"confirm [directory] status: {heading!r} tells whether an account is switched on" in capsys.readouterr().out
    assert load(mine / "audit.toml").directory.options["status_values"] == values
    config = str(mine / "audit.toml")
    assert main(["doctor", "--config", config]) == 0
    assert "1 → unknown, on purpose" in capsys.readouterr().out
    assert main(["run", "--config", config, "--as-of", "2026-11-28"]) == 0
    lines = (mine / "out" / "2026-11-28" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert {(one["handle"], one["tier"]) for one in found} == {
        ("person.0", "finding"), ("person.1", "lead"), ("person.2", "finding"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Enabled", ("True", "Perhaps")), ("Active", ("A", "T")), ("Block Credential", ("512", "514"))],
)
def test_a_word_that_no_switch_has_is_asked(tmp_path: Path, heading: str, words: tuple[str, ...]) -> None:
    files = exported(tmp_path, ad=in_ad(heading, *words))
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    options = load(tmp_path / "mine" / "audit.toml").directory.options
    assert "status" not in options["columns"]
    assert "status_values" not in options


def test_where_hr_says_the_status_no_switch_is_read(tmp_path: Path) -> None:
    text = in_ad("Employee Status,Enabled", "Active,True", "Active,False")
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *exported(tmp_path, hr=text)]) == 0
    assert load(tmp_path / "mine" / "audit.toml").directory.options["columns"]["status"] == "Employee Status"


def test_files_of_the_same_headings_are_read_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = HR.replace("00120", "00220").replace("dana.ackerly", "vera.moss").replace("luis.brandt", "otto.moss")
    late = TRACE.replace("2026-11", "2026-10")
    ad = AD.replace("ProxyAddresses", "Notes")
    files = exported(
        tmp_path, safety=HR, ad=ad, transport=other, monday=TRACE, tuesday=late, registry=REGISTRY,
        more_registry=REGISTRY.replace("NHSafety", "NHDOT"), odd_registry=REGISTRY.replace("Last Reviewed", "Reviewer"),
    )  # fmt: skip
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    printed = capsys.readouterr().out
    assert "found safety.csv and transport.csv: people" in printed
    assert (
        "confirm [directory]: people are read from safety.csv and transport.csv, which has status, end_date" in printed
    )
    assert "; ad.csv, which has not, is NOT read" in printed
    assert "official_accounts: registry.csv and more_registry.csv have the same headings" in printed
    assert "; odd_registry.csv is NOT" in printed
    settings = load(mine / "audit.toml")
    assert settings.directory.options["path"] == ["../exports/safety.csv", "../exports/transport.csv"]
    assert [one.options["path"] for one in settings.sources] == [["../exports/monday.csv", "../exports/tuesday.csv"]]
    assert main(["run", "--config", str(mine / "audit.toml"), "--as-of", "2026-11-28"]) == 0
    assert "10 people in the directory" in capsys.readouterr().out


def test_an_older_export_of_the_same_people_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    october, november = exported(tmp_path, october=HR, november="\n".join(HR.splitlines()[:-1]) + "\n")
    os.utime(october, (1, 1))
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", november, october]) == 0
    printed = capsys.readouterr().out
    assert "4 people stand in more than one of november.csv and october.csv" in printed
    assert "november.csv, the newest file, by when it was changed last, is read, and no other" in printed
    assert load(mine / "audit.toml").directory.options["path"] == "../exports/november.csv"


def test_a_department_is_read_though_nobody_of_another_export_can_be(tmp_path: Path) -> None:
    heading = "Employee ID,First Name,Last Name,Work Email,Department,Employee Status\n"
    rows = [f"{number:06},Ann{number},Oak,ann{number}@nh.gov,Oak Office,Active\n" for number in range(1, 40)]
    files = exported(
        tmp_path,
        east=heading + "".join(rows[:20]),
        west=heading + "".join(rows[19:]),
        north=heading + ",Zed,Oak,,,Active\n",
    )
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    read = load(mine / "audit.toml").directory.options["path"]
    assert {"../exports/east.csv", "../exports/west.csv"} <= {*read}


@pytest.mark.parametrize(("older", "newer"), [("hr_2026-10", "hr_2026-11"), ("hr 20261120", "hr 20261121")])
def test_the_newest_export_is_told_by_the_dates_in_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], older: str, newer: str
) -> None:
    files = exported(tmp_path, **{newer: HR, older: HR})
    os.utime(files[0], (1, 1))
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    assert f"{newer}.csv, the newest by the date in its name, is read, and no other" in capsys.readouterr().out


PEOPLE = (
    "Employee ID,First Name,Last Name,Work Email,Department,Employee Status\n"
    "000101,Ann,Oak,ann.oak@nh.gov,Oak Office,Active\n000102,Bob,Elm,bob.elm@nh.gov,Elm Office,Active\n"
)
SEEN = (
    "platform,handle,registered_email,registration\n"
    "x,OakTrails,ann.oak@nh.gov,verified\nx,bobs,bob.elm@nh.gov,verified\n"
)
LONG = "Account,Platform,Department,URL,Date Added\nOak Office,X,Oak Office,https://twitter.com/OakTrails,2026-01-02\n"
PUBLISHED = [
    ("Office,Website,Twitter,facebook_id\nOak Office,oak.example,https://x.com/OakTrails,\n", {
        "platform_columns": {"Twitter": "x", "facebook_id": "facebook id"},
    }),
    ("Party,party,Twitter\nA,B,OakTrails\n", {"platform_columns": {"Twitter": "x"}}),
    ("Link,Department\nhttps://x.com/OakTrails,Oak Office|Elm Office\n", {
        "columns": {"url": "Link", "agency_code": "Department"},
    }),
    ("id,service,service_url,agencies,contacts,State\n9,twitter,https://x.com/OakTrails,Oak,ann.oak@nh.gov,NH\n", {
        "columns": {
            "platform": "service", "url": "service_url", "agency_code": "agencies", "supervisor_email": "contacts",
        },
    }),
    ("http://oak.example,Oak Office,http://x.com/OakTrails\n,Elm Office,http://x.com/ElmTrails,en,\n", {
        "headings": ["column 1", "column 2", "url"],
    }),
    (LONG, {"columns": {"agency_code": "Department"}}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options"), PUBLISHED)
def test_a_registry_as_published_is_read_without_a_hand_edit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: dict[str, object]
) -> None:
    mine, config = tmp_path / "mine", str(tmp_path / "mine" / "audit.toml")
    files = exported(tmp_path, people=PEOPLE, registry=text, seen=SEEN)
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    assert "registry.csv: a registry of official accounts" in capsys.readouterr().out
    official = load(mine / "audit.toml").organization.official_accounts
    assert official is not None
    assert dict(official.options) == {"path": "../exports/registry.csv", **options}
    assert main(["doctor", "--config", config]) == 0
    assert "ok       official_accounts" in capsys.readouterr().out
    assert main(["run", "--config", config, "--as-of", "2026-11-28"]) == 0
    found = [
        json.loads(line) for line in (mine / "out" / "2026-11-28" / "findings.jsonl").read_text("utf-8").splitlines()
    ]
    assert {one["handle"] for one in found if one["rule_id"].startswith("E")} == {"bobs"}


def test_removals_are_read_beside_their_registry(tmp_path: Path) -> None:
    gone = LONG.replace("Date Added", "Date Deleted").replace("OakTrails", "bobs")
    files = exported(tmp_path, removed=gone, live=LONG, people=PEOPLE)
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    official = load(tmp_path / "mine" / "audit.toml").organization.official_accounts
    assert official is not None
    assert (official.options["path"], official.options["retired_path"]) == (
        "../exports/live.csv",
        "../exports/removed.csv",
    )


def test_doctor_asks_for_a_misspelt_platform_and_shows_what_each_column_became(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Office,Twitter,Instagran,status\nOak Office,@OakTrails,oak,under_review\nElm Office,ElmTrails,,parked\n"
    files = exported(tmp_path, people=PEOPLE, registry=text, seen=SEEN)
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", *files]) == 0
    main(["doctor", "--config", str(tmp_path / "mine" / "audit.toml")])
    screen = capsys.readouterr().out
    assert "x                      ← 'Twitter' (configured), 2 filled" in screen
    assert '\'Instagran\' (did you mean instagram? platform_columns = { "Instagran" = "instagram" })' in screen
    assert '# status_values = { "parked" = … }   # … is one of “active”, “retired”, “pending”' in screen
    assert "'under_review' 1 → pending, 'parked' 1 → NOT KNOWN" in screen


OFFERED = """\
Employee Name,Employee ID,Work Email,Department,Employee Status,User Type
"Doe, Jane",1001,jane.doe@nh.gov,Labor,Active,Member
"Doe, Jane",1001,jane.doe@nh.gov,Health,Active,Member
"Roe, Rick",1002,rick.roe@nh.gov,Labor,Active,Member
Vacant,P-77,,Labor,Vacant,
"Out, Olga",1003,olga@nh.gov,Labor,Active,GUEST
"""


def test_guests_and_vacancies_are_offered_and_left_out_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = exported(tmp_path, hr=OFFERED)
    main(["init", str(tmp_path / "nh"), "--state", "NH", "--from", path])
    config = tmp_path / "nh" / "audit.toml"
    text = config.read_text(encoding="utf-8")
    offer = '# leave_out = { "Employee Name" = ["Vacant"], "Employee Status" = ["Vacant"], "User Type" = ["GUEST"] }'
    assert offer in text
    main(["doctor", "--config", str(config)])
    said = capsys.readouterr().out
    assert f"{offer}   # guests, rooms, vacancies or contractors: 'Vacant' 1, 'Vacant' 1, 'GUEST' 1" in said
    assert "'User Type' says 'GUEST' (1 rows)" in said
    assert "1 person has several rows" in said
    assert "5 rows read, 5 of them usable" in said
    config.write_text(text.replace("# leave_out", "leave_out"), encoding="utf-8")
    main(["doctor", "--config", str(config)])
    said = capsys.readouterr().out
    assert "5 rows read, 3 of them usable" in said
    assert "1 rows: left out by leave_out: 'User Type' is 'GUEST'" in said
    assert "1 rows: left out by leave_out: 'Employee Name' is 'Vacant'" in said
    assert "# leave_out" not in said


def test_a_filter_that_is_none_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (path,) = exported(tmp_path, hr=OFFERED)
    main(["init", str(tmp_path / "nh"), "--state", "NH", "--from", path])
    config = tmp_path / "nh" / "audit.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("# leave_out = {", 'leave_out = { "User Type" = "Guest" } # '),
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="leave_out must be a table of headings with lists of words"):
        load(config)


def test_a_register_of_exceptions_gets_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", *exported(tmp_path, hr=HR, papers=EXCEPTIONS)]) == 0
    assert "found papers.csv: a register of exceptions" in capsys.readouterr().out
    settings = load(mine / "audit.toml")
    assert settings.exceptions is not None
    assert (settings.exceptions.connector.name, settings.organization.official_accounts) == ("exceptions_csv", None)


PEOPLESOFT = "EMPLID;FIRST_NAME;LAST_NAME;EMAILID;DEPTID;DEPTNAME;EMPL_STATUS\n" + "".join(
    f"{n};Anna;Fiske{n};fiske{n}@nh.gov;0400;Safety;{letter}\n" for n, letter in enumerate("AATLS")
)


def test_letters_mean_what_they_mean_in_the_system_that_heads_its_column_so(tmp_path: Path) -> None:
    files = exported(tmp_path, ps=PEOPLESOFT, other=PEOPLESOFT.replace("EMPL_STATUS", "Status"))
    for path, values in zip(files, ({"A": "active", "T": "terminated", "L": "leave"}, None), strict=True):
        mine = tmp_path / Path(path).stem
        assert main(["init", str(mine), "--state", "NH", "--from", path]) == 0
        options = load(mine / "audit.toml").directory.options
        assert options.get("status_values") == values
        assert options["columns"]["work_email"] == "EMAILID"


STRANGE = 'Employee ID,"Name (Last, First)",Email,Department,Worker Type\n' + "".join(
    f'{n},"Fiske{n}, Anna",f{n}@{domain},Safety,{kind}\n'
    for n, (domain, kind) in enumerate(
        [("nh.gov", "Employee"), ("nh.gov", "Contingent Worker"), ("nhroads.gov", "Employee"), ("gmail.com", "")]
    )
)


def test_what_is_nobodys_yet_is_said_before_the_first_night(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = exported(tmp_path, hr=STRANGE)
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", path]) == 0
    said = capsys.readouterr().out
    assert "confirm [directory]: full_name is 'Name (Last, First)'" in said
    assert "nobody said whose nhroads.gov (1) is" in said
    assert "gmail.com" not in said
    written = (tmp_path / "mine" / "audit.toml").read_text(encoding="utf-8")
    assert '# leave_out = { "Worker Type" = ["Contingent Worker"] }' in written


def test_a_directory_that_cannot_be_read_to_its_end_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [{"Employee ID": str(n), "Full Name": "Doe, Jane", "Work Email": f"d{n}@nh.gov"} for n in range(300)]
    path = tmp_path / "hr.json"
    path.write_text(json.dumps(people, indent=1)[:-9], encoding="utf-8")
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", str(path)]) == 0
    said = capsys.readouterr().out
    assert (
        "confirm [directory]: nobody can be read yet, and domains and agencies are guesses: hr.json is cut off" in said
    )


def test_a_directory_without_names_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = exported(tmp_path, hr="Employee ID,Bezeichnung,Work Email,Department\n1,A,a@nh.gov,Safety\n")
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", path]) == 0
    assert "confirm [directory]: no column is surely a name" in capsys.readouterr().out


def test_a_name_with_a_star_means_the_files_it_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported(tmp_path, hr=HR, trace=TRACE)
    there = str(tmp_path / "exports" / "*.csv")
    assert main(["init", str(tmp_path / "mine"), "--state", "NH", "--from", there]) == 0
    said = capsys.readouterr().out
    assert "found hr.csv: people" in said
    assert "found trace.csv: a message trace" in said
    assert main(["init", str(tmp_path / "other"), "--state", "NH", "--from", there.replace("csv", "xlsx")]) == 78


ANSWERED = "Organization,Platform,URL,Manager Email\nRoads,Facebook,https://www.facebook.com/nhroads,a@nh.gov\n"


def test_a_registry_is_told_by_who_answers_for_its_accounts(tmp_path: Path) -> None:
    shown = ANSWERED.replace("Manager Email", "Public Email")
    files = exported(tmp_path, registry=ANSWERED, accounts=shown)
    found = [recognize(Path(path)) for path in files]
    assert [one.connector for one in found] == ["official_csv", "accounts_csv"]
    assert found[0].proposal.asked == {"Organization": ("agency_code",)}


@pytest.mark.parametrize(
    ("accounts", "columns"),
    [
        (("@nhroads", "https://x.com/nhsafety"), {"handle": "Account", "supervisor_email": "Owner"}),
        (("Department of Roads", "State Safety Office"), {"supervisor_email": "Owner"}),
    ],
)
def test_what_stands_in_a_registry_s_columns_settles_which_they_are(
    tmp_path: Path, accounts: tuple[str, str], columns: dict[str, str]
) -> None:
    rows = "".join(f"Roads,X,{account},social@nh.gov\n" for account in accounts)
    (path,) = exported(tmp_path, registry=f"Agency,Platform,Account,Owner\n{rows}")
    found = recognize(Path(path))
    assert found.connector == "official_csv"
    assert found.columns == {"agency_code": "Agency"} | columns


@pytest.mark.parametrize(
    ("second", "connector"), [("Department of Health", "official_csv"), ("Department of Transportation", "")]
)
def test_an_address_in_an_agency_s_row_does_not_make_it_a_person(tmp_path: Path, second: str, connector: str) -> None:
    rows = f"Department of Transportation,nhdot,@nhdot,web@nh.gov\n{second},nhx,@nhx,press@nh.gov\n"
    (path,) = exported(tmp_path, wide=f"Department,Facebook,Twitter,E-mail\n{rows}")
    found = recognize(Path(path))
    assert found.connector == connector
    if connector:
        assert found.proposal.columns == {"agency_code": "Department"}
        assert found.proposal.asked == {"E-mail": ("supervisor_email", "registered_email")}

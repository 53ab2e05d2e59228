"""From a clerk's exports to a night: what each file is, what it proposes, and that the night runs on that."""

import csv
import tomllib
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.verbs.exports import recognize

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


def test_a_first_night_without_a_hand_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, config = tmp_path / "mine", str(tmp_path / "mine" / "audit.toml")
    files = exported(tmp_path, ad=AD, workers=HR, trace=TRACE, registry=REGISTRY, accounts=ACCOUNTS)
    assert main(["init", str(mine), "--state", "NH", "--from", *files]) == 0
    printed = capsys.readouterr().out
    assert "found workers.csv: people" in printed
    assert (
        "found ad.csv: people: an HR directory, or an export of one; 7 headings mapped, 1 to ask; NOT READ" in printed
    )
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


def test_a_register_of_exceptions_gets_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--state", "NH", "--from", *exported(tmp_path, hr=HR, papers=EXCEPTIONS)]) == 0
    assert "found papers.csv: a register of exceptions" in capsys.readouterr().out
    settings = load(mine / "audit.toml")
    assert settings.exceptions is not None
    assert (settings.exceptions.connector.name, settings.organization.official_accounts) == ("exceptions_csv", None)

"""The made state: the same bytes from the same seed, and a truth that its own files bear out."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from tests.made import once

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
MADE = (
    "audit.toml",
    "hr.csv",
    "agencies.csv",
    "official_accounts.csv",
    "accounts/monitoring_export.csv",
    "accounts/registration_export.xlsx",
    "policy.toml",
    "truth.csv",
)
HEADINGS = [
    *("platform", "account_id", "handle", "url", "display_name", "bio", "location", "links", "emails"),
    *("registered_email", "created_at", "observed_at"),
]
SPELLINGS = {"Twitter": "x"}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def maker() -> Iterator[ModuleType]:
    """make_state.py, loaded by its path; what it puts on sys.path is taken off again."""
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("make_state", SAMPLE / "make_state.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_state"] = module
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


@pytest.fixture(scope="module")
def state(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state that is large enough for several accounts in each situation."""

    def make(folder: Path) -> None:
        maker.make_state(folder, people=2_000, accounts=12_000, seed=11)

    return once(tmp_path_factory, "state of 12,000", make)


def table(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def monitoring(folder: Path) -> Rows:
    """The readable rows: neither the one that breaks off nor the one on an unknown platform."""
    rows = table(folder / "accounts" / "monitoring_export.csv")
    return [row for row in rows if row["observed_at"] is not None and row["platform"] != "Palaverbox"]


def registrations(folder: Path) -> Rows:
    book = CalamineWorkbook.from_path(folder / "accounts" / "registration_export.xlsx")
    heading, *rows = book.get_sheet_by_name("Registrations").to_python()
    named = [dict(zip(map(str, heading), map(str, row), strict=True)) for row in rows]
    return [{**row, "platform": SPELLINGS.get(row["platform"], row["platform"].lower())} for row in named]


def truth(folder: Path, source: str) -> Rows:
    return [row for row in table(folder / "truth.csv") if row["source"] == source]


def state_domains(folder: Path) -> set[str]:
    organization = tomllib.loads((folder / "audit.toml").read_text(encoding="utf-8"))["organization"]
    own = {domain for row in table(folder / "agencies.csv") for domain in row["domains"].split(";") if domain}
    return {*organization["mail_domains"], *organization["other_domains"], *own}


def is_state(address: str, domains: set[str]) -> bool:
    domain = address.lower().rpartition("@")[2]
    return any(domain == own or domain.endswith(f".{own}") for own in domains)


def mailbox(address: str) -> str:
    """The key that makes two spellings one mailbox."""
    local, _, domain = address.lower().rpartition("@")
    domain = {"state.me.us": "maine.gov"}.get(domain, domain)
    return f"{local.partition('+')[0]}@{domain}"


def owners(folder: Path) -> dict[str, Rows]:
    by_mailbox: dict[str, Rows] = defaultdict(list)
    for person in table(folder / "hr.csv"):
        for address in {person["work_email"], *person["other_emails"].split(";")} - {""}:
            by_mailbox[mailbox(address)].append(person)
    return by_mailbox


def test_the_checked_in_sample_is_what_the_script_makes(maker: ModuleType, tmp_path: Path) -> None:
    maker.make_state(tmp_path, output="../../out")
    for name in MADE:
        same = (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()
        assert same, f"{name} is out of date; run: python data/sample/make_state.py data/sample --output ../../out"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    maker: ModuleType, state: Path, tmp_path: Path
) -> None:
    maker.make_state(tmp_path / "same", people=2_000, accounts=12_000, seed=11)
    maker.make_state(tmp_path / "other", people=2_000, accounts=12_000, seed=12)
    for name in MADE:
        assert (tmp_path / "same" / name).read_bytes() == (state / name).read_bytes(), name
    for name in ("hr.csv", "accounts/monitoring_export.csv", "accounts/registration_export.xlsx"):
        assert (tmp_path / "other" / name).read_bytes() != (state / name).read_bytes(), name


@pytest.mark.parametrize(("people", "accounts"), [(300, 1_000), (2_000, 1_000), (300, 9_000), (20_000, 6_000)])
def test_sizes_are_as_asked(maker: ModuleType, tmp_path: Path, people: int, accounts: int) -> None:
    maker.make_state(tmp_path, people=people, accounts=accounts, seed=3)
    assert len(table(tmp_path / "hr.csv")) == people
    assert len(monitoring(tmp_path)) + len(registrations(tmp_path)) == accounts
    assert len(table(tmp_path / "accounts" / "monitoring_export.csv")) == len(monitoring(tmp_path)) + 2


@pytest.mark.parametrize(("people", "accounts"), [(299, 5_000), (400, 999), (400, 20_000_001)])
def test_a_size_that_cannot_hold_the_situations_is_refused(
    maker: ModuleType, tmp_path: Path, people: int, accounts: int
) -> None:
    with pytest.raises(ValueError, match="needed"):
        maker.make_state(tmp_path, people=people, accounts=accounts)


@pytest.mark.parametrize("folder", ["sample", "made"])
def test_every_situation_and_every_rule_is_there(state: Path, folder: str) -> None:
    rows = table((SAMPLE if folder == "sample" else state) / "truth.csv")
    listed = {row["situation"] for name in ("situations", "registry") for row in table(SAMPLE / f"texts/{name}.csv")}
    assert {row["situation"] for row in rows} == listed | {"no_tie", "lookalike_handle"}
    ids = {rule for row in rows for rule in row["rules"].split(";") if rule}
    assert ids == {"E-1", "E-2", "A-1", "A-2", "B-1", "C-1", "U-1", "R-1", "R-2", "R-3"}
    lookalikes = {(row["platform"], row["handle"]) for row in table(SAMPLE / "names/lookalike_handles.csv")}
    assert {(row["platform"], row["handle"]) for row in rows if row["situation"] == "lookalike_handle"} == lookalikes


def test_people_have_unique_ids_and_mailboxes(state: Path) -> None:
    people = table(state / "hr.csv")
    assert len({person["employee_id"] for person in people}) == len(people)
    assert all(re.fullmatch(r"0\d{7}", person["employee_id"]) for person in people)
    assert len({mailbox(person["work_email"]) for person in people}) == len(people)
    shared = {key for key, owning in owners(state).items() if len(owning) > 1}
    assert shared
    assert all(re.fullmatch(r"team\d+\.desk@maine\.gov", key) for key in shared)


def test_the_directory_is_as_mixed_as_a_real_one(state: Path) -> None:
    people = table(state / "hr.csv")
    status = Counter(person["status"] for person in people)
    assert 0.03 < status["terminated"] / len(people) < 0.07
    assert 0.02 < status["leave"] / len(people) < 0.05
    assert all(person["end_date"] for person in people if person["status"] == "terminated")
    names = {(person["given_name"], person["family_name"]) for person in people}
    assert names >= {(row["given_name"], row["family_name"]) for row in table(SAMPLE / "names/unusual_people.csv")}
    codes = {row["agency_code"] for row in table(state / "agencies.csv")}
    assert {person["agency_code"] for person in people} == codes
    assert {row["parent_code"] for row in table(state / "agencies.csv")} <= codes | {""}


def test_accounts_have_unique_ids_and_handles(state: Path) -> None:
    rows = monitoring(state)
    for column in ("account_id", "handle"):
        keys = [(row["platform"], row[column].lower()) for row in rows if row[column]]
        assert len(set(keys)) == len(keys), column
    assert all(re.fullmatch(r"\d{18}", row["account_id"]) for row in rows if row["account_id"])
    assert all(row["account_id"] or row["handle"] or row["url"] for row in rows)


def test_every_account_has_a_truth_and_every_truth_an_account(state: Path) -> None:
    keys = ("platform", "account_id", "handle", "registered_email")
    for source, rows in (("monitoring", monitoring(state)), ("registrations", registrations(state))):
        told = [tuple(row[key] for key in keys) for row in truth(state, source)]
        assert told == [tuple(row[key] for key in keys) for row in rows], source
    registry = [tuple(row[key] for key in keys) for row in table(state / "official_accounts.csv")]
    assert [tuple(row[key] for key in keys) for row in truth(state, "official_accounts")] == registry


def official_keys(folder: Path) -> set[tuple[str, str]]:
    registry = table(folder / "official_accounts.csv")
    ids = {(row["platform"], row["account_id"]) for row in registry if row["account_id"]}
    return ids | {(row["platform"], row["handle"].lower()) for row in registry if not row["account_id"]}


def is_official(row: dict[str, str], official: set[tuple[str, str]]) -> bool:
    return not official.isdisjoint({(row["platform"], row["account_id"]), (row["platform"], row["handle"].lower())})


@pytest.mark.parametrize("folder", ["sample", "made"])
def test_the_mail_rules_follow_from_the_files_alone(state: Path, folder: str) -> None:
    """E-1, E-2 and A-2 worked out again from the exports and HR, without a look at how they were made."""
    folder_path = SAMPLE if folder == "sample" else state
    domains, directory, official = state_domains(folder_path), owners(folder_path), official_keys(folder_path)
    told: dict[tuple[str, ...], tuple[set[str], str]] = {}
    expected: dict[tuple[str, ...], set[str]] = defaultdict(set)
    named: dict[tuple[str, ...], str] = {}
    exports = (("monitoring", monitoring(folder_path)), ("registrations", registrations(folder_path)))
    for source, rows in exports:
        for row, true in zip(rows, truth(folder_path, source), strict=True):
            key = (row["platform"], row["account_id"] or row["handle"] or row["url"] or row["registered_email"])
            rules = set(true["rules"].split(";")) & {"E-1", "E-2", "A-2"}
            assert told.setdefault(key, (rules, true["employee_id"])) == (rules, true["employee_id"])
            if is_official(row, official):
                continue
            outlet = true["situation"].startswith("outlet")
            in_bio = re.findall(r"[\w.+-]+@[\w.-]+\w", row["bio"])
            if not outlet and any(is_state(shown, domains) for shown in [row["emails"], *in_bio] if shown):
                expected[key].add("A-2")
            if not is_state(row["registered_email"], domains):
                continue
            owning = directory.get(mailbox(row["registered_email"]), [])
            serving = [person for person in owning if person["status"] != "terminated"]
            certain = source == "monitoring" and len(owning) == len(serving) == 1 and not outlet
            if certain and began_before(serving[0], row["created_at"]):
                expected[key] = expected[key] - {"E-2"} | {"E-1"}
            elif "E-1" not in expected[key]:
                expected[key].add("E-2")
            if len(owning) == len(serving) == 1:
                named[key] = serving[0]["employee_id"]
    wrong = {key: (told[key], expected[key]) for key in told if told[key][0] != expected[key]}
    assert not wrong
    owners_named = {key: who for key, (rules, who) in told.items() if rules & {"E-1", "E-2"} and who}
    assert owners_named == named


def began_before(person: dict[str, str], created_at: str) -> bool:
    """Whether somebody was employed when the account was created; no, where that day cannot be read."""
    try:
        return date.fromisoformat(person["start_date"]) <= datetime.fromisoformat(created_at).date()
    except ValueError:
        return False


@pytest.mark.parametrize("folder", ["sample", "made"])
def test_the_registry_rules_follow_from_the_files_alone(state: Path, folder: str) -> None:
    folder_path = SAMPLE if folder == "sample" else state
    domains, people = state_domains(folder_path), {row["employee_id"]: row for row in table(folder_path / "hr.csv")}
    listed = tomllib.loads((folder_path / "audit.toml").read_text(encoding="utf-8"))
    platforms = listed["sources"]["monitoring"]["lists_official"]
    seen = {(row["platform"], key.lower()): row for row in monitoring(folder_path) for key in (row["account_id"],)}
    seen |= {(row["platform"], row["handle"].lower()): row for row in monitoring(folder_path)}
    for row, true in zip(
        table(folder_path / "official_accounts.csv"), truth(folder_path, "official_accounts"), strict=True
    ):
        account = seen.get((row["platform"], row["account_id"] or row["handle"].lower()))
        active, expected = row["status"] == "active", set()
        if active != bool(account) and (account or row["platform"] in platforms):
            expected.add("R-1")
        supervisor = people.get(row["supervisor_employee_id"])
        if active and (
            not supervisor or supervisor["status"] == "terminated" or "" < supervisor["end_date"] < "2026-11"
        ):
            expected.add("R-2")
        address = (account["registered_email"] if account else "") or row["registered_email"]
        if active and address and not is_state(address, domains):
            expected.add("R-3")
        assert set(true["rules"].split(";")) - {""} == expected, true["situation"]


def test_noise_shows_no_state_mark(state: Path) -> None:
    """Nothing in an account without a tie holds a state domain, an agency's name or an acronym as a word."""
    agencies = table(state / "agencies.csv")
    marks = {row["name"].casefold() for row in agencies} | state_domains(state)
    acronyms = {word for row in agencies for word in row["acronyms"].split(";") if word}
    for row, true in zip(monitoring(state), truth(state, "monitoring"), strict=True):
        if true["situation"] == "no_tie":
            text = " ".join(row.values())
            assert not [mark for mark in marks if mark in text.casefold()]
            assert acronyms.isdisjoint(re.findall(r"\w+", text))


def test_noise_is_varied(state: Path) -> None:
    rows = monitoring(state)
    share = sum(not "".join(row.values()).isascii() for row in rows) / len(rows)
    assert 0.10 < share < 0.20
    told = [row["bio"] for row in rows if len(row["bio"]) > 40]
    assert len(set(told)) > 0.9 * len(told)


def test_unusable_rows_are_the_only_ones_out_of_shape(state: Path) -> None:
    with (state / "accounts" / "monitoring_export.csv").open(encoding="utf-8", newline="") as lines:
        heading, *rows = csv.reader(lines)
    assert heading == HEADINGS
    assert [len(row) for row in rows if len(row) != len(HEADINGS)] == [7]
    assert sum(row[0] == "Palaverbox" for row in rows) == 1
    assert [row[10] for row in rows if len(row) > 10 and not row[10].endswith("Z")] == ["31/02/2024"]


def test_parquet_has_the_rows_of_the_csv(maker: ModuleType, state: Path, tmp_path: Path) -> None:
    maker.make_state(tmp_path, people=2_000, accounts=12_000, seed=11, parquet=True)
    export = tmp_path / "accounts" / "monitoring_export.parquet"
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(export))
        rows = [dict(zip(relation.columns, map(str, row), strict=True)) for row in relation.fetchall()]
    assert [row for row in rows if row["platform"] != "Palaverbox"] == monitoring(state)
    assert (tmp_path / "truth.csv").read_bytes() == (state / "truth.csv").read_bytes()
    assert "monitoring_export.parquet" in (tmp_path / "audit.toml").read_text(encoding="utf-8")


def test_a_second_night_changes_what_was_asked(maker: ModuleType, state: Path, tmp_path: Path) -> None:
    same, changed, first = tmp_path / "same", tmp_path / "changed", tmp_path / "first"
    maker.make_state(same, people=2_000, accounts=12_000, seed=11, night=2)
    maker.make_state(first, people=2_000, accounts=12_000, seed=11, changes=6)
    maker.make_state(changed, people=2_000, accounts=12_000, seed=11, night=2, changes=6)
    assert (same / "truth.csv").read_bytes() == (state / "truth.csv").read_bytes()
    timeless = [[row | {"observed_at": ""} for row in monitoring(folder)] for folder in (state, same)]
    assert timeless[0] == timeless[1]
    assert {row["observed_at"][:10] for row in monitoring(same)} == {"2026-11-20"}
    assert (first / "hr.csv").read_bytes() == (changed / "hr.csv").read_bytes()
    before, after = (
        {
            (row["platform"], row["account_id"], row["employee_id"])
            for row in truth(folder, "monitoring")
            if row["rules"]
        }
        for folder in (first, changed)
    )
    assert len(before - after) == len(after - before) == 6
    assert {
        row["rules"] for row in truth(changed, "monitoring") if row["account_id"] in {new[1] for new in after - before}
    } == {"E-1"}
    ids = {row["account_id"] for row in monitoring(changed)}
    assert ids.isdisjoint({gone[1] for gone in before - after})


def test_a_state_grows_and_changes_as_its_shape_says(maker: ModuleType, tmp_path: Path) -> None:
    usual = maker.Shape(findings=0.2, accents=0.3, edits=0.25, agencies=300)
    nights = []
    for night in (1, 2, 3):
        maker.make_state(tmp_path / str(night), 400, 4_000, night=night, shape=usual)
        nights.append(monitoring(tmp_path / str(night)))
    truth = table(tmp_path / "1" / "truth.csv")
    tied = {row["account_id"] for row in truth if row["employee_id"]} - {""}
    assert 600 < sum(row["source"] == "monitoring" and bool(row["rules"]) for row in truth) < 1_000
    assert len(table(tmp_path / "1" / "agencies.csv")) == 300
    assert len({row["agency_code"] for row in table(tmp_path / "1" / "hr.csv")}) > 100
    others = [row["display_name"] for row in nights[0] if row["account_id"] not in tied]
    assert 0.2 < sum(bool(re.search("[À-ž]", name)) for name in others) / len(others) < 0.35
    for before, after in pairwise(nights):
        same = [one for one in zip(before, after, strict=True) if one[0]["handle"] == one[1]["handle"]]
        edited = sum(old["bio"] != new["bio"] for old, new in same)
        assert 0.15 < edited / len(same) < 0.3
        kept = [
            (old, new) for old, new in same if old["account_id"] in tied and old["bio"] and old["bio"] != new["bio"]
        ]
        assert kept
        assert all(old["bio"].split("\n")[0] == new["bio"].split("\n")[0] for old, new in kept)

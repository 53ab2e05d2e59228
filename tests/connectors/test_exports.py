"""The four exports: what a row becomes, what is noted, what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import category

import pytest

from connectors import accounts_csv, agencies_csv, hr_csv, official_csv
from connectors.contract import BadRow, Connector, Nexus, Raw, Record, Remark, Source, SourceDown
from connectors.files import times
from connectors.files.fields import same_handle, several, web_address
from connectors.records import Account, Agency, OfficialAccount, Person, Status, Strength

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def raw(options: dict[str, object] | None = None, /, **values: str) -> Raw:
    return Raw(values, "export", "export.csv:2", "0" * 64, NOW, options or {})


def account(options: dict[str, object] | None = None, /, **values: str) -> Account:
    return accounts_csv.parse(raw(options, **{"platform": "x", "handle": "ann"} | values))


IDENTITIES = [
    ({"handle": "@Ann "}, ("x", "", "Ann", "")),
    ({"handle": "", "url": "https://x.com/Ann/status/1"}, ("x", "", "Ann", "https://x.com/Ann/status/1")),
    ({"handle": "", "url": "x.com/Ann"}, ("x", "", "Ann", "https://x.com/Ann")),
    ({"handle": "https://x.com/Ann"}, ("x", "", "Ann", "https://x.com/Ann")),
    ({"platform": "YouTube", "handle": "", "url": "https://youtube.com/channel/UC1"}, ("youtube", "UC1", "", "https://youtube.com/channel/UC1")),
    ({"platform": "Twitter", "account_id": "0012"}, ("x", "0012", "ann", "")),
    ({"platform": "tumblr", "handle": "", "registered_email": "ann@maine.gov"}, ("tumblr", "", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), IDENTITIES)
def test_which_account_a_row_is(values: dict[str, str], expected: tuple[str, ...]) -> None:
    found = account(**values)
    assert (found.platform, found.account_id, found.handle, found.url) == expected
    assert found.notes == ()


NOTED = [
    ({"created_at": "31/02/2024"}, "created_at '31/02/2024' is no date that can be read", ("created_at", None)),
    ({"created_at": "1970-01-01"}, "'1970-01-01' lies before there were such accounts", ("created_at", None)),
    ({"created_at": "1969-12-31T19:00:00-05:00"}, "lies before there were such accounts", ("created_at", None)),
    ({"observed_at": "yesterday"}, "observed_at 'yesterday' is no date that can be read", ("handle", "ann")),
    ({"url": "https://x.com/bob"}, "disagree; the handle was kept", ("handle", "ann")),
    ({"url": "https://facebook.com/ann"}, "the row's platform was kept", ("platform", "x")),
    ({"url": "javascript:alert(1)"}, "is no web address", ("url", "")),
    ({"account_id": "1.23457E+17"}, "rounded by a spreadsheet", ("account_id", "")),
    ({"created_at": "04/05/2024"}, "day and month could stand either way round", ("created_at", None)),
]  # fmt: skip


@pytest.mark.parametrize(("values", "sentence", "field"), NOTED)
def test_a_soft_fault_is_noted_and_left_open(values: dict[str, str], sentence: str, field: tuple[str, object]) -> None:
    found = account(**values)
    assert len(found.notes) == 1
    assert sentence in found.notes[0]
    assert getattr(found, field[0]) == field[1]


REFUSED = [
    ({"platform": ""}, "names no platform"),
    ({"platform": "Palaverbox"}, r'platforms = \{ "Palaverbox" = … \}, where … is its usual name'),
    ({"platform": '"'}, r'platforms = \{ "\\"" = … \}'),
    ({"handle": ""}, "nothing says which account"),
    ({"handle": " @ "}, "nothing says which account"),
    ({"handle": "", "account_id": "1.2E+17"}, "nothing says which account.*rounded"),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_an_unusable_account_says_why(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRow, match=sentence):
        account(**values)


def test_the_platform_may_come_from_the_settings() -> None:
    assert account({"platform": "LinkedIn"}, platform="").platform == "linkedin"
    assert account({"platforms": {"Our Feed": "X"}}, platform="our feed").platform == "x"
    assert account({"platform": "LinkedIn"}, platform="Facebook").platform == "facebook"


@pytest.mark.parametrize(("registration", "strength"), [("verified", Strength.STRONG), ("unverified", Strength.WEAK)])
def test_addresses_are_evidence(registration: str, strength: Strength) -> None:
    found = account(
        {"registration": registration}, registered_email="Ann.Lee@maine.gov", emails="mailto:ann@example.org, b@x.org"
    )
    assert (found.registered_email, found.registration) == ("Ann.Lee@maine.gov", strength)
    assert [(fact.kind, fact.detail, fact.strength) for fact in found.evidence] == [
        ("registered address", "registered with Ann.Lee@maine.gov (export.csv:2)", strength),
        ("profile contact", "profile shows ann@example.org as contact (export.csv:2)", Strength.NONE),
        ("profile contact", "profile shows b@x.org as contact (export.csv:2)", Strength.NONE),
    ]
    assert account().registration is Strength.NONE


def test_times_are_the_row_s_own_or_the_pull_s() -> None:
    assert account().provenance.observed_at == NOW
    found = account(observed_at="2026-11-01T08:00:00-05:00", created_at="2019-03-04")
    assert found.provenance.observed_at == datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert found.created_at == datetime(2019, 3, 4, tzinfo=UTC)


MOMENTS = [
    ("2024-02-29", "", datetime(2024, 2, 29, tzinfo=UTC)),
    ("2024-02-29T13:05:00Z", "", datetime(2024, 2, 29, 13, 5, tzinfo=UTC)),
    ("2024-02-29 13:05:00.25", "", datetime(2024, 2, 29, 13, 5, 0, 250000, tzinfo=UTC)),
    ("02/29/2024", "", datetime(2024, 2, 29, tzinfo=UTC)),  # there is no month 29
    ("02/03/2024", "", None),
    ("02/29/2024", "MM/DD/YYYY", datetime(2024, 2, 29, tzinfo=UTC)),
    ("29.02.2024 13:05", "DD.MM.YYYY hh:mm", datetime(2024, 2, 29, 13, 5, tzinfo=UTC)),
    ("29/02/2024", "MM/DD/YYYY", None),
    ("2024-02-30", "", None),
    ("0001-01-01T00:00:00+10:00", "", None),
    ("45351", "", None),
]


@pytest.mark.parametrize(("text", "form", "expected"), MOMENTS)
def test_dates(text: str, form: str, expected: datetime | None) -> None:
    assert times.form(form).moment(text) == expected


def test_lists_handles_and_web_addresses() -> None:
    assert several(" a; b;a;;c ") == ("a", "b", "c")
    assert several("a;b\nc") == ("a;b", "c")
    assert same_handle("@Ann", "ann")
    assert same_handle("ann@mastodon.social", "Ann")
    assert same_handle("ann.bsky.social", "ann")
    assert not same_handle("ann", "bob")
    assert [web_address(text) for text in ("x.com/a", "http://x.com")] == ["https://x.com/a", "http://x.com"]
    assert [web_address(text) for text in ("data:text/html,x", "a b.com", "file:///etc", "word")] == [""] * 4


PEOPLE = {"employee_id": "0007", "given_name": "Ann", "family_name": "Lee", "work_email": "ann.lee@maine.gov"}


def person(options: dict[str, object] | None = None, /, **values: str) -> Person:
    return hr_csv.parse(raw(options, **PEOPLE | values))


STATUSES = [
    ({}, "Active", Status.ACTIVE, 0),
    ({}, " TERMINATED ", Status.TERMINATED, 0),
    ({}, "", Status.UNKNOWN, 0),
    ({}, "LOA", Status.UNKNOWN, 1),
    ({"status_values": {"loa": "leave"}}, "LOA", Status.LEAVE, 0),
    ({"status_values": {"A": "active"}}, "leave", Status.LEAVE, 0),
]


@pytest.mark.parametrize(("options", "text", "status", "notes"), STATUSES)
def test_status(options: dict[str, object], text: str, status: Status, notes: int) -> None:
    found = person(options, status=text)
    assert (found.status, len(found.notes)) == (status, notes)


def test_an_employee() -> None:
    found = person(other_emails="a.lee@maine.gov;ann@dot.maine.gov", start_date="2010-01-14", end_date="soon")
    assert found.employee_id == "0007"
    assert found.other_emails == ("a.lee@maine.gov", "ann@dot.maine.gov")
    assert (found.start_on, found.end_on) == (date(2010, 1, 14), None)
    assert len(found.notes) == 1
    assert "end_date 'soon'" in found.notes[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"employee_id": " "}, "no employee_id"),
        ({"employee_id": "1.2E+12"}, "rounded"),
        ({"employee_id": "#REF!"}, "'#REF!' only fills the cell"),
        ({"employee_id": "N/A"}, "'N/A' only fills the cell"),
        ({"given_name": "", "family_name": " ", "work_email": ""}, "neither a name nor an e-mail"),
    ],
)
def test_an_unusable_employee_says_why(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRow, match=sentence):
        person(**values)


def test_an_official_account() -> None:
    found = official_csv.parse(raw(platform="Twitter", handle="@MaineDOT", status="Retired", reviewed_on="2026-01-02"))
    assert (found.platform, found.handle, found.retired, found.reviewed_on) == ("x", "MaineDOT", True, date(2026, 1, 2))
    noted = official_csv.parse(raw(platform="x", url="https://x.com/MaineDOT", status="paused", reviewed_on="soon"))
    assert (noted.handle, noted.retired, len(noted.notes)) == ("MaineDOT", False, 2)
    for values in (
        {"platform": "?", "handle": "n/a"},
        {"platform": "x"},
        {"platform": "x", "url": "https://x.com/i/1"},
    ):
        with pytest.raises(BadRow):
            official_csv.parse(raw(**values))


def test_a_review_of_a_day_to_come_is_none() -> None:
    (note,) = (found := official_csv.parse(raw(platform="x", handle="MaineDOT", reviewed_on="2206-11-01"))).notes
    assert (found.reviewed_on, "lies after the day that is judged" in note) == (None, True)
    assert official_csv.parse(raw(platform="x", handle="MaineDOT", reviewed_on=f"{NOW:%Y-%m-%d}")).reviewed_on


def test_a_row_has_what_its_table_says_of_confirmation_and_nothing_else_of_that(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("platform,handle,email_verified\nx,ann,yes\n", encoding="utf-8")
    found = list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "list.csv"})))
    assert [sorted(set(item.values) - {"platform", *accounts_csv.SEARCHED, *accounts_csv.DAYS}) for item in found
            if isinstance(item, Raw)] == [["email_verified"]]  # fmt: skip


def test_an_agency() -> None:
    found = agencies_csv.parse(
        raw(
            agency_code=" 17 ",
            name="Department  of Transportation",
            acronyms="MaineDOT; DOT",
            domains="@MaineDOT.gov.",
            handles="Twitter:@MaineDOT; https://www.facebook.com/MaineDOT;x:MaineDOT",
        )
    )
    assert found == Agency(
        "17", "Department of Transportation", ("MaineDOT", "DOT"), domains=("mainedot.gov",),
        handles=(("x", "MaineDOT"), ("facebook", "MaineDOT")),
    )  # fmt: skip
    for values in ({"name": "A"}, {"agency_code": "1"}, {"agency_code": "1", "name": "A", "handles": "what:a"}):
        with pytest.raises(BadRow):
            agencies_csv.parse(raw(**values))


@pytest.mark.parametrize(
    ("written", "names", "acronyms"),
    [
        ("Human Affairs, Department of", ("Department of Human Affairs",), ()),
        ("HEALTH & HUMAN SERVICES, DEPT OF", ("DEPT OF HEALTH & HUMAN SERVICES",), ()),
        ("Labor, Energy & Trade, Department of", ("Department of Labor, Energy & Trade",), ()),
        ("Secretary of State, Office of the", ("Office of the Secretary of State",), ()),
        ("Human Affairs (Department of)", ("Department of Human Affairs",), ()),
        ("Department of Human Affairs (DHA)", ("Department of Human Affairs",), ("DHA",)),
        ("Department of Human Affairs (MDHA)", ("Department of Human Affairs",), ("MDHA",)),
        ("DHA – Department of Human Affairs", ("Department of Human Affairs",), ("DHA",)),
        ("Maine Department of Transportation - MaineDOT", ("Maine Department of Transportation",), ("MaineDOT",)),
        ("Human Affairs, Department of (DHA)", ("Department of Human Affairs",), ("DHA",)),
        ("017 - Department of Human Affairs", ("Department of Human Affairs",), ()),
        ("Department of Human Affairs (formerly Human Services)", ("Department of Human Affairs",), ()),
        ("Department of Human Affairs*", ("Department of Human Affairs",), ()),
        ("Department of Human Affairs", (), ()),
        ("DEPARTMENT OF HUMAN AFFAIRS (OLD)", (), ()),
        ("Department of Human Affairs (Augusta)", (), ()),
        ("Courts (District)", (), ()),
        ("Agriculture, Conservation and Forestry", (), ()),
        ("Bureau of Parks - North", (), ()),
        ("0171 Ways", (), ()),
    ],
)
def test_what_an_agency_s_name_in_a_list_says(written: str, names: tuple[str, ...], acronyms: tuple[str, ...]) -> None:
    found = agencies_csv.parse(raw(agency_code="017", name=written))
    assert (found.name, found.aliases, found.acronyms) == (written, names, acronyms)


@pytest.mark.parametrize(
    ("field", "cell", "expected"),
    [
        ("acronyms", "DHHS, MDHHS", ("DHHS", "MDHHS")),
        ("acronyms", "DHHS / MDHHS", ("DHHS", "MDHHS")),
        ("acronyms", "DHHS|MDHHS", ("DHHS", "MDHHS")),
        ("acronyms", "N/A", ()),
        ("aliases", "none", ()),
        ("aliases", "Maine Roads, Maine Bridges", ("Maine Roads", "Maine Bridges")),
        ("aliases", "Maine Roads | Ways, Maine", ("Maine Roads", "Ways, Maine")),
        ("aliases", "Ways, Signs", ("Ways, Signs",)),
        ("domains", "gmail.com; comcast.net dot.gov", ("dot.gov",)),
        (
            "aliases",
            "Roads; Agriculture, Conservation and Forestry",
            ("Roads", "Agriculture, Conservation and Forestry"),
        ),
        ("handles", "n/a", ()),
        ("handles", "x:MaineDOT, facebook:MaineDOT", (("x", "MaineDOT"), ("facebook", "MaineDOT"))),
        ("domains", "dot.gov, roads.gov", ("dot.gov", "roads.gov")),
        ("domains", "https://www.Dot.gov/; www.roads.gov", ("dot.gov", "roads.gov")),
        ("domains", "*.dot.gov @roads.gov.", ("dot.gov", "roads.gov")),
        ("domains", "none", ()),
        ("domains", "https://facebook.com/MaineDOT; dot.gov", ("dot.gov",)),
        ("domains", "web@gmail.com", ()),
        ("domains", "https://www.facebook.com/; x.com dot.gov", ("dot.gov",)),
        ("domains", "roads.wordpress.com dot.gov", ("dot.gov",)),
    ],
)
def test_what_an_agency_s_cell_lists(field: str, cell: str, expected: tuple[object, ...]) -> None:
    found = agencies_csv.parse(raw(agency_code="17", name="Department of Transportation", **{field: cell}))
    assert getattr(found, field) == expected


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"domains": "gmail.com, dot.gov"}, ["domains 'gmail.com' is Google's"]),
        ({"aliases": "Ways, Signs"}, ["aliases 'Ways, Signs' may be several names"]),
        ({"aliases": "Ways, Signs;"}, []),
        ({"aliases": "Maine Ways, Maine Signs"}, []),
        ({"name": "Roads / Ways"}, ["name 'Roads / Ways' may be several names"]),
        ({"name": "Roads / Ways", "aliases": "Roads"}, []),
        ({"name": "DOR - Department of Roads"}, []),
        ({"name": "Roads (formerly Ways)"}, ["'formerly Ways' was left aside"]),
        ({"name": "Roads (formerly known as Ways)", "aliases": "Ways"}, []),
        ({"name": "Agriculture, Conservation and Forestry"}, []),
    ],
)
def test_what_of_an_agency_is_left_aside_is_told(tmp_path: Path, values: dict[str, str], told: list[str]) -> None:
    row = {"agency_code": "17", "name": "Roads", "aliases": "", "domains": "", **values}
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, row)
        table.writeheader()
        table.writerow(row)
    items = agencies_csv.fetch(Source("agencies", tmp_path, {"path": "a.csv"}))
    remarks = [item.text for item in items if isinstance(item, Remark)]
    assert len(remarks) == len(told)
    assert all(part in remark for part, remark in zip(told, remarks, strict=True))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Acronym", "acronyms"), ("Abbreviation", "acronyms"), ("Short Name", "aliases"), ("Also known as", "aliases"),
        ("Phone", ""), ("Head", ""),
    ],
)  # fmt: skip
def test_a_column_that_may_hold_what_an_agency_goes_by_is_told(tmp_path: Path, heading: str, field: str) -> None:
    (tmp_path / "a.csv").write_text(f"agency_code,name,{heading}\n17,Roads,DOR\n18,Trails,N/A\n", "utf-8")

    def told(**options: object) -> list[str]:
        items = agencies_csv.fetch(Source("agencies", tmp_path, {"path": "a.csv", **options}))
        return [item.text for item in items if isinstance(item, Remark)]

    assert [f"the column '{heading}' may hold {field} (1 cells)" in one for one in told()] == [True] * bool(field)
    assert told(left_unread=[heading]) == []


def test_a_domain_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "agency_code,name,domains\n17,Roads,maine.gov/roads dot.gov\n18,Trails,N/A\n19,Parks,parks.gov\n", "utf-8"
    )
    items = list(agencies_csv.fetch(Source("agencies", tmp_path, {"path": "a.csv"})))
    (told,) = [item for item in items if isinstance(item, Remark)]
    assert (told.where, "'maine.gov/roads' is no domain" in told.text) == ("a.csv:2", True)


SETTINGS = [
    (accounts_csv.CONNECTOR, {"registration": "perhaps"}, "verified"),
    (accounts_csv.CONNECTOR, {"platform": "Palaverbox"}, "does not know"),
    (accounts_csv.CONNECTOR, {"platforms": {"a": "Palaverbox"}}, "does not know"),
    (accounts_csv.CONNECTOR, {"lists_official": "x"}, "lists_official a list"),
    (accounts_csv.CONNECTOR, {"covers": "facebook"}, "covers a list"),
    (accounts_csv.CONNECTOR, {"covers": ["facebook", "Palaverbox"]}, "does not know"),
    (accounts_csv.CONNECTOR, {"date_format": "MM/YYYY"}, "names no day"),
    (hr_csv.CONNECTOR, {"status_values": {"A": "aktiv"}}, "status_values"),
    (hr_csv.CONNECTOR, {"status_values": {"A": ["active"]}}, "status_values.*in small letters"),
    (hr_csv.CONNECTOR, {"date_format": "whenever"}, "names no day"),
]


@pytest.mark.parametrize(("connector", "options", "sentence"), SETTINGS)
def test_settings_are_checked_before_a_file_is_read(
    connector: Connector, options: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceDown, match=sentence):
        list(connector.fetch(Source("export", tmp_path, {"path": "none.csv", **options})))


def read(connector: Connector, folder: Path, **options: object) -> list[Record | None]:
    items = list(connector.fetch(Source("export", folder, options)))
    assert all(isinstance(item, Raw) for item in items)
    return [connector.parse(item) for item in items if isinstance(item, Raw)]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_names_of_every_kind_come_back_as_written(
    suffix: str, shared: Path, tmp_path: Path, written: Callable[..., Path]
) -> None:
    cases = json.loads((shared / "torture" / "names" / "edge_names.json").read_text(encoding="utf-8"))
    names = [case["name"] for case in cases if case["name"].strip()]
    if suffix == "xlsx":  # a cell cannot hold control characters
        names = [name for name in names if not any(category(letter) == "Cc" for letter in name)]
    rows = [
        ("employee_id", "given_name", "work_email"),
        *((str(n), name, f"n{n}@maine.gov") for n, name in enumerate(names)),
    ]
    path = tmp_path / f"hr.{suffix}"
    if suffix == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    elif suffix == "jsonl":
        path.write_text(
            "".join(json.dumps(dict(zip(rows[0], row, strict=True))) + "\n" for row in rows[1:]), encoding="utf-8"
        )
    else:
        written(path, rows)
    people = read(hr_csv.CONNECTOR, tmp_path, path=path.name)
    shown = [" ".join(filter(None, (one.given_name, one.family_name))) for one in people if isinstance(one, Person)]
    words = [sorted(name.replace(",", " ").split()) if "," in name else name.strip() for name in names]
    assert [sorted(s.split()) if "," in name else s for s, name in zip(shown, names, strict=True)] == words
    assert len(names) > 40


def test_location_is_accepted_and_never_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("platform,handle,location\nx,ann,Kennebunkport\n", encoding="utf-8")
    items = list(accounts_csv.fetch(Source("export", tmp_path, {"path": "a.csv"})))
    assert "Kennebunkport" not in repr(items)
    assert isinstance(read(accounts_csv.CONNECTOR, tmp_path, path="a.csv")[0], Account)


def test_a_registry_may_hold_urls_only(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("platform;url\nx;https://x.com/MaineDOT\n", encoding="utf-8")
    (found,) = read(official_csv.CONNECTOR, tmp_path, path="o.csv")
    assert isinstance(found, OfficialAccount)
    assert found.handle == "MaineDOT"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("STATE\\\\ann.lee", True),
        ("System.Object[]", True),
        ("ann.lee@elsewhere,org", True),
        ("#NAME?", True),
        ("n/a", False),
    ],
)
def test_a_registered_address_that_is_none_is_told_though_nothing_else_concerns_us(
    tmp_path: Path, written: str, told: bool
) -> None:
    written = written.replace("\\\\", "\\")
    (tmp_path / "a.csv").write_text(
        f'platform,handle,registered_email\nx,ann,"{written}"\nx,bo,bo@maine.gov\n', "utf-8"
    )
    nexus = Nexus(domains=("maine.gov",), terms=("mainedot",))
    items = list(accounts_csv.fetch(Source("export", tmp_path, {"path": "a.csv"}, nexus)))
    notes = [note for item in items if isinstance(item, Raw) for note in accounts_csv.parse(item).notes]
    assert any("is no address that can be read" in note for note in notes) == told


@pytest.mark.parametrize(
    ("written", "known"), [("2062-03-01", False), ("2026-11-27", False), ("2026-11-25T20:00:00Z", True), ("", True)]
)
def test_a_time_after_the_day_that_is_judged_is_told_and_unread(written: str, known: bool) -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    values = {"platform": "x", "handle": "ann", "registered_email": "ann@maine.gov", "created_at": written}
    found = accounts_csv.parse(Raw(values, "export", "a.csv:2", "0" * 64, day))
    assert ("created_at" in found.unread, any("lies after the day" in note for note in found.notes)) == (
        not known,
        not known,
    )

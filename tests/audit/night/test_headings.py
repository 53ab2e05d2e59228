"""What headings of other systems mean: one thing, two, or nothing of ours."""

import pytest

from audit.night.headings import meaning_of, meant, nearest, propose
from connectors import accounts_csv, hr_csv
from connectors.contract import Record
from connectors.records import Account, OfficialAccount, Person


@pytest.mark.parametrize(
    ("heading", "record", "field"),
    [
        ("Worker Status", Person, "status"),
        ("FIRSTNAME", Person, "given_name"),
        ("workRelationships.StartDate", Person, "start_date"),
        ("Payroll Name", Person, "full_name"),
        ("Work Secondary Email", Person, "other_emails"),
        ("EMAILID", Person, "work_email"),
        ("Incumbent", Person, "full_name"),
        ("Assignment Status Type", Person, "status"),
        ("profile.department", Person, "agency"),
        ("Legal Name - Last, First", Person, "full_name"),
        ("Name (Last, First MI)", Person, "full_name"),
        ("Last Name, First Name", Person, "full_name"),
        ("agencies.name", OfficialAccount, "agency_code"),
        ("service_key", OfficialAccount, "platform"),
        ("user_registered", Account, "created_at"),
        ("Service URL", OfficialAccount, "url"),
    ],
)
def test_a_heading_of_one_meaning(heading: str, record: type[Record], field: str) -> None:
    assert meaning_of(heading, record).sure == field


@pytest.mark.parametrize(
    "heading",
    [
        "Home Email", "Home Secondary Email", "Recovery Email", "Secondary Email", "secondEmail", "Personal Email",
        "Home E-mail", "Home Email Address", "Primary Home Email", "private e-mail", "E-mail (private)",
        "Alternate email", "alternate_email_address", "PERSONAL_EMAIL_ADDR", "recoveryEmailAddress", "Non-Work Email",
        "Backup E-Mail", "Gmail", "Emergency Contact Email", "Spouse's e-mail",
    ],
)  # fmt: skip
def test_a_private_address_is_never_proposed(heading: str) -> None:
    found = meaning_of(heading, Person)
    assert (found.fields, found.known) == ((), True)
    assert "private" in found.note
    assert meant(heading, Person) == nearest(heading, Person) == ""
    assert heading in propose(["Email", heading], Person, hr_csv.FIELDS).left


@pytest.mark.parametrize(
    "heading", ["Alternate Work Email", "Homepage", "Home Department", "Secondary Phone", "Email 2"]
)
def test_other_headings_are_not_taken_for_private_addresses(heading: str) -> None:
    assert not meaning_of(heading, Person).note.startswith("a private address")


@pytest.mark.parametrize("heading", ["Supervisor (Last, First)", "Manager Name - Last, First", "manager.displayName"])
def test_the_name_of_somebody_else_is_no_name_of_the_person(heading: str) -> None:
    assert not meaning_of(heading, Person).fields


@pytest.mark.parametrize("heading", ["UserPrincipalName", "Enabled", "Company", "Cost Center", "Other Email"])
def test_a_heading_of_two_meanings_is_asked(heading: str) -> None:
    found = propose(["Employee Number", heading], Person, hr_csv.FIELDS)
    assert found.columns == {"employee_id": "Employee Number"}
    assert heading in found.asked
    assert heading not in found.columns.values()


def test_of_two_headings_for_one_field_the_likelier_is_taken_and_the_other_told() -> None:
    found = propose(["Original Hire Date", "Hire Date", "Shoe Size"], Person, hr_csv.FIELDS)
    assert found.columns == {"start_date": "Hire Date"}
    assert found.others == {"Original Hire Date": "start_date"}
    assert found.unknown == ("Shoe Size",)


def test_our_own_names_go_first() -> None:
    found = propose(["mail", "Work_Email"], Person, hr_csv.FIELDS)
    assert found.columns == {"work_email": "Work_Email"}
    assert found.others == {"mail": "work_email"}


def test_a_heading_has_one_meaning_left_where_its_others_have_a_column() -> None:
    found = propose(["Platform", "Name"], Account, accounts_csv.FIELDS)
    assert found.columns == {"platform": "Platform", "display_name": "Name"}
    assert propose(["Name"], Account, accounts_csv.FIELDS).asked == {"Name": ("platform", "display_name")}

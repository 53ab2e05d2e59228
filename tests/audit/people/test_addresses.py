import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model.organization import Organization
from audit.people import addresses
from audit.people.addresses import mail_system, parse_address, state_mailbox, without_contacts
from connectors.platforms import fold_domain
from connectors.records import Agency
from tests.paths import SHARED

MAINE = Organization(
    name="State of Maine",
    state="ME",
    mail_domains=("maine.gov", "state.me.us"),
    other_domains=("courts.maine.gov",),
    agencies=(Agency("17", "Department of Transportation", domains=("mainedot.gov",)),),
)
SYSTEM = mail_system(MAINE)


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("jane.doe@maine.gov", "jane.doe@maine.gov"),
        ("JANE.DOE@MAINE.GOV", "jane.doe@maine.gov"),
        ("  Jane Doe <Jane.Doe@Maine.gov> ", "jane.doe@maine.gov"),
        ("mailto:jane.doe@maine.gov?subject=hello", "jane.doe@maine.gov"),
        ("jane.doe+facebook@maine.gov", "jane.doe@maine.gov"),
        ("jane.doe@state.me.us", "jane.doe@maine.gov"),
        ("jane.doe@dhhs.maine.gov", "jane.doe@dhhs.maine.gov"),
        ("jane.doe@courts.maine.gov", "jane.doe@courts.maine.gov"),
        ("jane.doe@mainedot.gov", "jane.doe@mainedot.gov"),
        ("o'neil@maine.gov", "o'neil@maine.gov"),
        ("jané@maine.gov", "jané@maine.gov"),
        ("jane@ｍaine.gov", "jane@maine.gov"),
        ("jane.doe@notmaine.gov", ""),
        ("jane.doe@maine.gov.example", ""),
        ("jane.doe@maine-gov.org", ""),
        ("maine.gov@gmail.com", ""),
        ("jane.doe@xn--mine-0na.gov", ""),
        ("no_email@maine.gov", ""),
        ("unknown+1@maine.gov", ""),
        ("j***@maine.gov", ""),
        ("@maine.gov", ""),
        ("+tag@maine.gov", ""),
        ("maine.gov", ""),
        ("", ""),
        ("a@maine.gov; b@maine.gov", ""),
    ],
)
def test_state_mailbox(text: str, mailbox: str) -> None:
    assert state_mailbox(text, SYSTEM) == mailbox


def test_organization_domains_may_be_international() -> None:
    system = mail_system(Organization("Land", "LD", ("münchen.example",)))
    assert state_mailbox("kim@xn--mnchen-3ya.example", system) == "kim@xn--mnchen-3ya.example"
    assert fold_domain(" MÜNCHEN.example. ") == "xn--mnchen-3ya.example"


@given(
    st.from_regex(r"[a-z][a-z0-9_]{0,12}(\.[a-z0-9]{1,8})?", fullmatch=True),
    st.sampled_from(["", "+x", "+a.b"]),
    st.booleans(),
)
def test_one_mailbox_however_it_is_written(local: str, tag: str, upper: bool) -> None:
    text = f"{local}{tag}@state.me.us"
    assert state_mailbox(text.upper() if upper else text, SYSTEM) == f"{local}@maine.gov"


@given(st.text())
def test_any_text_is_an_address_or_not_and_never_an_error(text: str) -> None:
    parse_address(text)


@given(
    st.sampled_from(["ada", "A.b+x", "a..b", ".a", "a.", "+", "a" * 64, "a" * 65, "o'neil", "a_b-c", "é"]),
    st.sampled_from(
        [
            "maine.gov", "Maine.GOV", "maine", "a..gov", "-a.gov", "a-.gov", "x.test", "localhost", "a.local",
            "1.2.3.4", "xn--mnchen-3ya.de", "xn--zzzz.com", "b" * 64 + ".com", ".".join(["c" * 60] * 4) + ".com",
            "", ".",
        ]
    ),
)  # fmt: skip
def test_a_plain_address_is_read_as_the_library_reads_it(local: str, domain: str) -> None:
    written, ascii_domain = addresses._validated(f"{local}@{domain}")
    name, _, tag = written.casefold().partition("+")
    known = addresses.Address(name, ascii_domain, tag) if name and "." in ascii_domain else None
    assert parse_address(f"{local}@{domain}") == known


def test_the_library_test_addresses_never_raise() -> None:
    folder = SHARED / "torture" / "email-validator"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set IDENTITY_AUDIT_SHARED to the folder with the torture data")
    raw = json.loads((folder / "test_syntax_inputs.json").read_text(encoding="utf-8"))
    texts = [value for value in _strings(raw) if "@" in value]
    assert len(texts) > 200
    for text in texts:
        parsed = parse_address(text)
        assert parsed is None or ("@" not in parsed.domain and "." in parsed.domain)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 207-555-0143", "call …"),
        ("(207) 555-0143, or +1 207.555.0143", "…, or …"),
        ("1-207-555-0143", "…"),
        ("quill@example.org", "q…@example.org"),
        (
            "Jane Doe <jane.doe@state.me.us>, for quill@example.org",
            "Jane Doe <jane.doe@state.me.us>, for q…@example.org",
        ),
        (
            "DOT-2026-14 of 2026-11-30, 11/30/2026, 0000017, @fern",
            "DOT-2026-14 of 2026-11-30, 11/30/2026, 0000017, @fern",
        ),
        ("", ""),
    ],
)
def test_no_way_to_reach_a_person_is_shown(text: str, shown: str) -> None:
    assert without_contacts(text, SYSTEM) == shown
    assert "jane.doe@" not in without_contacts(shown)

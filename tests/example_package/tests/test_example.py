"""What a package proves of itself, with the suites that identity-audit brings."""

import json
from pathlib import Path

import pytest
from example_audit import forum, members, psv, rules

from audit.rules.conformance import check_rule
from connectors.conformance import check_empty_values, check_files, check_statement
from connectors.conformance_http import CHECKS, Conversation
from connectors.files import formats
from connectors.made_platform import Made

MEMBERS = "member,email\nmoss,moss@maine.gov\nfern,fern@example.org\n"
ACCOUNTS = [
    {"id": "7", "name": "MaineDOT", "email": "jane.doe@maine.gov", "signed_in_at": "PRIVATE-7261"},
    {"id": "8", "name": "otter", "email": "otter@example.org", "signed_in_at": "PRIVATE-7261"},
]
FORUM = Made(
    {"url": "https://forum.example.gov", "token": {"file": "token"}},
    lambda request: (200, {"Content-Type": "application/json"}, json.dumps({"accounts": ACCOUNTS})),
)


def test_the_members(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    check_statement(members.CONNECTOR)
    check_files(members.CONNECTOR, tmp_path / "members.csv")
    check_empty_values(members.CONNECTOR)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_forum(check, tmp_path: Path) -> None:
    check_statement(forum.CONNECTOR)
    check(Conversation(forum.CONNECTOR, FORUM, tmp_path))


def test_the_rule() -> None:
    check_rule(rules.shows_a_state_mailbox)


def test_the_format(tmp_path: Path) -> None:
    (tmp_path / "members.psv").write_text("member|email\nmoss|\n", encoding="utf-8")
    assert list(formats.format_faults(psv.FORMAT)) == []
    assert list(psv.FORMAT.table(tmp_path / "members.psv")) == [("1", ["member", "email"]), ("2", ["moss", ""])]

"""What connectors share when they make records: texts, evidence, provenance, credentials, and what a search asks."""

import ast
import inspect
import re
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.catalog import CONNECTORS
from connectors.contract import (
    BadRow,
    Covers,
    Declared,
    KeyedOn,
    Nexus,
    Outcome,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceDown,
    registered,
    texts,
)
from connectors.http.brands import BrandSearch
from connectors.http.sweep import EmployeeLookup
from connectors.http.tokens import basic, bearer
from connectors.records import Account, Provenance, Strength
from tests.conversing import CANARY, conversation

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RAW = Raw({"id": "7", "name": None, "count": 3}, "test", "/users:7", "ab" * 32, NOON)
ORIGIN = Provenance("test", "/users:7", NOON, "ab" * 32)
OWN = Source("test", Path(), nexus=Nexus(("maine.gov",), names=("MaineDOT",), handles=(("x", "a"), ("x", "b"))))


def test_an_account_that_says_nothing_claims_nothing():
    account = Account("x", provenance=ORIGIN)
    assert {one.name: getattr(account, one.name) for one in fields(account)} == {
        "platform": "x", "account_id": "", "handle": "", "url": "", "display_name": "", "bio": "", "links": (),
        "emails": (), "registered_email": "", "registration": Strength.NONE, "created_at": None, "provenance": ORIGIN,
        "evidence": (), "notes": (), "signals": (), "registered_others": (), "unread": (), "unread_handle": "",
        "dated": False, "against": "", "said": (),
    }  # fmt: skip
    assert not hasattr(account, "__dict__")
    with pytest.raises(FrozenInstanceError):
        account.handle = "other"  # type: ignore[misc]
    with pytest.raises(TypeError, match="provenance"):
        Account("x")  # type: ignore[call-arg]


def test_where_a_record_comes_from():
    assert RAW.provenance == ORIGIN


def test_texts():
    assert texts(RAW, ("id", "name", "bio"), "strange", needed="id") == {"id": "7", "name": "", "bio": ""}
    for names, needed in ((("id", "count"), ""), (("id", "name"), "name"), (("id", "bio"), "bio")):
        with pytest.raises(BadRow, match=r"^strange$"):
            texts(RAW, names, "strange", needed=needed)


def test_an_address_is_evidence_and_none_is_no_evidence():
    (one,) = registered(RAW, "a@maine.gov", "registered with a@maine.gov", Strength.WEAK)
    assert (one.kind, one.detail, one.strength) == ("registered address", "registered with a@maine.gov", Strength.WEAK)
    assert (one.source, one.observed_at, one.sha256) == ("test", NOON, RAW.digest)
    assert registered(RAW, "", "registered with ", Strength.WEAK) == ()


def test_headers_that_carry_credentials(tmp_path: Path):
    (tmp_path / "token").write_text(CANARY)
    source = Source("test", tmp_path, {"token": {"file": "token"}, "password": {"file": "none"}})
    assert bearer(source)() == {"Authorization": f"Bearer {CANARY}"}
    assert basic(Source("test", tmp_path, {"p": {"file": "token"}}), "me", "p")() == {
        "Authorization": "Basic bWU6Y2FuYXJ5LTdmM1F4OVpwTDB2QjJuSzhzVDR3"
    }
    with pytest.raises(SourceDown, match=r"^test: password: the file"):
        basic(source, "me", "password")


SEARCHES = [
    # (search, its options, the most requests for all of its keys)
    (BrandSearch("x"), ["handles"], 2),
    (BrandSearch("x", batch=100), ["handles"], 1),
    (BrandSearch("x", pages=5), ["terms", "handles"], 2 + 2 * 5),
    (BrandSearch("x", pages=5, batch=2, turns=2, besides=1), ["terms", "handles"], 1 + 1 + 2 * 5 * 2),
    (BrandSearch(pages=3, domains=False), ["terms"], 3),
    (BrandSearch(platform_of=lambda _: "x", here=lambda _, one: one.handle == "a", pages=1), ["terms", "handles"], 3),
]


@pytest.mark.parametrize(("search", "options", "most"), SEARCHES)
def test_a_search_for_the_organization_s_names(search, options, most):
    keys = search.sweep.keys(OWN)
    assert (*search.handles(OWN), *search.terms(OWN)) == keys
    assert search.sweep.requests(OWN, keys) == most
    assert search.sweep.keyed_on is KeyedOn.BRANDS
    assert [name for name in search.options if name in ("terms", "handles")] == options


def test_a_look_up_of_employees():
    lookup = EmployeeLookup("an address", discloses="the address", besides=lambda _: 2)
    source = Source("test", Path(), {"must_find": "me@maine.gov"}, addresses=("a@maine.gov", "me@maine.gov"))
    assert lookup.sweep.keys(source) == ("me@maine.gov", "a@maine.gov")
    assert lookup.sweep.requests(source, lookup.keys(source)) == 4
    assert lookup.sweep.requests(source, ()) == 0
    assert (lookup.sweep.discloses, lookup.covers) == ("the address", Covers.THOSE_ASKED)
    assert lookup.options["must_find"] == "a canary: an address, or nothing is judged"
    assert lookup.options["must_not_find"].startswith("a canary: one that does not exist")


@pytest.mark.parametrize("name", [name for name, connector in CONNECTORS.items() if connector.service is not None])
def test_what_it_is_configured_with_and_reads_by_name_are_options_of_it(name: str):
    """An option may be read by a function that connectors share, where a look at `options.get` does not find it."""
    connector = CONNECTORS[name]
    tree = ast.parse(inspect.getsource(inspect.getmodule(connector.fetch)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [
        (ast.unparse(call.func), part.value) for call in calls for part in call.args if isinstance(part, ast.Constant)
    ]
    read = {value for function, value in named if function in ("read_secret", "number")}
    read |= {"token" for call in calls if ast.unparse(call.func) == "bearer"}
    assert read | set(conversation(connector).OPTIONS) <= {*connector.options}


ODD = Rejected("/users", "a user has no id", unnamed=True)


def profile(number: str, handle: str) -> Raw:
    return Raw({"id": number, "handle": handle}, "test", f"/users:{number}", number.rjust(64, "0"), NOON)


@pytest.mark.parametrize(
    ("by_id", "told"),
    [
        # renamed, and whoever has the old handle now cannot be read
        ({"1": profile("1", "new")}, (Outcome.ANSWERED, "1")),
        # one of both cannot be read, by neither
        ({}, (Outcome.FAILED, "")),
        # its own id is gone; who has its handle cannot be told
        ({"1": Outcome.NOT_FOUND}, (Outcome.FAILED, "")),
    ],
)
def test_what_cannot_be_read_of_declared_accounts_costs_itself_alone_and_is_told(by_id, told):
    names = BrandSearch("x", account_id=re.compile("[0-9]+"), batch=2)
    asked = {"@one": Declared("x", "one", "1"), "@two": Declared("x", "two")}
    by_handle = {"two": profile("2", "two")}
    answers = list(
        names.look_up(asked, lambda _: (by_id, []), lambda _: (by_handle, [ODD]), lambda raw: raw.values["handle"])
    )
    found = {
        one.key: (one.outcome, "".join(part.values["id"] for part in one.items if isinstance(part, Raw)))
        for one in answers
    }
    assert found == {"@one": told, "@two": (Outcome.ANSWERED, "2")}
    assert [part for one in answers for part in one.items if isinstance(part, Rejected)] == [ODD]
    remarks = [part.where for one in answers for part in one.items if isinstance(part, Remark)]
    assert remarks == [key for key, (outcome, _) in found.items() if outcome is Outcome.FAILED]


def test_a_declared_account_alone_that_cannot_be_read_is_a_bad_row():
    names = BrandSearch("x")
    with pytest.raises(BadRow, match="no id"):
        list(names.look_up({"@one": Declared("x", "one")}, lambda _: ({}, []), lambda _: ({}, [ODD]), str))

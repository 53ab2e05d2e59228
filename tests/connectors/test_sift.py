"""The one predicate over record batches: what it keeps, what it leaves out, and that it can be sent elsewhere."""

import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cases.gate import passes, search_for
from audit.people.identity import registry
from audit.profiles.example_state import default_organization
from connectors.contract import Nexus
from connectors.files.furniture import Furniture
from connectors.files.headings import FileRow, Wanted
from connectors.records import Account, Provenance
from connectors.sift import sift, terms_of
from tests.sifting import stays

FIELDS = ("handle", "display_name", "bio", "links", "emails", "registered_email")
NEXUS = Nexus(
    domains=("maine.gov", "xn--bcher-kva.example"),
    terms=("mainedot", "dhhs"),
    together=(("maine",), (("dep",), ("warden",), ("plow", "driver"))),
)
TERMS = terms_of(NEXUS, FIELDS)
MAINE = default_organization()
OURS = terms_of(search_for(MAINE), FIELDS)
NOBODY = registry(())
assert TERMS is not None
assert OURS is not None


@pytest.mark.parametrize(
    ("field", "text", "stay"),
    [
        ("bio", "plow driver, MAINEDOT", True),
        ("bio", "gardener", False),
        ("bio", "jardinière à Montréal ✨", False),
        ("bio", "Maine coon cats", False),
        ("bio", "Maіne Wärden", True),
        ("bio", "Ma🌲ine🌲DOT", True),
        ("bio", "Ma\u200bi\u00adneDOT", True),
        ("emails", "ada@maine。gov", True),
        ("emails", "ada@BÜCHER.example", True),
        ("emails", "ada@xn--bcher-kva.example", True),
        ("emails", "ada@else.example", False),
        ("bio", "shown \u202ebackwards", True),
        ("bio", "lost \ufffd letters", True),
        ("registered_email", "DOMÄNE\\jörg", True),
        ("registered_email", "#N/A", True),
        ("registered_email", "ada@else,example", True),
    ],
)
def test_a_row(field: str, text: str, stay: bool) -> None:
    assert stays({field: text}, TERMS) is stay


def test_headings_that_stand_again_stay_and_no_address_stands_beside_them() -> None:
    furniture = Furniture(Wanted(FIELDS))
    terms = replace(TERMS, always=f"{TERMS.always}|{furniture.marks}")
    again = {"handle": "handle", "display_name": "Display Name", "registered_email": "Registered Email"}
    named = {"handle": "h1", "display_name": "Name", "registered_email": "a@else.example"}
    for values, stay in ((again, True), (named, False), (named | {"registered_email": ""}, True)):
        assert stays(values, terms) is stay
        assert (furniture.seen(FileRow("a.csv:2", values)) is not None) is (values is again)


def test_one_of_each_group_may_stand_in_different_fields() -> None:
    assert stays({"display_name": "Maine", "bio": "a warden"}, TERMS)


def test_a_term_ends_with_its_row_and_field() -> None:
    batch = pa.RecordBatch.from_pydict({"handle": ["maine", "dot", "maine", None], "bio": ["", "", "dot", "mainedot"]})
    assert sift(batch, TERMS).to_pylist() == [False, False, False, True]


def test_a_part_of_a_batch_and_an_empty_one() -> None:
    batch = pa.RecordBatch.from_pydict({"bio": ["é", "mainedot", "x", "mainédot", ""]})
    assert sift(batch.slice(1, 3), TERMS).to_pylist() == [True, False, True]
    assert sift(batch.slice(0, 0), TERMS).to_pylist() == []
    assert sift(batch.slice(4), TERMS).to_pylist() == [False]


def test_without_any_of_its_columns_everything_stays() -> None:
    assert sift(pa.RecordBatch.from_pydict({"other": ["x"]}), TERMS).to_pylist() == [True]


def test_it_can_be_sent_to_where_the_rows_are() -> None:
    sent = pickle.dumps((sift, TERMS))
    code = (
        "import pickle, sys, pyarrow as pa; sift, terms = pickle.loads(sys.stdin.buffer.read());"
        "print(sift(pa.RecordBatch.from_pydict({'bio': ['mainedot', 'x']}), terms).to_pylist(),"
        " {'duckdb', 'sqlite3', 'audit'} & sys.modules.keys())"
    )
    told = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True)
    assert told.stdout.decode().strip() == "[True, False] set()"


DISGUISES = {
    "a": "aAàаＡᴀ𝐚", "e": "eEéеｅᴇ𝓮", "i": "iIïіｉɪ", "o": "oOøоＯᴏ", "d": "dDđⅾᴅ", "m": "mMṁⅿМ", "n": "nNñ",
    "t": "tTťТ", "h": "hHНḧ", "s": "sSѕşſ", ".": ".．。", "@": "@＠", " ": " \u00a0\u3000\t",
}  # fmt: skip
HIDDEN = ("", "", "", "", "", "\u200b", "\u00ad", "\u0301", "\ufe0f", "🌲", "•")
PHRASES = (
    "MaineDOT", "Maine Department of Transportation", "DHHS in Augusta, Maine", "ada@maine.gov", "Maine State Trooper",
    "works at Maine DEP", "@mainedot", "agent for the State of Maine", "Maine DHHS caseworker",
)  # fmt: skip


@settings(deadline=None)
@given(data=st.data(), phrase=st.sampled_from(PHRASES), field=st.sampled_from(FIELDS))
def test_what_passes_the_exact_gate_is_never_left_out(data: st.DataObject, phrase: str, field: str) -> None:
    text = "".join(
        data.draw(st.sampled_from(DISGUISES.get(sign.lower(), sign))) + data.draw(st.sampled_from(HIDDEN))
        for sign in phrase
    )
    shown: dict[str, Any] = {field: (text,) if field in ("links", "emails") else text}
    account = Account("x", provenance=Provenance("s", "s:1", None, ""), **shown)
    if passes(account, MAINE, NOBODY):
        assert stays({field: text}, OURS)

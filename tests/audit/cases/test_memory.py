"""What was read once is not read again, says the same, and is read anew where anything has changed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cases.gate import passes, restrained
from audit.cases.kept import Memory
from audit.people.identity import registry
from audit.profiles.example_state import default_organization
from connectors.records import Account, Provenance
from tests.counted import counting
from tests.paths import ROOT

MAINE = default_organization()
NOBODY = registry(())
LINES = [
    line.split("|")
    for line in (ROOT / "tests/audit/profiles/affiliation_cases.txt").read_text(encoding="utf-8").splitlines()
    if line.count("|") == 3
]
HOSTILE = (
    "Views my own. \u202etodeniam\u202c", "Ma\u200bi\u00adne 🌲 D O T", "call 207-555-0134, born 1/2/1970", "\x1f",
    "\ud800", "ada+local12@maine.gov", "MaineDOT" * 40, "l'État du Maine", "not MaineDOT's opinions",
)  # fmt: skip


class Notes(dict[str, Any]):
    """A memory of one night in a dict."""

    def memory(self, by: str = "today") -> Memory:
        return Memory(by, self.get, self.__setitem__)


def account(handle: str, name: str, bio: str, email: str = "") -> Account:
    return Account(
        "x",
        handle=handle,
        display_name=name,
        bio=bio,
        registered_email=email,
        provenance=Provenance("s", "1", None, ""),
    )


PROFILES = st.one_of(
    st.sampled_from(LINES).map(lambda line: account(*line[1:])),
    st.builds(
        account,
        st.sampled_from(["", "mainedot_jay", "jay"]),
        st.sampled_from(["", "Jay, MaineDOT", *HOSTILE]),
        st.lists(st.sampled_from([*HOSTILE, *(line[3] for line in LINES[:40])]), max_size=3).map(" ".join),
        st.sampled_from(["", "ada@maine.gov", "ada@else.example"]),
    ),
)


@settings(deadline=None)
@given(one=PROFILES)
def test_what_is_known_is_what_would_be_read(one: Account) -> None:
    notes = Notes()
    fresh = restrained(one, MAINE, NOBODY), passes(one, MAINE, NOBODY)
    for _ in range(2):
        assert (
            restrained(one, MAINE, NOBODY, memory=notes.memory()),
            passes(one, MAINE, NOBODY, notes.memory()),
        ) == fresh


@pytest.mark.parametrize(
    ("by", "change", "read"),
    [
        ("today", {}, 1),
        ("other words", {}, 2),
        ("today", {"bio": "Plow driver at MaineDOT "}, 2),
        ("today", {"display_name": "Jo"}, 2),
        ("today", {"handle": "jo"}, 2),
        ("today", {"links": ("https://maine.gov",)}, 2),
        ("today", {"registered_email": "ada@maine.gov"}, 2),
        ("today", {"registered_email": "ada@else.example", "account_id": "17", "url": "https://x.com/jay"}, 1),
    ],
)
def test_what_has_changed_is_read_anew(
    by: str, change: dict[str, Any], read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = counting(monkeypatch)
    notes, one = Notes(), account("jay", "Jay", "Plow driver at MaineDOT")
    restrained(one, MAINE, NOBODY, memory=notes.memory())
    restrained(replace(one, **change), MAINE, NOBODY, memory=notes.memory(by))
    assert len(counts.readings) == read


def test_nothing_is_noted_of_who_has_no_tie() -> None:
    notes = Notes()
    assert not passes(account("jay", "Jay", "gardener"), MAINE, NOBODY, notes.memory())
    restrained(account("jay", "Jay", "gardener"), MAINE, NOBODY, work=True, memory=notes.memory())
    assert not notes

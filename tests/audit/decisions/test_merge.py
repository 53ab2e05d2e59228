"""Three-way merge as a table: what the copy was written with, what it says, what the ledger holds, what follows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.decisions import merge as merging
from audit.decisions.merge import CellOutcome, merge, settle
from audit.model.decisions import Background, Copy, Merged, Once, ReviewRow, Said
from audit.model.finding import DISPOSITIONS
from audit.model.sheet import CUT_MARK

SAME, TAKEN, CONFLICT, WITHDRAWN, STALE = CellOutcome
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE = "E-1-0123456789ab"


@pytest.mark.parametrize(
    ("shown", "theirs", "ours", "dated", "outcome"),
    [
        # untouched
        ({""}, "", "", True, SAME),
        ({"a"}, "a", "a", True, SAME),
        ({""}, "", "b", True, SAME),  # decided elsewhere since: an old copy says nothing against it
        ({"a"}, "a", "", True, SAME),
        # changed in the copy only
        ({""}, "a", "", True, TAKEN),
        ({"a"}, "b", "a", True, TAKEN),
        ({"a"}, "", "a", True, TAKEN),
        # changed on both sides
        ({""}, "a", "a", True, SAME),
        ({""}, "a", "b", True, CONFLICT),
        ({"a"}, "b", "c", True, CONFLICT),
        ({"a"}, "", "c", True, CONFLICT),
        ({"a"}, "b", "", True, CONFLICT),
        # a run that was killed and begun again: the copy may show either
        ({"", "a"}, "", "a", True, SAME),
        ({"", "a"}, "a", "", True, SAME),
        ({"", "a"}, "b", "a", True, TAKEN),
        # a copy that does not say its night: whatever was ever written is no change
        ({"", "a"}, "", "a", False, SAME),
        ({"", "a", "b"}, "a", "b", False, STALE),
        ({"", "a"}, "b", "", False, TAKEN),
        ({"", "a"}, "b", "a", False, CONFLICT),  # written before the ledger's word, or after it: nobody knows
    ],
)
def test_settle(shown: set[str], theirs: str, ours: str, dated: bool, outcome: CellOutcome) -> None:
    assert settle(theirs, ours, shown, dated=dated) is outcome


@pytest.mark.parametrize(
    ("shown", "said", "settled", "theirs", "ours", "outcome"),
    [
        ("", "a", True, "b", "a", TAKEN),
        ("", "a", True, "a", "b", SAME),  # decided elsewhere since it was read
        ("", "a", True, "c", "b", CONFLICT),
        ("", "a", True, "c", "", CONFLICT),  # withdrawn by somebody else, which this copy never showed
        ("", "a", True, "", "a", WITHDRAWN),
        ("", "a", True, "", "b", SAME),
        ("c", "a", True, "c", "b", WITHDRAWN),
        ("c", "c", True, "c", "b", SAME),
        # what could not be settled is asked again
        ("", "a", False, "a", "b", CONFLICT),
        ("", "a", False, "a", "", CONFLICT),
        ("", "a", False, "a", "a", SAME),
        ("", "a", False, "c", "b", CONFLICT),
        ("", "a", False, "", "b", SAME),
        ("c", "a", False, "c", "b", WITHDRAWN),
    ],
)
def test_the_same_copy_read_again(
    shown: str, said: str, settled: bool, theirs: str, ours: str, outcome: CellOutcome
) -> None:
    assert settle(theirs, ours, {shown}, {said}, settled=settled) is outcome


def copy(sha256: str, *rows: dict[str, str], finding_id: str = ONE) -> Copy:
    named = tuple(ReviewRow(f"{sha256}.xlsx:Findings:{n}", finding_id, row) for n, row in enumerate(rows, 7))
    return Copy(f"{sha256}.xlsx", sha256, NOON, "2026-11-20.1", named)


def merged(ledger: dict[str, str], *copies: Copy, shown: dict[str, str] | None = None) -> Merged:
    background = Background(True, {ONE: (ledger if shown is None else shown,)})
    return merge(copies, {one.sha256: background for one in copies}, {ONE: ledger})


def said(outcome: Merged) -> list[tuple[str, str, str]]:
    return [(one.field, one.words, one.stands) for found in outcome.problems.values() for one in found]


@pytest.mark.parametrize(
    ("ledger", "typed", "words", "problems"),
    [
        ({}, {"disposition": " Confirmed "}, {"disposition": "confirmed"}, []),
        ({}, {"disposition": "not\u00a0this  person\u00a0"}, {"disposition": "not this person"}, []),
        ({}, {"disposition": "maybe?"}, {"disposition": "maybe?"}, []),
        ({}, {"decided_on": "2026-11-20T00:00:00"}, {"decided_on": "2026-11-20"}, []),
        ({}, {"decided_on": "2026/11/20"}, {"decided_on": "2026-11-20"}, []),
        ({}, {"decided_on": "03/04/2026"}, {}, [("Decided on", "03/04/2026", "")]),
        ({}, {"decided_on": "next week", "note": "n"}, {"note": "n"}, [("Decided on", "next week", "")]),
        ({"decided_on": "2026-11-19"}, {"decided_on": "?"}, {"decided_on": "2026-11-19"},
         [("Decided on", "?", "2026-11-19")]),
        ({}, {"suppress_until": "2026-12-31"}, {}, [("Suppress until", "2026-12-31", "")]),
        ({}, {"suppress_until": "2026-12-31", "note": "on leave"},
         {"suppress_until": "2026-12-31", "note": "on leave"}, []),
        ({"note": "on leave"}, {"suppress_until": "2026-12-31"},
         {"suppress_until": "2026-12-31", "note": "on leave"}, []),
        ({"suppress_until": "2026-12-31", "note": "why"}, {"note": ""},
         {"suppress_until": "2026-12-31", "note": "why"}, [("Note", "", "why")]),
        ({"suppress_until": "2026-12-31", "note": "why"}, {"note": "", "suppress_until": ""}, {}, []),
        ({"Desk": "4"}, {"desk": "5"}, {"Desk": "5"}, []),
        ({"Desk": "4"}, {"desk": ""}, {}, []),
        ({}, {"Asked by": "phone"}, {"Asked by": "phone"}, []),
        ({"note": "kept"}, {"disposition": "duplicate"}, {"note": "kept", "disposition": "duplicate"}, []),
    ],
)  # fmt: skip
def test_one_row(ledger, typed, words, problems) -> None:
    outcome = merged(ledger, copy("a", typed))
    assert outcome.words[ONE] == words
    assert said(outcome) == problems
    assert bool(outcome.decided) == (words != ledger)


def test_two_copies_that_disagree() -> None:
    early, late = copy("a", {"disposition": "confirmed", "note": "spoke"}), copy("b", {"disposition": "duplicate"})
    outcome = merged({}, early, late)
    assert outcome.words[ONE] == {"disposition": "confirmed", "note": "spoke"}
    assert said(outcome) == [("Disposition", "duplicate", "confirmed")]
    assert [one.changes for one in outcome.decided] == [
        {"disposition": ("", "confirmed"), "note": ("", "spoke")},
    ]


def test_one_finding_on_two_rows_of_a_copy() -> None:
    outcome = merged({}, copy("a", {"note": ""}, {"note": "one"}, {"note": "two"}))
    assert outcome.words[ONE] == {"note": "one"}
    assert said(outcome) == [("Note", "two", "one")]


def test_an_unknown_id_keeps_its_words() -> None:
    outcome = merged({}, copy("a", {"note": "who?", "reviewer": "KL"}, {"note": ""}, finding_id="E-9-gone"))
    (problem,) = outcome.problems["a"]
    assert (problem.finding_id, problem.words) == ("E-9-gone", "Note: who?\nReviewer: KL")
    assert outcome.words == {ONE: {}}


def test_a_conflict_is_heard_again_when_the_copy_is_saved_again() -> None:
    first = merged({"disposition": "confirmed"}, copy("a", {"disposition": "duplicate", "note": "x"}), shown={})
    ((_, heard),) = first.said["a"]
    assert heard == Said({"disposition": "duplicate", "note": "x"}, frozenset({"disposition"}))
    background = Background(True, {}, {ONE: (heard,)})
    again = merge([copy("b", {"disposition": "duplicate", "note": "y"})], {"b": background}, first.words)
    assert said(again) == [("Disposition", "duplicate", "confirmed")]
    assert again.words[ONE] == {"disposition": "confirmed", "note": "y"}


def test_a_suppression_is_heard_once_its_reason_is_given() -> None:
    first = merged({}, copy("a", {"suppress_until": "2026-12-31", "note": ""}))
    before = {finding_id: (heard,) for finding_id, heard in first.said["a"]}
    later = copy("b", {"suppress_until": "2026-12-31", "note": "on leave"})
    again = merge([later], {"b": Background(True, {}, before)}, first.words)
    assert (said(first), said(again)) == ([("Suppress until", "2026-12-31", "")], [])
    assert again.words[ONE] == {"suppress_until": "2026-12-31", "note": "on leave"}


@pytest.mark.parametrize(
    ("word", "cell"),
    [
        ("x\n" * 300, "x\n" * 253 + "x " * 47),  # Excel's line feeds in a cell
        ("_x005F_x0041_", "_x0041_"),  # LibreOffice 7.4 loses an escape
        ("a" * 40_000, "a" * (32_767 - len(CUT_MARK)) + CUT_MARK),
    ],
)
def test_what_a_cell_makes_of_a_word_is_not_taken_for_typed(word: str, cell: str) -> None:
    outcome = merged({"note": word}, copy("a", {"note": cell, "reviewer": "KL"}))
    assert outcome.words[ONE] == {"note": word, "reviewer": "KL"}
    assert said(outcome) == []


def test_a_renamed_copy_does_not_say_again_what_was_withdrawn() -> None:
    """Taken from the copy under its old name, withdrawn in another, and the copy is saved under a new name."""
    since: dict[str, tuple[dict[str, str], ...]] = {ONE: ({"disposition": "confirmed"}, {})}
    renamed = Background(True, {ONE: ({},)}, None, since)
    cells = {"disposition": "confirmed", "note": "moved to my folder"}
    outcome = merge([copy("a", cells)], {"a": renamed}, {ONE: {}})
    assert outcome.words[ONE] == {"note": "moved to my folder"}
    assert said(outcome) == [("Disposition", "confirmed", "")]


CELLS = st.dictionaries(
    st.sampled_from(["disposition", "reviewer", "note", "Desk"]), st.sampled_from(["", *DISPOSITIONS[:3], "x", "y"])
)


@given(st.lists(CELLS, max_size=4), CELLS, CELLS)
def test_every_word_is_in_the_ledger_or_on_import_problems_or_was_shown(copies, shown, ledger) -> None:
    ledger = {name: text for name, text in ledger.items() if text}
    outcome = merged(ledger, *(copy(str(n), cells) for n, cells in enumerate(copies)), shown=shown)
    placed = {(name, after) for one in outcome.decided for name, (_, after) in one.changes.items()}
    told = {(one.field.casefold(), one.words) for found in outcome.problems.values() for one in found}
    for cells in copies:
        for name, text in cells.items():
            untouched = text in (shown.get(name, ""), ledger.get(name, ""))
            assert untouched or (name, text) in placed or (name.casefold(), text) in told
    assert all(text for words in outcome.words.values() for text in words.values())


@given(CELLS, CELLS, CELLS)
def test_merging_twice_changes_nothing(typed, shown, ledger) -> None:
    ledger = {name: text for name, text in ledger.items() if text}
    once = merged(ledger, copy("a", typed), shown=shown)
    before = {finding_id: (words,) for finding_id, words in once.said["a"]}
    again = merge([copy("b", typed)], {"b": Background(True, {ONE: (shown,)}, before)}, once.words)
    assert again.words == once.words
    assert again.decided == ()
    assert said(again) == said(once)


@pytest.mark.parametrize(
    ("ledger", "shown", "before", "row", "above", "words"),
    [
        # only a row that the copy changed is given the name, and only where it has none
        ({}, {}, None, {"disposition": "confirmed", "reviewer": ""}, "Ann",
         {"disposition": "confirmed", "reviewer": "Ann"}),
        ({}, {}, None, {"disposition": "", "reviewer": ""}, "Ann", {}),
        ({}, {}, None, {"note": "n", "reviewer": "Bo"}, "Ann", {"note": "n", "reviewer": "Bo"}),
        ({"note": "old"}, {"note": "old"}, None, {"note": "old", "reviewer": ""}, "Ann", {"note": "old"}),
        ({"note": "a", "reviewer": "Bo"}, {"note": "a", "reviewer": "Bo"}, None, {"note": "b", "reviewer": ""}, "Ann",
         {"note": "b", "reviewer": "Ann"}),
        # the change was refused: whose word stands is not hers
        ({"note": "theirs"}, {}, None, {"note": "n", "reviewer": ""}, "Ann", {"note": "theirs"}),
        # read again: a name once given stays the row's own, and gives way to nobody else's above
        ({"note": "n", "reviewer": "Ann"}, {}, Said({"note": "n", "reviewer": "", "\nreviewer": "Ann"}),
         {"note": "n", "reviewer": ""}, "Bo", {"note": "n", "reviewer": "Ann"}),
        ({"note": "n", "reviewer": "Ann"}, {}, Said({"note": "n", "reviewer": "", "\nreviewer": "Ann"}),
         {"note": "n", "reviewer": ""}, "", {"note": "n", "reviewer": "Ann"}),
        ({"note": "n", "reviewer": "Cy"}, {}, Said({"note": "n", "reviewer": "", "\nreviewer": "Ann"}),
         {"note": "n", "reviewer": ""}, "Ann", {"note": "n", "reviewer": "Cy"}),
        ({"note": "n", "reviewer": "Ann"}, {}, Said({"note": "n", "reviewer": "", "\nreviewer": "Ann"}),
         {"note": "m", "reviewer": ""}, "Bo", {"note": "m", "reviewer": "Bo"}),
        # the name came a night later than the words
        ({"note": "n"}, {}, Said({"note": "n", "reviewer": ""}), {"note": "n", "reviewer": ""}, "Ann",
         {"note": "n", "reviewer": "Ann"}),
    ],
)  # fmt: skip
def test_a_name_typed_once(ledger, shown, before, row, above, words) -> None:
    once = Once("a.xlsx:Findings:3", {"reviewer": above}) if above else None
    made = Copy("a.xlsx", "a", NOON, "2026-11-20.1", (ReviewRow("a.xlsx:Findings:7", ONE, row, once),))
    background = Background(True, {ONE: (shown,)}, {ONE: (before,)} if before else None)
    assert merge([made], {"a": background}, {ONE: ledger}).words[ONE] == words


def test_what_nobody_can_place_is_bounded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "WORDS", 100)
    monkeypatch.setattr(merging, "LISTED", 4)
    rows = tuple(ReviewRow(f"copy.xlsx:Findings:{at}", f"E-1-{at:012x}", {"note": "y" * 50}) for at in range(2, 9))
    copy = Copy("copy.xlsx", "d" * 64, NOON, "run", rows, ())
    told = merge([copy], {copy.sha256: Background(True, {}, None, {})}, {}).problems[copy.sha256]
    assert [bool(one.words) for one in told] == [True, False, False, False, False]
    assert all("the archived file keeps them" in one.reason for one in told[1:4])
    assert told[4].reason.startswith("3 more places of this copy could not be placed")

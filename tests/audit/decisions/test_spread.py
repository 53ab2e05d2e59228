"""What is typed for a person or an account reaches the findings, and gives way to what stands nearer to them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.decisions.copy import copy_of
from audit.decisions.merge import merge
from audit.decisions.spread import OVERRULED, STANDS, TWO_ROWS, UNSURE
from audit.model.decisions import Background, Copy, Level, Merged, Once, ReviewRow, Said
from audit.report.review_sheets import written_headings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE, TWO = "E-1-0123456789ab", "A-1-0123456789ab"
Words = dict[str, str]


def made(*rows: tuple[str, Level, Words], once: Once | None = None) -> Copy:
    """A copy of rows: (finding id, what the row is about, its words)."""
    places = [f"a.xlsx:{level}:{' '.join(words.values()).strip()}" for _, level, words in rows]
    listed = zip(places, rows, strict=True)
    made = tuple(ReviewRow(where, name, words, once, level) for where, (name, level, words) in listed)
    return Copy("a.xlsx", "a", NOON, "2026-11-20.1", made)


def merged(copy: Copy, shown: dict[str, Words] | None = None, before: dict[str, Said] | None = None) -> Merged:
    held: dict[str, Words] = {ONE: {}, TWO: {}} | (shown or {})
    said = {name: (one,) for name, one in before.items()} if before else None
    background = Background(True, {name: (words,) for name, words in held.items()}, said)
    return merge([copy], {"a": background}, held)


OWN, ACCOUNT, PERSON = Level
BLANK = ("Reviewer", "Decided on", "Suppress until", "Note")
EMPTY = {"disposition": "", "note": ""}
YES, NO = {"disposition": "confirmed"}, {"disposition": "not this person"}
OVER = {"disposition": "already corrected"}


@pytest.mark.parametrize(
    ("shown", "rows", "one", "two"),
    [
        # to all of a person's findings
        ({}, [(ONE, OWN, EMPTY), (TWO, OWN, EMPTY), (ONE, PERSON, YES), (TWO, PERSON, YES)], YES, YES),
        # unless a row was changed, in that field
        ({}, [(ONE, OWN, EMPTY | NO), (TWO, OWN, EMPTY), (ONE, PERSON, YES), (TWO, PERSON, YES)], NO, YES),
        ({}, [(ONE, OWN, EMPTY | {"note": "n"}), (ONE, PERSON, YES)], YES | {"note": "n"}, {}),
        # what was decided before is decided anew
        ({ONE: YES}, [(ONE, OWN, EMPTY | YES), (ONE, PERSON, NO)], NO, {}),
        ({ONE: YES}, [(ONE, OWN, EMPTY | YES), (ONE, PERSON, OVER)], OVER, {}),
        # an account's row is nearer than a person's, field by field
        ({}, [(ONE, OWN, EMPTY), (ONE, PERSON, YES | {"note": "p"}), (TWO, PERSON, YES | {"note": "p"}),
              (ONE, ACCOUNT, NO)], NO | {"note": "p"}, YES | {"note": "p"}),
        # the finding's own row, or its whole sheet, is not in the copy
        ({}, [(ONE, PERSON, YES), (TWO, ACCOUNT, NO)], YES, NO),
        # nothing but empty cells
        ({ONE: NO}, [(ONE, OWN, EMPTY | NO)], NO, {}),
    ],
)  # fmt: skip
def test_what_reaches_a_finding(shown, rows, one: Words, two: Words) -> None:
    outcome = merged(made(*rows), shown)
    assert (outcome.words[ONE], outcome.words[TWO]) == (one, two)
    assert outcome.problems["a"] == ()


def test_no_word_for_many_lays_upon_somebody_what_was_taken_off_them() -> None:
    typed = [(ONE, PERSON, YES | {"note": "p"}), (TWO, PERSON, YES | {"note": "p"})]
    outcome = merged(made((ONE, OWN, EMPTY | NO), (TWO, OWN, EMPTY), *typed), {ONE: NO})
    assert (outcome.words[ONE], outcome.words[TWO]) == (NO, YES | {"note": "p"})
    assert [(one.finding_id, one.words, one.stands, one.reason) for one in outcome.problems["a"]] == [
        (ONE, "confirmed", "not this person", STANDS)
    ]
    own = merged(made((ONE, OWN, EMPTY | YES), *typed), {ONE: NO})  # its own row may
    assert (own.words[ONE], own.problems["a"]) == (YES | {"note": "p"}, ())


def test_a_copy_of_an_unknown_night_loses_no_word_to_one_typed_for_many() -> None:
    stands: Words = {"disposition": "duplicate"}  # and "confirmed" before that
    background = Background(False, {ONE: ({}, YES, stands), TWO: ({},)}, None)
    for wide in (stands, OVER):
        rows = (ONE, OWN, EMPTY | YES), (TWO, OWN, EMPTY), (ONE, PERSON, wide), (TWO, PERSON, wide)
        outcome = merge([made(*rows)], {"a": background}, {ONE: stands, TWO: {}})
        told = {one.words: (one.finding_id, one.reason) for one in outcome.problems["a"]}
        assert (outcome.words[ONE], outcome.words[TWO]) == (stands, wide)
        assert told.pop("confirmed")[1].startswith("The ledger has held this word before")
        assert told == {wide["disposition"]: (ONE, UNSURE)}
    untouched = merge([made((ONE, OWN, EMPTY | stands), (ONE, ACCOUNT, NO))], {"a": background}, {ONE: stands, TWO: {}})
    assert [one.words for one in untouched.problems["a"]] == ["not this person"]  # of whose time nobody knows


def test_rows_of_one_kind_that_disagree_say_nothing() -> None:
    outcome = merged(made((ONE, ACCOUNT, YES), (ONE, ACCOUNT, NO), (ONE, PERSON, YES)))
    assert outcome.words[ONE] == {}
    assert [(one.where, one.words) for one in outcome.problems["a"] if one.reason == TWO_ROWS] == [
        ("a.xlsx:account:confirmed", "confirmed"), ("a.xlsx:account:not this person", "not this person"),
    ]  # fmt: skip
    same = merged(made((ONE, ACCOUNT, YES), (ONE, ACCOUNT, YES)))
    assert (same.words[ONE], same.problems["a"]) == (YES, ())


def test_a_word_that_every_finding_overrules_is_told_once() -> None:
    outcome = merged(made((ONE, OWN, EMPTY | NO), (TWO, OWN, EMPTY | NO), (ONE, PERSON, YES), (TWO, PERSON, YES)))
    assert (outcome.words[ONE], outcome.words[TWO]) == (NO, NO)
    assert [(one.words, one.reason) for one in outcome.problems["a"]] == [("confirmed", OVERRULED)]


def test_it_is_told_and_chained_by_where_it_stands() -> None:
    outcome = merged(made((ONE, OWN, EMPTY), (ONE, PERSON, YES), ("E-9-gone", PERSON, YES)))
    assert [one.where for one in outcome.decided] == ["a.xlsx:person:confirmed"]
    assert [(one.where, one.finding_id, one.words) for one in outcome.problems["a"]] == [
        ("a.xlsx:person:confirmed", "E-9-gone", "Disposition: confirmed")
    ]


def test_a_name_typed_above_by_person_goes_with_what_was_typed_there() -> None:
    once = Once("a.xlsx:By person:3", {"reviewer": "Ann"})
    outcome = merged(made((ONE, PERSON, YES), once=once))
    assert outcome.words[ONE] == YES | {"reviewer": "Ann"}
    # Whoever decides anew about all of them is named, not who decided before.
    old = {"disposition": "already corrected", "reviewer": "Bo"}
    anew = merged(made((ONE, OWN, old), (ONE, PERSON, YES), once=once), {ONE: old})
    assert (anew.words[ONE], anew.problems["a"]) == (YES | {"reviewer": "Ann"}, ())
    later = Background(True, {ONE: (old,)}, {name: (said,) for name, said in anew.said["a"]})
    held = {ONE: YES | {"reviewer": "Cy"}, TWO: {}}
    again = merge([made((ONE, OWN, old), (ONE, PERSON, YES), once=once)], {"a": later}, held)
    assert (again.words, again.problems["a"]) == (held, ())
    own = merged(made((ONE, OWN, old | {"reviewer": "Di"}), (ONE, PERSON, YES), once=once), {ONE: old})
    assert own.words[ONE] == YES | {"reviewer": "Di"}
    untouched = merged(made((ONE, OWN, EMPTY), (TWO, OWN, EMPTY), once=once))
    assert (untouched.words[ONE], untouched.problems["a"]) == ({}, ())


def test_read_again_it_says_nothing_new() -> None:
    rows = [(ONE, OWN, EMPTY), (TWO, OWN, EMPTY), (ONE, PERSON, YES), (TWO, PERSON, YES)]
    first = merged(made(*rows))
    said = dict(first.said["a"])
    background = Background(True, {}, {name: (one,) for name, one in said.items()})
    later = {ONE: {"disposition": "duplicate"}, TWO: YES}  # somebody has decided otherwise since
    again = merge([made(*rows)], {"a": background}, later)
    assert (again.words, again.decided, again.problems["a"]) == (later, (), ())


@pytest.mark.parametrize(
    ("title", "like", "ids", "level"),
    [
        ("By person", "By person", f"{ONE}\n{TWO}", PERSON),
        ("By person", "By person", ONE, PERSON),
        ("Mine", "By person", ONE, PERSON),
        ("By account (2)", "By account", ONE, ACCOUNT),
        ("Theirs", "By account", f"{ONE} {TWO}", ACCOUNT),
        ("Findings", "Findings", f"{ONE}\n{TWO}", PERSON),
    ],
)
def test_the_cell_of_ids_says_what_a_row_is_about(title: str, like: str, ids: str, level: Level) -> None:
    headings = sorted(written_headings()[like])
    row = ["x"] * len(headings)
    for heading, text in (("Disposition", "confirmed"), ("Finding ID", ids), *((name, "") for name in BLANK)):
        row[headings.index(heading)] = text
    empty = [*row]
    empty[headings.index("Disposition")] = ""
    found = copy_of("a.xlsx", "a", NOON, [(title, [headings, row, empty])])
    said = [(one.finding_id, {name: text for name, text in one.words.items() if text}) for one in found.rows]
    assert [one for one in said if one[1]] == [(one, YES) for one in ids.split()]
    assert {one.level for one in found.rows} == {level}

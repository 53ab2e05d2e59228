import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Answer, BadRow, Nexus, Outcome, Raw, Remark, Source, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused, brands
from connectors.http.brands import BrandSearch
from connectors.http.paging import OddItems
from connectors.http.replies import TooMany
from connectors.http.sweep import FAILURES, Part, canaries, stalest_first, swept
from tests.loopback import NOON

KEYS = tuple("abcdefgh")
ANSWERED, FAILED, LIMITED = Outcome.ANSWERED, Outcome.FAILED, Outcome.LIMITED
Ask = Callable[[tuple[str, ...]], Iterator[Answer]]


def source(last_asked: dict[str, int] | None = None, **options: object) -> Source:
    """A source whose keys were last asked for so many days ago."""
    asked = {key: NOON - timedelta(days=days) for key, days in (last_asked or {}).items()}
    return Source("sweep", Path(), options, last_asked=asked, last_told=asked)


def asking(faults: Mapping[str, Exception] | None = None, batches: list[tuple[str, ...]] | None = None) -> Ask:
    """Answers every key with one item, but raises the fault of a key when its turn comes."""

    def ask(batch: tuple[str, ...]) -> Iterator[Answer]:
        if batches is not None:
            batches.append(batch)
        for key in batch:
            if fault := (faults or {}).get(key):
                raise fault
            yield Answer(key, (Raw({}, "sweep", key, "0" * 64),))

    return ask


def told(answers: Iterator[Answer]) -> dict[str, Outcome]:
    given = list(answers)
    assert len({answer.key for answer in given}) == len(given)
    return {answer.key: answer.outcome for answer in given}


ORDERS = [
    # (days since each key was asked for, options, order of asking)
    ({}, {}, "abcdefgh"),
    ({"a": 1, "c": 9}, {}, "bdefghca"),
    ({key: number for number, key in enumerate(KEYS)}, {}, "hgfedcba"),
    ({"a": 1}, {"must_find": "e"}, "ebcdfgha"),
    (dict.fromkeys(KEYS, 3), {"must_not_find": "h", "must_find": "c"}, "chabdefg"),
    ({"h": 1, "c": 5}, {"must_not_find": "h", "must_find": "c"}, "chabdefg"),
    ({}, {"must_find": "not a key"}, "abcdefgh"),
]


@pytest.mark.parametrize(("last_asked", "options", "order"), ORDERS)
def test_canaries_then_what_was_never_asked_then_the_stalest(last_asked, options, order):
    assert "".join(stalest_first(source(last_asked, **options), KEYS)) == order
    assert "".join(told(swept(source(last_asked, **options), Part(KEYS, asking())))) == order


@given(st.lists(st.sampled_from(KEYS)), st.dictionaries(st.sampled_from(KEYS), st.integers(0, 99)))
def test_every_key_comes_once_however_often_it_is_named(keys, last_asked):
    order = stalest_first(source(last_asked), keys)
    assert sorted(order) == sorted(set(keys))
    asked = [last_asked.get(key, 1000) for key in order]
    assert asked == sorted(asked, reverse=True)


@pytest.mark.parametrize(("size", "batches"), [(1, 8), (3, 3), (8, 1), (25, 1)])
def test_keys_go_in_batches(size, batches):
    seen: list[tuple[str, ...]] = []
    assert list(told(swept(source(), Part(KEYS, asking(batches=seen), size)))) == list(KEYS)
    assert (len(seen), "".join(map("".join, seen))) == (batches, "abcdefgh")


def test_parts_come_one_after_the_other():
    assert "".join(told(swept(source({"a": 1}), Part("ab", asking()), Part("yx", asking())))) == "bayx"


def test_nothing_to_ask_for():
    assert list(swept(source(), Part((), asking()))) == list(swept(source())) == []


def test_a_key_that_fails_is_passed_over(caplog):
    fault = SourceDown("sweep: the platform failed, also when asked again.")
    with caplog.at_level(logging.WARNING):
        found = told(swept(source(), Part(KEYS, asking({"c": fault, "g": fault}))))
    assert found == dict.fromkeys(KEYS, ANSWERED) | {"c": FAILED, "g": FAILED}
    assert caplog.messages == [str(fault)] * 2


def test_of_a_batch_that_breaks_off_what_came_is_kept():
    found = told(swept(source(), Part(KEYS, asking({"c": SourceDown("x")}), 4)))
    assert found == dict.fromkeys("abefgh", ANSWERED) | dict.fromkeys("cd", FAILED)


def test_answers_are_whole_or_not_there():
    """Items are handed on with their key only: a fault in the middle of a key's pages leaves nothing of it."""

    def ask(batch: tuple[str, ...]) -> Iterator[Answer]:
        def pages() -> Iterator[Raw]:
            yield Raw({}, "sweep", "page 1", "0" * 64)
            if batch == ("b",):
                raise SourceDown("page 2 did not come")

        yield Answer(batch[0], tuple(pages()))

    answers = {answer.key: answer for answer in swept(source(), Part("abc", ask))}
    assert [len(answers[key].items) for key in "abc"] == [1, 0, 1]
    assert answers["b"].outcome is FAILED


def test_failures_in_a_row_mean_that_the_source_is_down():
    down = SourceDown("sweep: nobody answers")
    answers = swept(source(), Part(KEYS, asking(dict.fromkeys("bcdefgh", down))))
    found = [next(answers) for _ in range(FAILURES)]
    assert [answer.outcome for answer in found] == [ANSWERED, *[FAILED] * (FAILURES - 1)]
    with pytest.raises(SourceDown, match="nobody answers"):
        next(answers)


def test_failures_in_a_row_are_counted_across_parts_and_forgotten_after_an_answer():
    down = SourceDown("sweep: nobody answers")
    now_and_then = dict.fromkeys("abcdfgh", down)
    assert [*told(swept(source(), Part(KEYS, asking(now_and_then)))).values()].count(FAILED) == 7
    with pytest.raises(SourceDown):
        list(
            swept(source(), Part("abc", asking(dict.fromkeys("abc", down))), Part("de", asking({"d": down, "e": down})))
        )


def test_another_shape_and_a_refusal_stop_at_once():
    for fault in (SourceChanged("sweep: another shape"), Refused("sweep: not for us")):
        answers = swept(source(), Part(KEYS, asking({"b": fault})))
        assert next(answers).key == "a"
        with pytest.raises(type(fault)):
            next(answers)


def test_out_of_budget_ends_quietly_once_something_was_answered(caplog):
    with caplog.at_level(logging.INFO):
        found = told(swept(source(), Part(KEYS, asking({"d": OutOfBudget("sweep: used up")})), Part("xy", asking())))
    assert found == dict.fromkeys("abc", ANSWERED)
    assert caplog.messages == ["sweep: asked for 3 keys tonight; the next night goes on"]


def test_too_many_ends_it_too_and_is_told_of_the_keys_in_hand():
    found = told(swept(source(), Part(KEYS, asking({"d": TooMany("sweep: still too many")}), 3)))
    assert found == dict.fromkeys("abc", ANSWERED) | dict.fromkeys("def", LIMITED)


@pytest.mark.parametrize("fault", [OutOfBudget("sweep: used up"), TooMany("sweep: still too many")])
def test_out_of_budget_before_anything_was_answered_is_an_error(fault):
    with pytest.raises(type(fault)):
        list(swept(source(), Part(KEYS, asking({"a": fault}))))
    failing = {"a": SourceDown("sweep: failed"), "b": fault}
    with pytest.raises(type(fault)):
        list(swept(source(), Part(KEYS, asking(failing))))


def test_what_tonight_had_no_room_for_comes_first_the_next_night():
    last_asked: dict[str, int] = {}
    nights = []
    for _ in range(3):
        full = OutOfBudget("sweep: used up")
        order = stalest_first(source(last_asked), KEYS)
        found = told(swept(source(last_asked), Part(KEYS, asking({order[3]: full}))))
        nights.append("".join(found))
        last_asked = {key: days + 1 for key, days in last_asked.items()} | dict.fromkeys(found, 0)
    assert nights == ["abc", "def", "gha"]


# What a search for names is keyed on -----------------------------------------------------------------------------

NEXUS = Nexus(
    ("maine.gov", "state.me.us"), names=("Maine DOT", "MaineDOT"),
    handles=(("x", "MaineDOT1"), ("mastodon", "@MaineDOT"), ("mastodon", "mainedot"), ("mastodon", " ")),
)  # fmt: skip


def searching(**options: object) -> Source:
    return Source("sweep", Path(), options, NEXUS)


TERMS = [
    ({}, ("maine.gov", "state.me.us", "Maine DOT", "MaineDOT")),
    ({"terms": ["Warden Service", "maine.gov"]}, ("maine.gov", "state.me.us", "Warden Service")),
    ({"must_find": "MaineDOT"}, ("maine.gov", "state.me.us", "Maine DOT", "MaineDOT")),
    ({"terms": ["MSP"], "must_not_find": "zzz"}, ("maine.gov", "state.me.us", "MSP", "zzz")),
    ({"terms": ["MSP"], "must_find": "@mainedot"}, ("maine.gov", "state.me.us", "MSP")),
]


@pytest.mark.parametrize(("options", "terms"), TERMS)
def test_terms(options, terms):
    assert brands.terms(searching(**options)) == terms


def test_terms_without_the_domains():
    assert brands.terms(searching(), domains=False) == ("Maine DOT", "MaineDOT")
    assert brands.terms(searching(terms=["MSP"], must_find="zzz"), domains=False) == ("MSP", "zzz")


HANDLES = [
    ({}, "mastodon", ("@mainedot",)),
    ({}, "x", ("@mainedot1",)),
    ({}, "bluesky", ()),
    ({"handles": ["@Governor", "MaineDOT", "  "]}, "mastodon", None),
    ({"handles": ["@Governor", "MaineDOT"]}, "mastodon", ("@governor", "@mainedot")),
    ({"must_find": "@MaineDOT", "must_not_find": "@nobody"}, "x", ("@mainedot1", "@mainedot", "@nobody")),
    ({"must_not_find": "a term"}, "x", ("@mainedot1",)),
]


@pytest.mark.parametrize(("options", "platform", "handles"), HANDLES)
def test_handles(options, platform, handles):
    if handles is None:
        with pytest.raises(SourceDown, match="handles in audit"):
            BrandSearch(platform).handles(searching(**options))
        return
    assert BrandSearch(platform).handles(searching(**options)) == handles
    assert BrandSearch(platform, pages=1).keys(searching(**options)) == (*handles, *brands.terms(searching(**options)))


@pytest.mark.parametrize("value", ["MaineDOT", ["a", ""], [5], {"a": 1}, ["  "]])
@pytest.mark.parametrize("name", ["terms", "handles"])
def test_options_that_are_no_lists_of_texts(name, value):
    with pytest.raises(SourceDown, match=rf'^sweep: {name} in audit\.toml is a list of texts: {name} = \["…"\]\.$'):
        BrandSearch("x", pages=1).keys(searching(**{name: value}))


@pytest.mark.parametrize(("count", "size", "batches"), [(0, 25, 0), (1, 25, 1), (25, 25, 1), (26, 25, 2), (7, 1, 7)])
def test_batches(count, size, batches):
    assert brands.batches("k" * count, size) == batches


def test_canaries():
    assert canaries(source()) == ()
    assert canaries(source(must_not_find="b", must_find="a")) == ("a", "b")


def test_keys_that_failed_before_are_asked_first_and_cannot_stop_the_others():
    asked = {key: NOON - timedelta(days=1) for key in KEYS}
    poisoned = KEYS[:6]
    told_before = {key: at for key, at in asked.items() if key not in poisoned}
    shown = Source("sweep", Path(), {}, last_asked=asked, last_told=told_before)
    fault = SourceDown("no answer")
    found = list(swept(shown, Part(KEYS, asking(dict.fromkeys(poisoned, fault)))))
    assert [answer.key for answer in found][:6] == list(poisoned)
    assert [answer.outcome for answer in found].count(Outcome.FAILED) == 6
    assert {answer.key for answer in found} == set(KEYS)


def test_a_key_that_was_limited_comes_first_the_next_night():
    shown = source({"a": 1, "b": 1})
    limited = Source("sweep", Path(), {}, last_asked={**shown.last_asked, "c": NOON}, last_told=shown.last_told)
    assert stalest_first(limited, "abcd")[:2] == ["d", "c"]


ODD_KEYS = [
    # (keys whose account cannot be read, whether the sweep goes through)
    ("c", True),
    ("a", True),
    ("abcd", True),
    ("bcdefg"[:FAILURES], False),
    ("abcdefgh", False),
]


@pytest.mark.parametrize("kind", [BadRow, OddItems])
@pytest.mark.parametrize(("odd", "through"), ODD_KEYS)
def test_a_key_whose_account_cannot_be_read_fails_alone(odd: str, through: bool, kind: type[Exception]) -> None:
    sweep = swept(source(), Part(KEYS, asking({key: kind("no id") for key in odd})))
    if not through:
        with pytest.raises(SourceChanged, match="no id"):
            list(sweep)
        return
    answers = {answer.key: answer for answer in sweep}
    assert {key for key, answer in answers.items() if answer.outcome is FAILED} == set(odd)
    remarks = [part for key in odd for part in answers[key].items]
    assert len(remarks) == len(odd)
    assert all(isinstance(one, Remark) and "What was known of it stands" in one.text for one in remarks)


def test_where_no_key_could_be_read_the_source_has_changed() -> None:
    with pytest.raises(SourceChanged, match="sweep: no id"):
        list(swept(source(), Part("a", asking({"a": BadRow("no id")}))))

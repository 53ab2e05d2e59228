"""Which rows of an export the operator leaves out: guests, rooms, vacancies, contractors, by the words of a column.

`only = { "Worker Type" = ["Employee"] }` keeps the rows with one of these words under each heading named there;
`leave_out = { "userType" = ["Guest"] }` takes away those with one of its words. Headings are the file's, and are
compared as everywhere; words are compared without case and surrounding space; "" is an empty cell. What is left out is
counted and told, and so is what cannot be meant: a heading or a word that is nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from connectors.contract import Dropped, ExportTable, Remark, Source, SourceChanged, SourceDown, folded
from connectors.files.cells import plain

ONLY, LEAVE_OUT = "only", "leave_out"
LEFT_OUT = "left out by "
"""How the reasons of this filter begin."""
OPTIONS = {
    ONLY: 'the rows that count, by the words of a column: only = { "Worker Type" = ["Employee", "Temp"] }',
    LEAVE_OUT: 'rows that do not count: leave_out = { "Status" = ["Vacant"], "userType" = ["Guest"] }; "" is empty',
}
REMEMBERED = 1000
"""Different words of one column that are remembered, to say which ones are there."""
FEW = 12
"""Words that a message lists: more of them are no words for kinds of rows, but names or numbers."""


@dataclass(frozen=True, slots=True)
class FilterRule:
    """One heading of `only` or `leave_out`, and its words: folded → as they are written. `name` is its field."""

    option: str
    heading: str
    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """The field under which readers give the column's text."""
        return f"row filter {self.heading}"

    @property
    def reason(self) -> str:
        """Why a row is left out, in the words of audit.toml."""
        listed = ", ".join(map(repr, self.words.values()))
        if self.option == ONLY:
            return f"{LEFT_OUT}{ONLY}: {self.heading!r} is none of {listed}"
        return f"{LEFT_OUT}{LEAVE_OUT}: {self.heading!r} is {'one of ' * (len(self.words) > 1)}{listed}"

    def leaves_out(self, text: str) -> bool:
        """Whether a row is left out that has this text in the column."""
        return (bare_word(text) in self.words) == (self.option == LEAVE_OUT)


@dataclass
class FilterCounts:
    """What a filter did so far: rows left out by each rule, rows that stay, and the words met in each column."""

    out: Counter[int] = field(default_factory=Counter)
    stayed: int = 0
    words: dict[str, Counter[str]] = field(default_factory=dict)

    def see(self, name: str, text: str, rows: int = 1) -> None:
        """Take down a word of a column."""
        seen, word = self.words.setdefault(name, Counter()), bare_word(text)
        if word in seen or len(seen) < REMEMBERED:
            seen[word] += rows

    def copy(self) -> FilterCounts:
        """The counts as they are now."""
        return FilterCounts(self.out.copy(), self.stayed, {name: seen.copy() for name, seen in self.words.items()})


@dataclass
class RowFilter:
    """The rules of one source, and what they did. Without rules every row stays and nothing is counted."""

    rules: tuple[FilterRule, ...] = ()
    counts: FilterCounts = field(default_factory=FilterCounts)

    @cached_property
    def fields(self) -> dict[str, str]:
        """Field → heading, of the columns that the rules read."""
        return {rule.name: rule.heading for rule in self.rules}

    def leaves_out(self, values: Mapping[str, str]) -> int | None:
        """The number of the rule that leaves a row out; None for a row that stays. Counts nothing."""
        return next((n for n, rule in enumerate(self.rules) if rule.leaves_out(values.get(rule.name, ""))), None)

    def takes(self, values: Mapping[str, str]) -> bool:
        """Whether a row stays; it is counted."""
        found = self.leaves_out(values)
        for name in self.fields:
            self.counts.see(name, values.get(name, ""))
        if found is None:
            self.counts.stayed += 1
        else:
            self.counts.out[found] += 1
        return found is None

    def told(self, tables: Mapping[str, ExportTable], place: str) -> Iterator[Dropped | Remark]:
        """What the rules left out, and what of them cannot be meant. Call it once, when all rows have passed.

        Raises SourceChanged for a heading that no file has, SourceDown where nothing is left.
        """
        for rule in self.rules:
            lack = [name for name, table in tables.items() if rule.name not in table.filters]
            if tables and len(lack) == len(tables):
                raise SourceChanged(_no_heading(rule, tables, place))
            what = "all its rows were left out" if rule.option == ONLY and "" not in rule.words else "it left out none"
            for name in lack:
                yield Remark(name, f"no column is headed {rule.heading!r}, which {rule.option} names; {what} there.")
        if not self.counts.stayed and self.counts.out:
            number = next(iter(self.counts.out))
            raise SourceDown(
                f"{place}: {ONLY} and {LEAVE_OUT} in audit.toml leave no row of {self.counts.out.total():,}: "
                f"{self.rules[number].reason}. {self._there(self.rules[number])}Correct the words, or take them out."
            )
        for number, count in sorted(self.counts.out.items()):
            yield Dropped(count, self.rules[number].reason)
        for rule in self.rules:
            seen = self.counts.words.get(rule.name, Counter())
            if seen and (absent := [word for key, word in rule.words.items() if not seen[key]]):
                listed = ", ".join(map(repr, absent))
                yield Remark(
                    place,
                    f"{rule.option} in audit.toml names {listed} under {rule.heading!r}, which no row has. "
                    f"{self._there(rule)}Correct the word, or take it out.",
                )

    def _there(self, rule: FilterRule) -> str:
        """The words of the column, where they are few and come again: else they are names or numbers."""
        seen = self.counts.words.get(rule.name, Counter())
        if not seen or len(seen) > FEW or seen.total() < 2 * len(seen):
            return ""
        return f"The words there are: {', '.join(f'{word!r} ({count:,})' for word, count in seen.most_common())}. "


def bare_word(text: str) -> str:
    """A word of a cell for comparison."""
    return plain(text).casefold()


def filter_fault(options: Mapping[str, Any]) -> str:
    """What is wrong with `only` and `leave_out`, as a sentence without its full stop; empty for nothing."""
    for name in (ONLY, LEAVE_OUT):
        given = options.get(name, {})
        if not isinstance(given, Mapping) or not all(
            isinstance(words, list | tuple) and words and all(isinstance(word, str) for word in words)
            for words in given.values()
        ):
            return f'{name} must be a table of headings with lists of words: {name} = {{ "Worker Type" = ["Temp"] }}'
    return ""


def row_filter(source: Source) -> RowFilter:
    """The filter of a source. Raises SourceDown for options that are none."""
    if fault := filter_fault(source.options):
        raise SourceDown(f"{source.name}: {fault}.")
    given = [
        FilterRule(option, heading.strip(), {bare_word(word): word for word in words})
        for option in (ONLY, LEAVE_OUT)
        for heading, words in source.options.get(option, {}).items()
    ]
    headings = {folded(rule.heading): rule.heading for rule in reversed(given)}
    return RowFilter(tuple(FilterRule(rule.option, headings[folded(rule.heading)], rule.words) for rule in given))


def _no_heading(rule: FilterRule, tables: Mapping[str, ExportTable], place: str) -> str:
    seen = dict.fromkeys(repr(heading) for table in tables.values() for heading in table.headings if heading)
    listed = ", ".join(list(seen)[:40])
    return (
        f"{place}: no column is headed {rule.heading!r}, which {rule.option} in audit.toml names. The headings are: "
        f"{listed}. Correct the heading, or take it out of {rule.option}."
    )

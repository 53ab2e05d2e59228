"""Dispositions read back: the workbooks of the reviews folder become values, and what they say enters the ledger.

What cannot be placed becomes an `ImportProblem`, words intact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from audit.decisions.copy import READ_AS
from audit.decisions.displaced import in_their_rows
from audit.decisions.emptied import with_decisions_kept
from audit.decisions.merge import decide, merge
from audit.decisions.moved import without_moved_decisions
from audit.ledger import Ledger
from audit.model.decisions import Copy, Merged, Reviews, TypedWords, heading, in_own_columns, typed_about
from audit.model.finding import DECIDED, DISPOSITIONS, SET_ASIDE, Past
from audit.model.night import ImportProblem
from audit.night.reviews_folder import read_folder, typed_in_place
from audit.report.receipts import BEGINS
from audit.workbook.passwords import Passwords
from connectors.contract import folded

_FIELDS = {folded(heading(name)): name for name in DECIDED}
_UNKNOWN_WORD = (
    "This disposition is not one of the list, so it decides nothing: the finding goes on waiting. It is kept as it is;"
    " choose one where one fits."
)
_TO_COME = "This day is still to come. It is kept as it is; write the day of the decision into tonight's workbook."
_OVER = (
    "This day is over, so nothing is suppressed. It is kept as it is; write a later one into tonight's workbook if the"
    " finding is to be put aside."
)
_OTHER_LEDGER = (
    "This workbook says that run {} began {} UTC; this ledger's began {}. It is of another installation (a trial,"
    " another state), or of a run that was stopped and begun anew. What it showed is not known: what was typed is taken"
    " where it contradicts nothing. Decide in tonight's workbook."
)
_NO_FOLDER = (
    "This is where reviewers' copies are read from, and it is {}. Look at reviews under [output] in audit.toml; until"
    " it is right no decision is read."
)
A_DAY = timedelta(days=1)
"""How far a decision's day may lie after the night's: where a reviewer sits, it may be tomorrow already."""


def read_back(
    ledger: Ledger, reviews: Path, output: Path, passwords: Passwords | None = None
) -> tuple[dict[str, Past], Reviews]:
    """Every past finding with what people have decided since, and what the ledger must keep of it.

    Archives, below `output`, the files of `reviews` that are read; `passwords` open those that are encrypted. Raises
    OSError where the archive cannot be written.
    """
    past = ledger.findings.past()
    own = ledger.reviews.own_words()
    held: dict[str, TypedWords] = {name: typed_about(one.finding, own.get(name)) for name, one in past.items()}
    known = ledger.reviews.files_read()
    folder = read_folder(reviews, output, known.keys(), passwords)
    findings = {name: one.finding for name, one in past.items()}
    folder.copies = tuple(in_their_rows(_of_this_ledger(copy, ledger), findings, held) for copy in folder.copies)
    backgrounds = {copy.sha256: ledger.reviews.background(copy) for copy in folder.copies}
    ids = {name.casefold(): name for name in past}
    folder.copies = tuple(without_moved_decisions(copy, backgrounds[copy.sha256], ids) for copy in folder.copies)
    folder.copies = tuple(with_decisions_kept(copy, backgrounds[copy.sha256], held) for copy in folder.copies)
    merged = _with_unknown_words(merge(folder.copies, backgrounds, held))
    shown = _facts_shown(ledger, folder.copies, merged)
    after = {name: _decided(one, held[name], merged.words[name], shown.get(name)) for name, one in past.items()}
    fresh = [problem for copy in folder.copies for problem in merged.problems[copy.sha256]]
    before = [problem for digest in folder.present for problem in known.get(digest, ())]
    amiss = (
        *_no_folder(reviews, known),
        *_younger(ledger, folder.copies),
        *typed_in_place(output, {*known, *folder.present}),
    )
    return after, Reviews(folder.copies, merged, (*amiss, *folder.problems, *fresh), tuple(before))


def _younger(ledger: Ledger, copies: Sequence[Copy]) -> Iterator[ImportProblem]:
    """That the ledger begins with this night, while somebody has decided in the workbook of an earlier one."""
    if ledger.last_run() is None:
        yield from (ImportProblem(one.name, "", "", "", "", BEGINS) for one in copies[:1] if one.run_id)


def _of_this_ledger(copy: Copy, ledger: Ledger) -> Copy:
    """The copy, as one of no known night where another ledger's run of the same name wrote it: the runs of a trial, and
    those of another state, are numbered alike, and what such a copy leaves empty nobody has emptied."""
    began = ledger.reviews.began(copy.run_id)
    if copy.begun in ("", began) or not began:
        return copy
    told = ImportProblem(copy.name, "", "", "", "", _OTHER_LEDGER.format(copy.run_id, copy.begun, began))
    return replace(copy, run_id="", problems=(*copy.problems, told))


def _with_unknown_words(merged: Merged) -> Merged:
    """With the dispositions that are none of the list, told where they were typed."""
    problems = {digest: [*found] for digest, found in merged.problems.items()}
    for one in merged.decided:
        word = one.changes.get("disposition", ("", ""))[1]
        if word and word not in DISPOSITIONS:
            told = ImportProblem(one.where, one.finding_id, heading("disposition"), word, word, _UNKNOWN_WORD)
            problems[one.sha256].append(told)
    return replace(merged, problems={digest: tuple(found) for digest, found in problems.items()})


def _no_folder(reviews: Path, known: Collection[str]) -> Iterator[ImportProblem]:
    """That no copy can come from where they are read; a folder that is not there yet is nobody's fault."""
    fault = "" if reviews.is_dir() else "no folder" if reviews.exists() else "gone" if known else ""
    if fault:
        yield ImportProblem(reviews.name, "", "", "", "", _NO_FOLDER.format(fault))


def _facts_shown(ledger: Ledger, copies: Sequence[Copy], merged: Merged) -> dict[str, str]:
    """What the workbooks showed of the findings about which they decide something: a copy may be weeks old."""
    runs = {copy.sha256: copy.run_id for copy in copies}
    decisions = (one for one in merged.decided if not one.changes.keys().isdisjoint(SET_ASIDE))
    return ledger.grounds.shown({one.finding_id: runs[one.sha256] for one in decisions})


def _decided(past: Past, before: TypedWords, words: TypedWords, shown: str | None) -> Past:
    if words == before:
        return past
    decided_facts = past.decided_facts if shown is None else shown
    return replace(past, finding=decide(past.finding, words), decided_facts=decided_facts)


def with_all_problems(reviews: Reviews, findings: Iterable[Past], as_of: date) -> Reviews:
    """With all problems of tonight, `findings` being as they stand when everything is judged.

    Those of files that were read before stay until somebody settles them or takes the file away; a disposition that is
    none of the list, and a decision of a day to come, are told of for as long as their finding stands.
    """
    past = {one.finding.finding_id: one for one in findings}
    words = {
        name: typed_about(one.finding, in_own_columns(reviews.merged.words.get(name, {}))) for name, one in past.items()
    }
    standing = [problem for problem in reviews.before if not _settled(problem, words.get(problem.finding_id, {}))]
    told = {one.finding_id for one in (*reviews.problems, *standing) if one.reason == _UNKNOWN_WORD}
    unknown = [
        ImportProblem("the ledger", name, "Disposition", word, word, _UNKNOWN_WORD)
        for name, one in past.items()
        if one.resolved_on is None
        and (word := one.finding.disposition)
        and word not in DISPOSITIONS
        and name not in told
    ]
    odd_days = _odd_days(reviews.merged, past, as_of)
    return replace(reviews, problems=(*reviews.problems, *standing, *unknown, *odd_days))


def _odd_days(merged: Merged, past: Mapping[str, Past], as_of: date) -> Iterator[ImportProblem]:
    """Days that were read, and that nobody can have meant: most often the year is wrong. On the night of its reading
    such a day is told where it was typed."""
    typed = {one.finding_id: one.where for one in merged.decided if "decided_on" in one.changes}
    for name, one in past.items():
        decided_on = one.finding.decided_on
        if one.resolved_on is None and decided_on and decided_on > as_of + A_DAY:
            day = decided_on.isoformat()
            yield ImportProblem(typed.get(name, "the ledger"), name, "Decided on", day, day, _TO_COME)
    for word in merged.decided:
        until = word.changes.get("suppress_until", ("", ""))[1]
        if until and date.fromisoformat(until) < as_of:
            yield ImportProblem(word.where, word.finding_id, "Suppress until", until, until, _OVER)


def _settled(problem: ImportProblem, words: TypedWords) -> bool:
    """Whether the ledger says by now what could not be taken then; of a column, whether it was read all the same. Of a
    word that is no disposition, whether it stands no more."""
    if problem.reason == _UNKNOWN_WORD:
        return words.get("disposition") != problem.words
    if problem.field and not (problem.finding_id or problem.words):
        return problem.reason.startswith(READ_AS)
    name = _FIELDS.get(folded(problem.field), problem.field)
    return bool(problem.field) and words.get(name, "") == problem.words

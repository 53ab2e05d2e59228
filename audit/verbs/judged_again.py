"""Stored cases judged once more, and held against what their night told: a part of `verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import SystemRandom
from typing import Any

import pandas as pd

from audit.ledger.nights_beside import WrittenNight
from audit.model.finding import FindingStatus
from audit.model.policy import Policy
from audit.night.cases_file import CANNOT_TELL, FINDING_IDS, HOLDS, NAME, read_cases, with_answers
from audit.night.judged_by import judged_by
from audit.rules import asked_under

DRAWN = 10
"""Nights before the newest whose verdicts are made again, drawn anew each time: who alters one cannot know which."""
JUDGED = (FindingStatus.NEW, FindingStatus.OPEN, FindingStatus.REOPENED)
"""What a finding is of which a case of the night says that it holds."""


def judged_otherwise(nights: list[WrittenNight], policy: Policy, unseen: list[str]) -> Iterator[str]:
    """Of what stored cases the rules say otherwise than on their night, for the newest night and some before it."""
    today = judged_by(policy)
    alike = [night for night in nights if night.judged_by == today and NAME in night.files]
    if len(alike) < len(nights):
        unseen.append(
            "verdicts of nights that another version of the program or of the policy judged, or whose cases were not"
            f" stored: {len(nights) - len(alike):,}."
        )
    drawn = SystemRandom().sample(alike[:-1], min(DRAWN, len(alike[:-1])))
    for night in [*drawn, *alike[-1:]]:
        cases = read_cases(night.folder / NAME, night.run_id)
        if cases is not None:
            yield from _verdicts(night, cases, policy)


def _verdicts(night: WrittenNight, cases: pd.DataFrame, policy: Policy) -> Iterator[str]:
    day, asked = night.folder.name, asked_under(policy)
    answers = pd.DataFrame({rule.rule_id: rule.answers(cases) for rule in asked}, cases.index)
    nothing = pd.Series([()] * len(cases), cases.index, object)
    again = with_answers(cases.assign(sources=nothing, evidence=nothing), asked, answers)
    differing = int(((again[HOLDS] != cases[HOLDS]) | (again[CANNOT_TELL] != cases[CANNOT_TELL])).sum())
    if differing:
        yield f"{day}: of {differing:,} stored cases the rules say otherwise than on that night."
    held = {finding_id for text in cases[FINDING_IDS] for finding_id in json.loads(text)}
    lines = told_lines(night)
    judged = {finding_id for finding_id, line in lines.items() if line["status"] in JUDGED}
    yield from (f"{day}: finding {one} rests on no stored case of that night." for one in sorted(judged - held))
    if night.complete:  # what rests on a source that failed makes no finding
        untold = sorted(held - {*lines})
        yield from (f"{day}: finding {one} follows from a stored case, and was not told." for one in untold)


def told_lines(night: WrittenNight) -> dict[str, dict[str, Any]]:
    """The lines of a night's findings.jsonl by finding id; none where the night has none."""
    path = night.folder / "findings.jsonl"
    if "findings.jsonl" not in night.files or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
    return {row["finding_id"]: row for row in rows}

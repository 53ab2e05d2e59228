"""How well profiles are read, measured on labelled examples: an agency's own hundred, or a published set."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.findings.trust import wilson
from audit.model.organization import Organization
from audit.profiles import Affiliation, Disclaimer, read_profile
from audit.profiles.agency_names import split
from audit.profiles.languages import language_of
from audit.verbs.evaluate_mail import Miss, misses, score_mail

FLAGGED = frozenset({Affiliation.EMPLOYEE.value, Affiliation.BRANDED_PERSON.value, Affiliation.OUTLET.value})
"""Affiliations that a rule can act on: what these miss or wrongly call is what an analyst feels."""

AFFILIATION_OF = {
    "self_identified_state_employee": Affiliation.EMPLOYEE.value,
    "agency_branding_personal": Affiliation.BRANDED_PERSON.value,
    "official_agency": Affiliation.OUTLET.value,
    "unregistered_official_looking": Affiliation.OUTLET.value,
    "former_employee": Affiliation.FORMER.value,
}
"""Labels of affiliation.csv → affiliations of a Reading; other labels are "none", an affiliation stands for itself."""


class LabelsUnusable(ValueError):
    """A labelled file lacks a column. The message says which file and what to add."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled row: what it says, the label, other labels that are defensible, and what was read."""

    text: str
    label: str
    others: tuple[str, ...]
    read: str
    why: str
    source: str = ""
    """Where it is from: what stands before any ":" in the column `source`."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The examples of one file. `flagged` are the classes whose precision and recall are the headline."""

    name: str
    examples: tuple[Example, ...]
    classes: tuple[str, ...]
    flagged: frozenset[str]


class Evaluation(dict[str, Any]):
    """The scores as one JSON object (see `evaluate`), with the examples behind them in `sections` for `report`."""

    sections: tuple[Section, ...] = ()
    misses: tuple[Miss, ...] = ()


def evaluate(folder: Path, organization: Organization) -> Evaluation:
    """Score every labelled file of a folder that is known here; a file that is absent is left out.

    disclaimers.csv (text, label) → disclaimers {precision, recall, f1, n}; affiliation.csv (handle, display_name, bio,
    link, state_context, label) → affiliation {flagged_precision, flagged_recall, accuracy, n}, over the rows whose
    state_context is empty or the organization's state; official_accounts.csv (handle, agency, state, bio) → official
    {read_as_ours, n}; mail_examples.csv (platform, sender, subject, kind, implies_account, source) → mail
    {kind_accuracy, implication_accuracy, overclaimed, n}. Figures accept the labels of an `alt_label` column (`;`
    list); those that do not stand under "strict". A figure without a row behind it is None. Raises LabelsUnusable.
    """
    result = Evaluation()
    sections = []
    for name, score in SCORERS.items():
        path = folder / name
        if path.is_file():
            key, figures, section = score(_rows(path), organization)
            result[key] = figures
            sections.append(section)
    result.sections = tuple(sections)
    mail = score_mail(folder)
    if mail:
        result["mail"], result.misses = mail, tuple(misses(folder))
    return result


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(lines)]
    return [{**row, "file": str(path)} for row in rows]


def _need(rows: list[dict[str, str]], *columns: str) -> None:
    for row in rows[:1]:
        missing = [column for column in columns if column not in row]
        if missing:
            raise LabelsUnusable(f"{row['file']} lacks the column {', '.join(missing)}: add it to its first line.")


def _of(row: Mapping[str, str]) -> tuple[str, str]:
    """Provenance and language of a labelled row; what no column says about its language, its words tell."""
    words = " ".join(row.get(name, "") for name in ("text", "bio")).strip()
    return row.get("source", "").partition(":")[0] or "not told", row.get("language", "") or language_of(
        words
    ) or "no words"


Scored = tuple[str, dict[str, Any], Section]


def _score_disclaimers(rows: list[dict[str, str]], organization: Organization) -> Scored:
    _need(rows, "text", "label")
    examples = []
    for row in rows:
        reading = read_profile("", "", row["text"], "", organization)
        read = "not_disclaimer" if reading.disclaimer in _NO_DISCLAIMER else "disclaimer"
        why = reading.disclaimer_span.text if reading.disclaimer_span else ""
        examples.append(Example(row["text"], row["label"], split(row.get("alt_label", "")), read, why, *_of(row)))
    section = Section("disclaimers", tuple(examples), ("disclaimer", "not_disclaimer"), frozenset({"disclaimer"}))
    figures = {**_disclaimer_figures(section, strict=False), "strict": _disclaimer_figures(section, strict=True)}
    return "disclaimers", figures, section


_NO_DISCLAIMER = (Disclaimer.NONE, Disclaimer.ENDORSEMENT_ONLY)


def _disclaimer_figures(section: Section, *, strict: bool) -> dict[str, Any]:
    right, called, due = _flagged_counts(section, strict=strict)
    precision, recall = _share(right, called), _share(right, due)
    return {"precision": precision, "recall": recall, "f1": _f1(precision, recall), "n": len(section.examples)}


def _score_affiliation(rows: list[dict[str, str]], organization: Organization) -> Scored:
    _need(rows, "handle", "display_name", "bio", "link", "label")
    examples = []
    for row in rows:
        if row.get("state_context", "") not in ("", organization.state):
            continue
        reading = read_profile(row["handle"], row["display_name"], row["bio"], row["link"], organization)
        text = " | ".join(("@" + row["handle"], row["display_name"], row["bio"], row["link"])).rstrip(" |")
        others = tuple(_affiliation(label) for label in split(row.get("alt_label", "")))
        label, read = _affiliation(row["label"]), reading.affiliation.value
        examples.append(Example(text, label, others, read, reading.reason, *_of(row)))
    section = Section("affiliation", tuple(examples), tuple(item.value for item in Affiliation), FLAGGED)
    figures = {**_affiliation_figures(section, strict=False), "strict": _affiliation_figures(section, strict=True)}
    return "affiliation", figures, section


def _affiliation(label: str) -> str:
    known = {item.value for item in Affiliation}
    return label if label in known else AFFILIATION_OF.get(label, Affiliation.NONE.value)


def _affiliation_figures(section: Section, *, strict: bool) -> dict[str, Any]:
    right, called, due = _flagged_counts(section, strict=strict)
    same = sum(_settled(example, section.flagged, strict=strict) == example.read for example in section.examples)
    return {
        "flagged_precision": _share(right, called),
        "flagged_recall": _share(right, due),
        "accuracy": _share(same, len(section.examples)),
        "n": len(section.examples),
    }


_FEDERAL = re.compile(r"(?:U\.?\s?S\.?|United States|Federal)\b", re.IGNORECASE)


def _score_official(rows: list[dict[str, str]], organization: Organization) -> Scored:
    """Accounts of other governments that are read as one of ours; each is an error."""
    _need(rows, "handle", "agency", "state")
    examples = []
    for row in rows:
        reading = read_profile(row["handle"], "", row.get("bio", ""), "", organization)
        read = "ours" if reading.affiliation is not Affiliation.NONE else "not ours"
        own = row["state"] == organization.state and not _FEDERAL.match(row["agency"])
        text = f"@{row['handle']} | {row['agency']} ({row['state']}) | {row.get('bio', '')}".rstrip(" |")
        examples.append(Example(text, read if own else "not ours", (), read, reading.reason))
    section = Section("official", tuple(examples), ("ours", "not ours"), frozenset({"ours"}))
    wrong = sum(example.read != example.label for example in examples)
    return "official", {"read_as_ours": wrong, "n": len(examples)}, section


SCORERS: dict[str, Callable[[list[dict[str, str]], Organization], Scored]] = {
    "disclaimers.csv": _score_disclaimers,
    "affiliation.csv": _score_affiliation,
    "official_accounts.csv": _score_official,
}
"""File name → the function that scores its rows. Another kind of example is one function and one line here."""


def _settled(example: Example, flagged: frozenset[str], *, strict: bool) -> str:
    """The label that counts: a defensible other one where it agrees with the reading, wholly or on being flagged."""
    if strict or example.read == example.label:
        return example.label
    if example.read in example.others:
        return example.read
    for other in example.others:
        if (other in flagged) == (example.read in flagged) != (example.label in flagged):
            return other
    return example.label


def _flagged_counts(section: Section, *, strict: bool) -> tuple[int, int, int]:
    """How many were rightly called, called, and due to be called."""
    pairs = [(_settled(example, section.flagged, strict=strict), example.read) for example in section.examples]
    right = sum(label in section.flagged and read in section.flagged for label, read in pairs)
    return right, sum(read in section.flagged for _, read in pairs), sum(label in section.flagged for label, _ in pairs)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None or precision + recall == 0:
        return None
    return round(2 * precision * recall / (precision + recall), 4)


def report(result: Evaluation) -> str:
    """The scores in words: per class precision, recall and F1 with counts and intervals, confusions, every error."""
    parts = [_section_report(section, result[section.name]) for section in result.sections]
    if "mail" in result:
        figures = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result["mail"].items())
        wrong = (
            f"  line {one.line}, {one.platform}: {one.kind}/{one.implies} read as {one.read_kind or 'nothing'}"
            f"/{one.read_implies}: {one.subject}"
            for one in result.misses
        )
        parts.append("\n".join(["mail: " + figures, *wrong]))
    return "\n\n".join(parts) if parts else "No labelled file was found: " + ", ".join(SCORERS) + " are known."


def _section_report(section: Section, figures: Mapping[str, Any]) -> str:
    headline = ", ".join(
        f"{name.replace('_', ' ')} {'-' if value is None else value}"
        for name, value in figures.items()
        if not isinstance(value, Mapping)
    )
    lines = [f"== {section.name}: {headline}"]
    if section.name != "official":
        for strict in (False, True):
            lines += ["", "strictly:" if strict else "accepting a second defensible label:"]
            lines += _class_lines(section, strict=strict)
        lines += ["", *_group_lines(section, "provenance", lambda example: example.source)]
        lines += ["", *_group_lines(section, "language", lambda example: example.language)]
        lines += ["", *_confusion_lines(section)]
    lines += ["", *_error_lines(section)]
    return "\n".join(lines)


def _class_lines(section: Section, *, strict: bool) -> Iterable[str]:
    groups = [(name, frozenset({name})) for name in section.classes]
    if len(section.flagged) > 1:
        groups.append(("called at all", section.flagged))
    pairs = [(_settled(example, section.flagged, strict=strict), example.read) for example in section.examples]
    for name, group in groups:
        right = sum(label in group and read in group for label, read in pairs)
        called, due = sum(read in group for _, read in pairs), sum(label in group for label, _ in pairs)
        f1 = _f1(_share(right, called), _share(right, due))
        yield (
            f"  {name:<15} precision {_interval(right, called)}  recall {_interval(right, due)}  "
            f"F1 {'-' if f1 is None else f'{f1:.3f}'}"
        )


def _group_lines(section: Section, name: str, group_of: Callable[[Example], str]) -> Iterable[str]:
    """Precision and recall of being called, one line a group, the largest first."""
    yield f"by {name}, accepting a second defensible label:"
    groups = Counter(group_of(example) for example in section.examples)
    for group, size in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        part = Section(section.name, tuple(e for e in section.examples if group_of(e) == group), (), section.flagged)
        right, called, due = _flagged_counts(part, strict=False)
        yield f"  {group:<20} n {size:<4}  precision {_interval(right, called)}  recall {_interval(right, due)}"


def _interval(part: int, whole: int) -> str:
    if whole == 0:
        return f"{'-':<32}"
    low, high = wilson(part, whole)
    return f"{f'{part / whole:.3f} ({part}/{whole}; {low:.3f}-{high:.3f})':<32}"


def _confusion_lines(section: Section) -> list[str]:
    counts = Counter((example.label, example.read) for example in section.examples)
    width = max(map(len, section.classes)) + 2
    head = "label \\ read".ljust(width) + "".join(name.rjust(width) for name in section.classes)
    rows = [
        label.ljust(width) + "".join(str(counts[label, read]).rjust(width) for read in section.classes)
        for label in section.classes
    ]
    return [head, *rows]


def _error_lines(section: Section) -> list[str]:
    wrong = [example for example in section.examples if example.read != example.label]
    lines = [f"errors ({len(wrong)}), among them defensible ones marked ~:"]
    for example in wrong:
        mark = "~" if _settled(example, section.flagged, strict=False) == example.read else " "
        lines.append(f"{mark} label {example.label}, read {example.read}: {example.text!r} [{example.why}]")
    return lines

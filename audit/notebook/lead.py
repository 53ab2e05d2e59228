"""One lead: what speaks for it, what against, and how many people it could mean; as a frame and as a picture."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pandas as pd

from audit.model.finding import LinkStep
from audit.notebook.pictures import INK, SECOND, SOFT, Picture, canvas
from audit.people.directory import Standing
from audit.profiles import Affiliation

FOR, AGAINST = "for", "against"
_CLAIMS = {
    Affiliation.EMPLOYEE: "its words say that its owner works for the organization",
    Affiliation.BRANDED_PERSON: "a person's account whose name carries an agency's",
    Affiliation.OUTLET: "it presents itself as an agency's",
    Affiliation.FORMER: "its words say that its owner worked for the organization",
}
_INFERRED = {
    LinkStep.CONFIRMED: "a reviewer's word, and no address",
    LinkStep.NAME_WITH_AGENCY: "a name with an agency is an inference, never proof",
    LinkStep.NOT_IN_DIRECTORY: "the mailbox is nobody's in the directory",
    LinkStep.NONE: "nothing ties it to a person",
}
_STANDINGS = {
    Standing.LEFT: "the directory says that they have left",
    Standing.NOT_YET: "the directory says that they have not started yet",
    Standing.UNCLEAR: "the directory does not say clearly whether they are employed",
}
_MOST = 8
"""People who are drawn one by one."""


def reasons_of(finding: pd.Series, evidence: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """What speaks for a lead and against it, one row a reason: `speaks` (FOR or AGAINST) and `reason`.

    `finding` is a row of the frame of audit.load, `evidence` its pieces, `cases` its case, or no row where the night
    stored none. Whom it could mean is no reason: it is one person more than its `rivals`.
    """
    case = {} if cases.empty else dict(cases.iloc[0].dropna())
    told = [*_for(finding, evidence, case), *_against(finding, case)]
    return pd.DataFrame(told, columns=["speaks", "reason"], dtype="str")


def _for(finding: pd.Series, evidence: pd.DataFrame, case: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if finding["link_step"] not in ("", LinkStep.NONE, LinkStep.NOT_IN_DIRECTORY):
        on = case.get("link_value", "")
        yield FOR, f"{finding['link_step']}: {on}" if on else finding["link_step"]
    if claim := _CLAIMS.get(case.get("affiliation", "")):
        yield FOR, claim
    days = evidence["observed_at"].dt.strftime(", %Y-%m-%d").fillna("")
    for kind, source, day in zip(evidence["kind"], evidence["source"], days, strict=True):
        yield FOR, f"{kind}, from {source}{day}"


def _against(finding: pd.Series, case: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if words := _INFERRED.get(finding["link_step"]):
        yield AGAINST, words
    if others := _rivals(finding):
        yield AGAINST, f"it fits {others} further {'person' if others == 1 else 'people'} as well"
    if words := _STANDINGS.get(case.get("employee_standing") or case.get("owner_standing", "")):
        yield AGAINST, words
    if case.get("unverified"):
        yield AGAINST, "the source does not verify the address: somebody else may have typed it"
    if case.get("contested"):
        yield AGAINST, "its source shows it for the mailboxes of several people"
    if doubt := case.get("doubt", ""):
        yield AGAINST, f"the days of account and employment leave a doubt: {doubt}"
    if (kind := case.get("disclaimer", "none")) != "none":
        yield AGAINST, f"it carries a disclaimer ({kind})"


def _rivals(finding: pd.Series) -> int:
    return 0 if pd.isna(finding["rivals"]) else int(finding["rivals"])


def picture_of(finding: pd.Series, reasons: pd.DataFrame) -> Picture:
    """The account, what speaks for the lead and against it (by sign, line and colour), and the people it could mean.

    A full mark is the person who is named; a hollow one somebody who could be meant and is not.
    """
    account = finding["handle"] or finding["account_id"] or finding["url"] or finding["mailbox"]
    people, meant = _people(finding)
    lines = [textwrap.wrap(reason, 52) for reason in reasons["reason"]]
    height = max(sum(len(one) + 0.9 for one in lines), 1.6 * len(people), 4)
    title = f"{finding['finding_id']}: reasons and rivals"
    figure, axes = canvas(1 + 0.21 * height, title)
    axes.set(xlim=(0, 1), ylim=(height, 0))
    axes.set_axis_off()
    middle, down = height / 2, 0.6
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white"}
    _words(axes, 0.09, middle, f"{finding['platform']}\n{textwrap.fill(str(account), 16)}", box | {"edgecolor": INK})
    places = [(at + 0.5) * height / len(people) for at in range(len(people))]
    for speaks, one in zip(reasons["speaks"], lines, strict=True):
        down += len(one) / 2
        sign, look, colour = ("+", "-", INK) if speaks == FOR else ("−", "--", SECOND)
        axes.plot([0.18, 0.27], [middle, down], look, color=colour, linewidth=1)
        axes.text(0.28, down, sign, va="center", ha="left", color=colour, fontsize=14, fontweight="bold")
        axes.text(0.305, down, "\n".join(one), va="center", ha="left", color=colour, fontsize=9)
        down += len(one) / 2 + 0.9
    named = bool(finding["employee_name"])
    for name, place in zip(people, places, strict=True):
        axes.plot([0.76, 0.82], [middle, place], "-" if named else ":", color=SOFT, linewidth=1)
        axes.plot(0.835, place, "o", color=INK, fillstyle="full" if named else "none", markersize=11)
        axes.text(0.86, place, textwrap.fill(name, 18), va="center", ha="left", fontsize=9, color=INK)
    said = [f"{speaks}: {reason}" for speaks, reason in zip(reasons["speaks"], reasons["reason"], strict=True)]
    return Picture(figure, f"{title}. The account {account} on {finding['platform']}. {'; '.join(said)}. {meant}")


def _words(axes: Any, across: float, down: float, text: str, box: dict[str, str]) -> None:
    axes.text(across, down, text, va="center", ha="center", fontsize=9, color=INK, bbox=box)


def _people(finding: pd.Series) -> tuple[list[str], str]:
    """Those whom it could mean, as they are drawn, and the same in a sentence."""
    count = _rivals(finding) + 1
    if finding["employee_name"]:
        return [str(finding["employee_name"])], f"It names {finding['employee_name']}; it fits nobody else."
    if count == 1:
        return ["nobody is named"], "It names nobody."
    drawn = [f"one of {count}, not named"] * min(count, _MOST)
    more = [f"and {count - _MOST} more"] if count > _MOST else []
    return [*drawn, *more], f"It could mean {count} people, none of whom is named."

"""One lead: what speaks for it and against it, and how many people it could mean."""

from typing import Any

import pandas as pd
import pytest

from audit.model.finding import LinkStep
from audit.notebook.lead import AGAINST, FOR, picture_of, reasons_of

EVIDENCE = pd.DataFrame({
    "source": ["monitoring"], "kind": ["public profile"], "observed_at": pd.to_datetime(["2026-11-19"], utc=True),
})  # fmt: skip
SEEN = (FOR, "public profile, from monitoring, 2026-11-19")


def lead(**known: object) -> pd.Series:
    plain = {
        "finding_id": "C-1-0123456789ab", "platform": "x", "handle": "quietpine42", "account_id": "", "url": "",
        "mailbox": "", "employee_name": "", "link_step": str(LinkStep.NONE), "rivals": 0,
    }  # fmt: skip
    return pd.Series(plain | known)


@pytest.mark.parametrize(
    ("known", "case", "reasons"),
    [
        ({}, {}, [SEEN, (AGAINST, "nothing ties it to a person")]),
        (
            {"link_step": LinkStep.NAME_WITH_AGENCY, "rivals": 1},
            {"link_value": "Ada T.", "affiliation": "employee"},
            [
                (FOR, "same name and same agency: Ada T."),
                (FOR, "its words say that its owner works for the organization"),
                SEEN,
                (AGAINST, "a name with an agency is an inference, never proof"),
                (AGAINST, "it fits 1 further person as well"),
            ],
        ),
        (
            {"link_step": LinkStep.REGISTERED_ADDRESS, "rivals": 0},
            {"unverified": True, "owner_standing": "left", "disclaimer": "generic"},
            [
                (FOR, "registered with the employee's state address"),
                SEEN,
                (AGAINST, "the directory says that they have left"),
                (AGAINST, "the source does not verify the address: somebody else may have typed it"),
                (AGAINST, "it carries a disclaimer (generic)"),
            ],
        ),
        (
            {"link_step": LinkStep.NOT_IN_DIRECTORY},
            {"unverified": pd.NA, "contested": False, "doubt": "", "employee_standing": "current"},
            [SEEN, (AGAINST, "the mailbox is nobody's in the directory")],
        ),
        ({"link_step": "", "rivals": pd.NA}, {}, [SEEN]),  # the ledger has forgotten it
    ],
)
def test_what_speaks_for_and_against(
    known: dict[str, Any], case: dict[str, Any], reasons: list[tuple[str, str]]
) -> None:
    told = reasons_of(lead(**known), EVIDENCE, pd.DataFrame([case] if case else []))
    assert list(zip(told["speaks"], told["reason"], strict=True)) == reasons


@pytest.mark.parametrize(
    ("known", "marks", "said"),
    [
        ({"rivals": 2}, ["one of 3, not\nnamed"] * 3, "It could mean 3 people, none of whom is named."),
        ({"employee_name": "Ada Thibodeau"}, ["Ada Thibodeau"], "It names Ada Thibodeau; it fits nobody else."),
        ({}, ["nobody is named"], "It names nobody."),
        ({"rivals": 40}, ["one of 41, not\nnamed"] * 8 + ["and 33 more"], "It could mean 41 people"),
    ],
)
def test_whom_it_could_mean(known: dict[str, Any], marks: list[str], said: str) -> None:
    found = lead(**known)
    picture = picture_of(found, reasons_of(found, EVIDENCE, pd.DataFrame()))
    assert said in picture.words
    assert "against: nothing ties it to a person" in picture.words
    (axes,) = picture.figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert texts[-len(marks) :] == marks

"""Who answers for an account, as clerks write it: a name with an employee id or an address beside it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.files.cells import identifier
from connectors.placeholders import is_placeholder

_WHO = r"[^\W\d_]{0,4}[-.#]?\d[\d-]*|[^\s@()<>\[\],;]{1,64}@[^\s@()<>\[\],;]+"
_NAME = r"[^\W\d_][^\d@()<>\[\];|/]{1,80}"
_BETWEEN = r"(?:(?<!\s)\s+)?[\s,()<\[\]:#–—-](?:(?<!\s)\s+)?"
_NAME_FIRST = re.compile(rf"(?P<name>{_NAME}?){_BETWEEN}(?P<who>{_WHO})[)>\].,\s]*")
_WHO_FIRST = re.compile(rf"[(\[#]?(?P<who>{_WHO}){_BETWEEN}(?P<name>{_NAME})[)\].\s]*")
_LABEL = re.compile(
    r"(?i)\b(?:(?:employee|emp|staff|personnel|badge|payroll)[ .]{0,2}(?:id|nr|no|number)?|id|eid|emplid|ein)\b[.:#]?"
)
LONGEST = 200
"""Letters of the longest text that is looked at for this."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class NamedContact:
    """An employee id or an address, and the name that stands beside it: whether it is the same person's, HR says."""

    contact: str
    name: str


def named_contact(text: str) -> NamedContact | None:
    """The id or address and the name of "Ann Oak (000124)", "000124 - Oak, Ann", "Ann Oak (ann.oak@maine.gov)".

    None for a text without one of them, or with more than that.
    """
    if len(text) > LONGEST:
        return None
    plain = " ".join(_LABEL.sub(" ", text).split())
    found = _NAME_FIRST.fullmatch(plain) or _WHO_FIRST.fullmatch(plain)
    if found is None:
        return None
    name = found["name"].strip(" ,:(#–—-")
    return NamedContact(identifier(found["who"]), name) if _WORD.search(name) and not is_placeholder(name) else None


def is_words(text: str) -> bool:
    """Whether a text is a person's or a post's name, whatever digits it has, and no id: "Ann Oak (207) 555"."""
    return " " in text.strip() and (len(_WORD.findall(_LABEL.sub(" ", text))) > 1 or not re.search(r"\d", text))

"""Words that only fill a cell: in place of an id, a handle or an address, or because there is none. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ERRORS = frozenset(
    (
        "#VALUE!", "#N/A", "#REF!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
        "#FIELD!",
    )
)  # fmt: skip
"""What a spreadsheet shows where a formula failed."""
NOTHING = frozenset(
    (
        "", "0", "n/a", "na", "n.a", "nan", "null", "none", "nil", "no", "false", "undefined", "unknown",
        "notapplicable", "notavailable", "tbd", "blank", "empty",
    )
)  # fmt: skip
"""What stands in any cell to say that there is nothing to put there."""
PLACEHOLDERS = NOTHING | frozenset(
    (
        "n/k", "n/d", "unk", "unassigned", "unavailable", "notassigned", "notprovided", "notfound", "notknown",
        "notset", "notspecified", "notlisted", "notgiven", "notyet", "nothing", "nohandle", "noid", "nourl",
        "noaccount", "noaccountid", "nousername", "nodata", "novalue",
        "missing", "void", "pending", "〃", "tba", "tbc", "tobedetermined", "tobeconfirmed",
        "tobeannounced", "same", "sameasabove", "seeabove", "asabove", "ditto", "various", "multiple", "ref", "value",
        "name", "num", "div/0", "calc", "spill", "getting_data", "deleted", "removed",
        "suspended", "anonymous", "redacted", "hidden", "private", "username", "handle", "accountid", "user_id",
        "userid", "true", "yes", "facebookuser", "linkedinmember", "instagramuser", "unknownuser",
        "deleteduser", "deletedaccount", "anonymoususer", "test", "testing", "testuser", "testaccount", "dummy",
    )
)  # fmt: skip
"""Texts that stand in a cell in place of an id or a handle. Some could be somebody's handle ("none"): held for one,
they would make strangers one account, so they are read as empty, and told."""


RUNS = re.compile(r"(?:0[0.,_-]*|9{5,12}|x{2,})", re.ASCII)
"""Keys that are struck to fill a cell: zeros with what stands between them (an id that is no id in databases:
00000000-0000-…), nines (of more, an id of a platform's own may consist), crosses."""
SIGNED = re.compile(r"-(?:1|9+)", re.ASCII)
"""What programs write for no number."""
NO_VALUE = "\\N"
"""What databases write for no value (MySQL, PostgreSQL and Hive)."""
JOINED = 4
"""Letters beyond which words are the same with and without the line between them: "deleted_user", but not "n_a"."""


def is_error(text: str) -> bool:
    """Whether a cell holds a spreadsheet's error instead of a value."""
    return text.strip().upper() in ERRORS


def is_placeholder(text: str) -> bool:
    """Whether a text only fills an id's or a handle's cell: "N/A", "null", "-", "#REF!", "(none)", "same as above", or
    what is typed where something has to stand ("000000", "99999", "deleted_user")."""
    word = _word(text)
    return (
        word in PLACEHOLDERS
        or (word[:1] in ("0", "9", "x") and RUNS.fullmatch(word) is not None)
        or (text[:1] == "-" and SIGNED.fullmatch(text) is not None)
        or (len(word) > JOINED and word.replace("_", "").replace("-", "") in PLACEHOLDERS)
    )


def says_nothing(text: str, *others: str) -> bool:
    """Whether a text says in any cell that there is nothing: "N/A", "-", "(none)", or one of `others`, as folded."""
    word = _word(text)
    return "@" not in text and (word in NOTHING or word in others)


NO_NAMES = frozenset(
    ("", "n/a", "none", "unknown", "undefined", "tbd", "not applicable", "not available", "blank", "empty")
)
"""What stands in place of a preferred name where there is none; in other names they are somebody's ("None", "Unknown"),
and so are "Na", "No", "Nan" and "Null" everywhere."""
NO_VALUES = frozenset(("null", "NULL", "nan", "NaN", NO_VALUE))
"""What a program writes in place of a preferred name, as nobody writes a name."""


def is_no_name(text: str) -> bool:
    """Whether what stands in place of a preferred name only says that there is none."""
    bare = text.strip().strip(" ()<>[]-–—.?*")
    return bare.casefold() in NO_NAMES or bare in NO_VALUES


NOBODY = frozenset(("none", "noemail", "nomail", "noaddress", "null", "unknown", "notavailable", "notapplicable"))
"""Local parts of addresses that were typed because a field was mandatory, without what stands between their words."""


def is_nobodys(local: str) -> bool:
    """Whether the part of an address in front of its @ names nobody: "noemail", "no.email", or one that is masked."""
    return "*" in local or "•" in local or "…" in local or re.sub("[._-]", "", local).casefold() in NOBODY


def is_left_empty(text: str) -> bool:
    """Whether nobody wrote anything: an empty cell, a dash, or what programs write for one ("null", "(blank)"). Who
    writes "?", "N/A" or "unknown" has looked, and does not know."""
    return "?" not in text and _word(text) in ("", "blank", "empty", "nan", "nil", "none", "null")


def applies_to_nothing(text: str) -> bool:
    """Whether a cell is left empty, or says that nothing belongs there: "N/A", "not applicable"."""
    not_applicable = _word(text) in ("n/a", "na", "n.a", "notapplicable")
    return is_left_empty(text) or (not_applicable and not is_error(text))


LONGEST = 60
"""Characters of the longest cell that may only be filled; a longer one says something."""


@lru_cache(maxsize=64)
def _word(text: str) -> str:
    """A cell's text as these words are compared: width and letter case folded, no blanks, no marks around it; nothing
    for a database's NO_VALUE."""
    folded = text.strip()
    if len(folded) > LONGEST:
        return folded
    if folded == NO_VALUE:
        return ""
    folded = "".join(unicodedata.normalize("NFKC", folded).casefold().split())
    return folded.strip("@#!?.,:;'’`\"“”()[]{}<>*_~=-–—−/\\|…·•")

"""Names of agencies as lists and directories write them: turned round, behind a code, with an acronym beside. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from connectors.reference import table

TURNED = re.compile(r"(?i)([^()]+?)(?:, *+|(?:(?<! ) +)?\( *+)([^(),]*\b(?:of|for|on)(?: the)?) *\)?")
"""A name sorted by its main word: "Labor, Department of", "Labor (Department of)"."""
SHORT_BEHIND = re.compile(r"(.+?)(?:(?:(?<! ) +)?\( *|(?<! ) +[-–—] +)([^\W\d_]{3,10}) *\)?")
SHORT_BEFORE = re.compile(r"([^\W\d_]{3,10}) +[-–—] +(.+)")
"""A name with its acronym: "Department of Human Affairs (DHA)", "DHA - Department of Human Affairs"."""
WITH_FORMER = re.compile(
    r"(?i)(.+?)(?:(?<! ) +)?(?:[(,\[] *|[-–—] +)((?:formerly|previously|f/?k/?a\b)[^()\[\]]+)[)\]]?"
)
"""A name with one of other times behind it: whose name that is today, only whoever keeps the list can say."""
WITH_ANOTHER = re.compile(
    r"(?i)(.+?)(?:(?<! ) +)?(?:[(,\[] *|[-–—] +)"
    r"(?:a/?k/?a\b\.?|also (?:known|called)(?: as)?\b):? *+([^()\[\]]+)[)\]]?"
)
"""A name with another one of today behind it."""
BETWEEN_NAMES = re.compile(r",\s+|(?<!\s)\s+[/–—-]\s+")
"""What may stand between two names, or within one."""
HEADS = frozenset({"department", "bureau", "office", "board", "division", "commission", "agency"})
"""What the agencies of every state are called: "Department of …" alone is nobody's own."""
LONGEST_NAME = 300
"""Letters of the longest name that is looked at for this."""


def names_within(written: Iterable[str], code: str) -> tuple[list[str], list[str]]:
    """Further names and acronyms that names say as lists write them: behind the agency's code, sorted by the main word,
    with the acronym or another name of today beside it. A former name is none of them (see `former_name`)."""
    names, shorts = list[str](), list[str]()
    written = [one for one in written if len(one) <= LONGEST_NAME]
    for name in written:
        found = _without_code(name, code).rstrip(" *†‡")
        state, between, rest = (*re.split(r"((?<!\s)\s+[-–—]\s+|:\s+|,\s+)", found, maxsplit=1), "", "")[:3]
        found = rest if between and rest and not _without_state(state) else found
        if both := WITH_FORMER.fullmatch(found):
            found = both[1]
        others = [both[2].strip()] if (both := WITH_ANOTHER.fullmatch(found)) else []
        found = _turned(both[1] if both else found)
        for pattern, short, rest in ((SHORT_BEHIND, 2, 1), (SHORT_BEFORE, 1, 2)):
            both = pattern.fullmatch(found)
            if both and _is_short_for(both[short], alone := _turned(both[rest])):
                shorts.append(both[short])
                found = alone
                break
        names += [one for one in (found, *map(_turned, others)) if one not in ("", *written, *names)]
    return names, shorts


def former_name(name: str) -> str:
    """What a name says of other times, "formerly Human Services"; empty without."""
    found = WITH_FORMER.fullmatch(name) if len(name) <= LONGEST_NAME else None
    return found[2].strip() if found else ""


def names_in(text: str) -> tuple[tuple[str, ...], bool]:
    """The names of a text with commas, slashes or dashes in it, and whether it is open if it is one name or several.

    Several only where all of them name a State, have the same main word, or are written as acronyms: of "Department of
    Health, Office of Aging" the first is another agency's. "Agriculture, Conservation and Forestry" is one name.
    """
    parts = [part for part in BETWEEN_NAMES.split(text) if part] if len(text) <= LONGEST_NAME else [text]
    if len(parts) < 2:
        return (text,), False
    first, *others = parts
    alike = all(_main_word(part) == _main_word(first) for part in others)
    if alike and (_main_word(first) or all(map(_names_a_state, parts))):
        return tuple(parts), False
    if all(map(_is_acronym, parts)) and not text.isupper():
        return tuple(parts), False
    return (text,), not _is_one(text, parts)


def _is_one(text: str, parts: Sequence[str]) -> bool:
    """Whether commas are part of a name: an enumeration with "and", one that is turned round, the State behind it."""
    if parts[-1].casefold() in ("inc", "inc.", "llc") or not _without_state(parts[-1]):
        return len(parts) == 2
    if TURNED.fullmatch(text) or WITH_FORMER.fullmatch(text) or WITH_ANOTHER.fullmatch(text):
        return True
    enumerated = not re.search(r"\s[/–—-]\s", text) and re.search(r"(?i)\band\b|&", parts[-1])
    headed = [part for part in parts if _main_word(part)]
    own = not headed or (len(headed) == 1 and (headed[0] == parts[0] or not _begins_with_head(parts[-1])))
    return bool(enumerated) and own and not any(map(_names_a_state, parts[1:]))


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    return frozenset(row["name"].casefold() for row in table("states.csv"))


def _names_a_state(name: str) -> bool:
    """Whether a name of several words begins with a State's, or ends with "of" and one."""
    return _without_state(name) not in ("", name.casefold())


def _without_state(name: str) -> str:
    """A name in small letters without a State's in front of it, or behind "of" at its end; empty for a State alone."""
    folded = name.casefold().removeprefix("the ").removeprefix("state of ")
    if folded in _states():
        return ""
    state = next((one for one in _states() if folded.startswith(f"{one} ")), "")
    behind = next((one for one in _states() if folded.endswith(f" of {one}")), "")
    return folded.removeprefix(state).removesuffix(f" of {behind}").strip() if state or behind else folded


def _main_word(name: str) -> str:
    """The word that says what kind of agency a name is of, "department" ("Dept. of …", "… Dept."); empty without."""
    words = [spelled(word) for word in re.findall(r"[^\W\d_]+", _without_state(name))]
    found = (words[0], words[-1]) if len(words) > 1 else ()
    return next((word for word in found if word in HEADS), "")


def _begins_with_head(name: str) -> bool:
    return spelled(name.casefold().split()[0].strip(".")) in HEADS


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, str]:
    """Short forms and the words they stand for, in small letters, from abbreviations.csv."""
    return {short: row["word"] for row in table("abbreviations.csv") for short in row["short"].split(";")}


def spelled(word: str) -> str:
    """A word in small letters with its short form written out."""
    return abbreviations().get(word, word)


def _is_acronym(text: str) -> bool:
    """Whether a text is one word of several capitals: "MaineDOT", "DHHS"."""
    return text.isalpha() and sum(letter.isupper() for letter in text) > 1


def _without_code(name: str, code: str) -> str:
    """A name without the agency's code before it; letters that merely begin alike stay."""
    rest = name.removeprefix(code)
    return name if rest[:1].isalnum() else rest.lstrip(" :.–—-")


def _turned(name: str) -> str:
    """A name that is sorted by its main word as one says it; any other as it is."""
    found = TURNED.fullmatch(name)
    return f"{found[2].strip()} {found[1]}" if found else name


def _is_short_for(short: str, name: str) -> bool:
    """Whether a word is a name's acronym: its capitals are first letters of the name's words, in their order; one for
    the State may stand before them ("MDOT")."""
    capitals = [letter.casefold() for letter in short if letter.isupper()]
    firsts = [word[0].casefold() for word in re.findall(r"[^\W\d_]+", name)]

    def in_order(letters: list[str]) -> bool:
        written, head_first = iter(firsts), iter([*firsts[-1:], *firsts[:-1]])
        return len(letters) > 2 and any(all(letter in rest for letter in letters) for rest in (written, head_first))

    return in_order(capitals) or in_order(capitals[1:])

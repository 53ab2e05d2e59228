"""What spreadsheets and exporters put around a value, taken off again; ids as they were meant. Pure."""

from __future__ import annotations

import re
import unicodedata

TEXT_FORMULA = re.compile(r'=\s*"(?P<text>[^"]*)"|=\s*T\(\s*"(?P<of_t>[^"]*)"\s*\)', re.IGNORECASE)
"""Excel's ="001003": a text that was written as a formula so that its zeros stay."""
WHOLE_NUMBER = re.compile(r"(?P<digits>\d+)\.0+")
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0+)?")
APOSTROPHES = "'’‘`"
"""In front of a value: Excel's mark for "this is text"."""


def plain(text: str) -> str:
    """A value without what nobody sees and what a spreadsheet wrapped around it.

    Zero-width characters and direction marks go, spaces of any width become one space, wide digits and letters become
    ordinary ones; ="001003" is 001003, '001003 is 001003, "001003" in quotation marks is 001003.
    """
    if text.isascii() and not text.startswith(("=", "'", "`", '"')) and "  " not in text and text.isprintable():
        return text.strip()
    seen = " ".join(visible(unicodedata.normalize("NFKC", text)).split())
    if formula := TEXT_FORMULA.fullmatch(seen):
        seen = (formula["text"] if formula["text"] is not None else formula["of_t"]).strip()
    if len(seen) > 1 and seen[0] == seen[-1] == '"':
        seen = seen[1:-1].strip()
    if len(seen) > 1 and seen[0] in APOSTROPHES:
        seen = seen[1:].removesuffix(seen[0]).strip()
    return seen


def visible(text: str) -> str:
    """A text without zero-width characters, direction marks and control characters; blanks and line ends stay."""
    if text.isascii() and text.isprintable():  # nearly every cell
        return text
    return "".join(one for one in text if one.isspace() or unicodedata.category(one) not in {"Cf", "Cc"})


def identifier(text: str) -> str:
    """An id as it was meant: without what a spreadsheet wrapped around it, 1003.0 and 1,003 as 1003."""
    seen = plain(text)
    if THOUSANDS.fullmatch(seen):
        seen = seen.replace(",", "")
    whole = WHOLE_NUMBER.fullmatch(seen)
    return whole["digits"] if whole else seen


def folded_word(word: str) -> str:
    """A word for comparison: small letters and digits only ("Junk folder" is "junkfolder")."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())

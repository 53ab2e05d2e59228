"""Characters that any comparison takes for ASCII text must be that text where large exports are searched."""

import unicodedata

import idna
import pytest

from connectors.letters import letter, seen

POINTS = (*range(0x80, 0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE01F0))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("MaineDOT", "mainedot"),
        ("Thériault", "theriault"),
        ("The\u0301riault", "theriault"),
        ("ＭａｉｎｅＤＯＴ", "mainedot"),
        ("Мaіnе", "maine"),
        ("ᴍᴀɪɴᴇ Ⓜaine 🅜aine", "maine maine maine"),
        ("Ma\u200bi\u00adne", "maine"),
        ("Ma🌲ine • “DOT” – 🇲🇪", 'maine  "dot" - '),
        ("STRASSE Straße", "strasse strasse"),
        ("ada@maine。gov", "ada@maine.gov"),
        ("ada\u00a0maine", "ada maine"),
        ("мэн", "мэн"),
        ("株式会社", "株式会社"),
    ],
)
def test_what_a_reader_sees(text: str, shown: str) -> None:
    assert seen(text) == shown
    assert seen(shown) == shown


def test_a_letter_keeps_its_case() -> None:
    assert letter("É", skeleton=False) == "E"
    assert letter("М", skeleton=False) == "М"
    assert letter("М", skeleton=True) == "M"


def test_no_comparison_takes_for_ascii_what_is_not_seen_so() -> None:
    for character in map(chr, POINTS):
        forms = {character.casefold(), unicodedata.normalize("NFKC", character).casefold(), in_domains(character)}
        for form in forms:
            if form is not None and form.isascii() and character != "…":  # three full stops, of which one will do
                assert seen(character) == form, hex(ord(character))


def in_domains(character: str) -> str | None:
    try:
        return idna.uts46_remap(character, std3_rules=False)
    except idna.IDNAError:
        return None

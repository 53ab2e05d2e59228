"""What words around a mark say: a pattern is tried only where its words stand, and misses nothing by it."""

import random

from audit.profiles import contexts
from audit.profiles.text import in_line


def test_a_pattern_matches_only_where_its_words_were_found() -> None:
    chance = random.Random(4)
    every = contexts.contexts()
    forms = sorted({form for context in every for form in context.forms})
    matched = 0
    for _ in range(1_500):
        said = chance.sample(forms, 3) + chance.sample(["maine", "not", "in", "2012", ".", "ourstate"], 2)
        chance.shuffle(said)
        text = in_line(said)
        found = {number for number, context in enumerate(every) if context.pattern.search(text)}
        assert found <= contexts._rows_in(text), text
        matched += len(found)
    assert matched > 1_500

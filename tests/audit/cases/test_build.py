"""Cases as a frame: in which order they stand."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from audit.cases.build import TEXT, _in_order

NAMES = st.one_of(st.none(), st.sampled_from(["", "a", "A", "b", "é", "\U0001f6a8", "ａ", "10", "9"]))


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=12))
def test_the_order_is_that_of_pandas_where_what_is_missing_comes_last(rows: list[tuple[str | None, ...]]) -> None:
    names = ["platform", "identity", "registered_mailbox"]
    frame = pd.DataFrame(rows, columns=names, dtype=TEXT)
    columns = [[row[at] for row in rows] for at in range(len(names))]
    assert _in_order(*columns) == frame.sort_values(names).index.tolist()

"""What each column of each frame is, from the one table that says it: data/reference/frames.csv. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from connectors import reference


def descriptions() -> dict[tuple[str, str], str]:
    """(frame, column) → what it holds, with its unit, in the order of the table."""
    rows = reference.table("frames.csv")
    return {(frame, row["column"]): row["what"] for row in rows for frame in row["frames"].split(";")}


def described(frames: Mapping[str, pd.DataFrame | None]) -> pd.DataFrame:
    """One row a column of these frames, as they stand, then one a column of the frames that are described and not
    here: frame, column, type, what. `type` is "" where the frame is not here."""
    what = descriptions()
    here = [
        (name, str(column), str(kind)) for name, frame in frames.items() if frame is not None
        for column, kind in frame.dtypes.items()
    ]  # fmt: skip
    named = {name for name, _, _ in here}
    rows = [*here, *((frame, column, "") for frame, column in what if frame not in named)]
    told = [(frame, column, kind, what.get((frame, column), "")) for frame, column, kind in rows]
    return pd.DataFrame(told, columns=["frame", "column", "type", "what"])

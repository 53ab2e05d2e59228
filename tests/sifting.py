"""The sift asked about one row."""

from collections.abc import Mapping

import pyarrow as pa

from connectors.sift import Terms, sift


def stays(values: Mapping[str, str], terms: Terms) -> bool:
    return sift(pa.RecordBatch.from_pylist([dict(values)]), terms).to_pylist() == [True]

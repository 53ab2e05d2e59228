"""The night's cases as a file: cases.parquet, from which a rule can be tried long after the night.

One row a case with the columns of audit.cases, sources and evidence as JSON text, and three more: the rules that held
for it, those of which nothing could be said (JSON lists of rule ids), and the ids of the findings they make. The file
says which run wrote it, so that cases are never taken for those of another run.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from audit.cases.build import COLUMNS, TEXT, typed_column
from audit.rules import Rule
from audit.rules.rule import finding_id
from audit.workbook.whole_file import replacing

NAME = "cases.parquet"
HOLDS, CANNOT_TELL, FINDING_IDS = "holds", "cannot_tell", "finding_ids"
TYPES = {**{name: TEXT if kind == "object" else kind for name, kind in COLUMNS.items()},
         HOLDS: TEXT, CANNOT_TELL: TEXT, FINDING_IDS: TEXT}  # fmt: skip
"""The columns of the file in their order, with the types they have as a frame."""

AT_ONCE = 4_000
"""Cases that are made ready and written in one go: as text a case takes more than a kilobyte."""
_IDENTIFYING = ("platform", "identity", "supervisor_id", "employee_id", "registered_mailbox")
_ARROW = {"boolean": pa.bool_(), "Int64": pa.int64(), TEXT: pa.string()}
_RUN = b"run_id"


def judged_parts(
    cases: pd.DataFrame,
    rules: Sequence[Rule],
    answers: pd.DataFrame,
    ids: Mapping[str, str] | None = None,
    spared: Collection[str] = (),
) -> Iterator[pd.DataFrame]:
    """All cases `with_answers`, in their order, so many at once as there is room for; one part, empty, where there are
    none."""
    for start in range(0, len(cases) or 1, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        yield with_answers(cases[part], rules, answers[part], ids, spared)


def with_answers(
    cases: pd.DataFrame,
    rules: Sequence[Rule],
    answers: pd.DataFrame,
    ids: Mapping[str, str] | None = None,
    spared: Collection[str] = (),
) -> pd.DataFrame:
    """The cases with what each rule said of them (`answers` of audit.rules.Verdicts), as the file keeps them. Pure.

    `ids` has the id of the finding that a rule's own id of a case goes on, where it is another one; what is `spared`
    makes none.
    """
    holding: list[list[str]] = [[] for _ in range(len(cases))]
    unknown: list[list[str]] = [[] for _ in range(len(cases))]
    findings: list[list[str]] = [[] for _ in range(len(cases))]
    who = {name: cases[name].fillna("").tolist() for name in _IDENTIFYING}
    for one in rules:
        said = answers[one.rule_id]
        for place in said.isna().to_numpy().nonzero()[0]:
            unknown[place].append(one.rule_id)
        for place in said.fillna(value=False).to_numpy().nonzero()[0]:
            holding[place].append(one.rule_id)
            own = finding_id(one, {name: column[place] for name, column in who.items()})
            made = (ids or {}).get(own, own)
            findings[place] += [made] if made not in spared else []
    written: dict[str, Iterable[Any]] = {
        "sources": map(list, cases["sources"]),
        "evidence": (list(map(asdict, pieces)) for pieces in cases["evidence"]),
        HOLDS: holding,
        CANNOT_TELL: unknown,
        FINDING_IDS: findings,
    }
    kept = cases.assign(**{name: typed_column(list(map(_text, values)), TEXT) for name, values in written.items()})
    others = {name: kind for name, kind in TYPES.items() if kept[name].dtype != kind}
    return (kept.astype(others) if others else kept)[list(TYPES)]


def write_cases(path: Path, parts: Iterable[pd.DataFrame], run_id: str) -> None:
    """Put judged cases in the place of `path`, whole or not at all. The same parts give the same bytes. OSError."""
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in TYPES.items()], metadata={_RUN: run_id.encode()})
    with replacing(path) as file, parquet.ParquetWriter(file, schema, compression="zstd") as out:
        for cases in parts:
            columns = [pa.array(cases[name], type=_ARROW[kind], from_pandas=True) for name, kind in TYPES.items()]
            out.write_table(pa.Table.from_arrays(columns, schema=schema))


def read_cases(path: Path, run_id: str) -> pd.DataFrame | None:
    """The cases that a run stored, with the columns and types of TYPES; None where there are none of this run."""
    try:
        table = parquet.read_table(path, partitioning=None)
    except FileNotFoundError:
        return None
    if (table.schema.metadata or {}).get(_RUN) != run_id.encode():
        return None
    cases: pd.DataFrame = table.to_pandas().reindex(columns=list(TYPES))
    return cases.astype(TYPES)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no part of a case")

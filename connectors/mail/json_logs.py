"""Mail logs in JSON Lines, one object a line: from a file to a feed of the scan.

What is taken up of a line is said once, as SQL. A sound file DuckDB reads whole; where a line is broken, the lines are
read one after the other, by the same SQL, so that the broken ones can be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.contract import Rejected, SourceChanged, SourceDown
from connectors.files import table
from connectors.files.progress import Tell, unwatched
from connectors.mail import query as mail_query
from connectors.mail.fates import Fates
from connectors.mail.log_files import feed_relation
from connectors.mail.log_text import log_lines
from connectors.mail.scan import Entry, Feed

LONGEST = 16 * 1024**2
"""Bytes of the longest line that is read."""
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class JsonShape:
    """What a line holds of a mail.

    `fields` are the keys that are read, with their SQL types; an object or a list holds further ones: {"msg":
    {"subject": ["VARCHAR"]}}. `columns` are those of mail_query.FEED as SQL over these keys, `is_mail` says, in SQL
    too, whether a line is about a mail at all. `what` and `others` are what messages call the log, and its other lines.
    """

    what: str
    fields: Mapping[str, Any]
    columns: Mapping[str, str]
    is_mail: str
    others: str

    def relation(self, lines: str, joined: str = "", place: str = "") -> str:
        """A feed's relation over SQL that has `fields` as its columns; `joined` follows it in FROM, and `place` says
        where a line stands."""
        sender = f"CASE WHEN {self.is_mail} THEN {self.columns['sender']} ELSE {mail_query.NO_MAIL} END"
        return feed_relation({**self.columns, "sender": sender}, f"{lines} {joined}", place or "NULL::VARCHAR")


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does. Raises SourceDown for one that is empty or damaged."""
    with path.open("rb") as file, table.unpacking(file) as content:
        begins = content.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not begins:
        raise SourceDown(f"{path.name} is empty. Export it again.")
    return begins in (b"{", b"[")


def json_feed(path: Path, place: str, shape: JsonShape, words: Fates, joined: str = "") -> Feed:
    """A file of JSON Lines as a feed. Raises SourceChanged for JSON that is one list or one object over many lines."""
    with closing(table.lines(path, "utf-8")) as lines:
        first = next((line.strip() for line in lines if line.strip()), "")
    if first in ("{", "[") or first.startswith("["):
        raise SourceChanged(
            f"{place}: this is JSON, but not one object a line. Export it as JSON Lines, or write it again with:"
            " jq -c '.[]' old.json > new.jsonl"
        )
    exact = partial(_lines, path, place, shape, joined)
    relation = shape.relation(json_relation(path, shape.fields), joined)
    return Feed(place, exact, relation, fates=words, others=shape.others)


def json_relation(path: Path, fields: Mapping[str, Any]) -> str:
    """A file of JSON Lines as SQL, with these keys as its columns; a broken line is an error."""
    columns = ", ".join(f"{table.text_sql(name)}: {table.text_sql(_type(of))}" for name, of in fields.items())
    return (
        f"read_json({table.file_sql(path)}, format = 'newline_delimited', columns = {{{columns}}}, "
        f"maximum_object_size = {LONGEST})"
    )


def _type(of: Any) -> str:
    """The SQL type of a key."""
    if isinstance(of, Mapping):
        return f"STRUCT({', '.join(f'{table.column_sql(name)} {_type(one)}' for name, one in of.items())})"
    return f"{_type(of[0])}[]" if isinstance(of, list) else str(of)


def _lines(path: Path, place: str, shape: JsonShape, joined: str, told: Tell) -> Iterator[Entry | Rejected]:
    """The file line by line. What has another type than expected is read as if it were not there."""
    broken: list[int] = []
    read = shape.relation("batch", joined, "number")
    with table.connected() as connection:
        for batch in sound_lines(path, shape.fields, told, broken):
            connection.register("batch", batch)
            found = connection.execute(read)
            names = [column[0] for column in found.description or []]
            for row in found.fetchall():
                values = {name: str(value or "") for name, value in zip(names, row, strict=True)}
                yield {**values, "place": f"{place}:{values['place']}"}
    for number in broken:
        yield Rejected(f"{place}:{number}", f"the line is no object in JSON; correct it in {shape.what}")


def sound_lines(
    path: Path, fields: Mapping[str, Any], told: Tell = unwatched, broken: list[int] | None = None
) -> Iterator[pa.Table]:
    """The keys of the sound lines, batch by batch, and the `number` of each; the numbers of the others are added to
    `broken`. What has another type than expected is NULL."""
    numbered = ((at, line) for at, line in enumerate(log_lines(path, told), start=1) if line.strip())
    parsed = f"SELECT number, unnest(TRY(from_json(line, {table.text_sql(json.dumps(fields))}))) FROM texts"  # noqa: S608
    with table.connected() as connection:
        while some := list(islice(numbered, BATCH)):
            sound = [(at, line) for at, line in some if _is_object(line)]
            if broken is not None:
                broken += sorted({at for at, _ in some} - {at for at, _ in sound})
            numbers, texts = pa.array([at for at, _ in sound], pa.int64()), [line for _, line in sound]
            connection.register("texts", pa.table({"number": numbers, "line": pa.array(texts, pa.string())}))
            yield connection.sql(parsed).to_arrow_table()


def _is_object(line: str) -> bool:
    try:
        return table.UNDECODABLE not in line and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False

"""Mail logs on a cluster: each part is counted where it lies, by the SQL that counts a file here.

Of mails whose sender is not on the list their number comes back, of the others what a scan keeps until it has
classified them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import duckdb
import pyarrow as pa

from connectors.contract import Item, Source
from connectors.files.bulk import column_text
from connectors.files.dated import date_format
from connectors.files.headings import Wanted, positions, taken_down
from connectors.files.progress import unwatched
from connectors.files.table import column_sql, connected, text_sql
from connectors.mail import query as mail_query
from connectors.mail.fates import Fates, known
from connectors.mail.log_files import SPARED, Shape, feed_relation, in_zone_sql, zone_in
from connectors.mail.scan import Entry, Feed, scan_feeds
from connectors.mail.signals import Signals
from connectors.spark.parts import PART, rows_found
from connectors.spark.places import Place, places
from connectors.spark.session import FILE, ROW, Cluster, opened
from connectors.spark.tables import above, columns_of

COUNTED = pa.schema([("one", pa.string()), ("rows_", pa.int64())])
DAYS = pa.schema([("day", pa.string())])
Nested = Callable[[duckdb.DuckDBPyRelation], Mapping[str, str] | None]
"""Of a log's columns those of mail_query.FEED, as SQL over them, where it is of the form that is looked for."""


def scan_tables(
    source: Source, shape: Shape, signals: Signals, nested: Nested | None = None, words: str = ""
) -> Iterator[Item]:
    """What the logs of a source say that lie on a cluster, as `scan` says it of files.

    `nested` knows a form of the log that is no plain table, whose words of mail_fates.csv are `words`. Raises
    SourceDown, SourceChanged.
    """
    feeds = (_feed(source, place, shape, nested, words) for place in places(source))
    yield from scan_feeds(source, ((one, unwatched) for one in feeds), signals)


def _feed(source: Source, place: Place, shape: Shape, nested: Nested | None, words: str) -> Feed:
    cluster = opened(source.engine, source.folder, place)
    with connected() as connection:
        described = columns_of(connection, cluster, place)
        cells = nested(described) if nested else None
        if cells is not None:
            return _fed(cluster, place, list(described.columns), cells, known(words, source))
        return _plain(source, cluster, place, shape, described)


def _plain(source: Source, cluster: Cluster, place: Place, shape: Shape, described: duckdb.DuckDBPyRelation) -> Feed:
    headings, kinds = described.columns, [str(kind) for kind in described.types]
    columns = shape.columns(headings, source, place.name)
    needed = tuple(field for field in columns if field not in SPARED)
    wanted = Wanted(tuple(columns), needed, columns, tables=source.tables)
    where = positions(headings, wanted, place.name)
    taken_down(headings, where, wanted, place.name)
    cells = {name: _cell(headings[at], kinds[at], name, wanted, place.name) for name, at in where.items()}
    day = cells.get("sent_at", "")
    if day and (zone := zone_in(columns["sent_at"])):
        cells["sent_at"] = in_zone_sql(day, zone)
    more = {name: text_sql(value) for name, value in shape.more(columns).items()}
    chosen = list(dict.fromkeys(headings[at] for at in where.values()))
    form = date_format(source)
    return _fed(cluster, place, chosen, {**cells, **more}, known(shape.system, source), day=day, form=form)


def _cell(heading: str, kind: str, name: str, wanted: Wanted, place: str) -> str:
    """A column as text; of several recipients as logs join them."""
    if kind == "VARCHAR[]":
        return f"array_to_string({column_sql(heading)}, ';')"
    return column_text(heading, kind, name, wanted, place)


def _fed(
    cluster: Cluster,
    place: Place,
    columns: Sequence[str],
    cells: Mapping[str, str],
    fates: Fates,
    *,
    day: str = "",
    form: str = "",
) -> Feed:
    """A log of these columns as a feed; `cells` are mail_query.FEED over them, `day` what holds its times where their
    form is not known."""
    spot = text_sql(f"{place.name}:")
    if place.stored:
        name = f"regexp_replace({column_sql(FILE)}, {text_sql(above(place))}, '')"
        spot = f"{spot} || {name} || ' row ' || ({column_sql(ROW)} + 1)"
    return Feed(
        place.name,
        _never,
        feed_relation(cells, PART, spot),
        dated="sent_at" in cells,
        fates=fates,
        days=f"SELECT DISTINCT {mail_query.day_of(f'({day})')} AS day FROM {PART}" if day else "",  # noqa: S608
        date_format=form,
        elsewhere=partial(_counted, cluster, place, columns),
    )


def _counted(cluster: Cluster, place: Place, columns: Sequence[str], statements: Sequence[str]) -> pa.Table:
    return cluster.run(place, columns, rows_found(statements), COUNTED if len(statements) > 1 else DAYS)


def _never(_: object) -> Iterator[Entry]:
    raise AssertionError("a log on a cluster is not read row by row")

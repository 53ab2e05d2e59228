"""A large file and a small one give the same items: DuckDB and the csv module, on files of every ugliness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import files
from connectors.contract import Dropped, Item, Nexus, Raw, Rejected, Source
from connectors.files import bulk, delimited
from connectors.files.headings import Wanted
from connectors.sift import terms_of

FIELDS = ("platform", "handle", "bio", "created_at")
SEARCHED = ("handle", "bio")
NEXUS = Nexus(
    domains=("maine.gov",), terms=("mainedot", "msp."), together=(("maine", "m4ine"), (("dep",), ("warden",)))
)
HEAD = "platform,handle,bio,extra,created_at"


def rows(path: Path, nexus: Nexus = NEXUS, **options: Any) -> list[Item]:
    source = Source("export", path.parent, {"path": path.name, **options}, nexus)
    return list(files.rows(source, FIELDS, ("platform",), search=SEARCHED))


def both(path: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[list[Item], list[Item]]:
    """Items by way of the csv module (the predicate applied afterwards), and by way of DuckDB."""
    monkeypatch.setattr(files, "SMALL", -1)
    fast = rows(path, **options)
    monkeypatch.setattr(bulk, "csv_rows", unsure)
    slow = rows(path, **options)
    monkeypatch.undo()
    return slow, fast


def unsure(*_: object) -> Iterator[Item]:
    raise bulk.Unsure
    yield  # a generator, like the function it stands for


def dropped(items: list[Item]) -> int:
    return sum(item.count for item in items if isinstance(item, Dropped))


def kept(items: list[Item]) -> list[Item]:
    return [item for item in items if not isinstance(item, Dropped)]


BODIES = [
    ("plain", "x,MaineDOT,road crew,,2020-01-01\nx,ann,garden,,\nx,bob,ann@maine.gov,,\n"),
    ("line feeds in quotes", 'x,a,"one\n\ntwo MAINEDOT",,\nx,b,"none\nat all",,\nx,c,msp.,,\n'),
    ("too few and too many", "x,mainedot1\nx,mainedot2,b,,\nx,mainedot3,b,,,\nx,ann,,,\nx\n"),
    ("a separator at the end", 'x,mainedot,b,,,\nx,ann,b,,,\nx,ann,b,,,""\nx,ann,b,,,,\nx,ann,b,,,c\nx,ann,b,c\n'),
    ("ragged with line feeds", 'x,"main\nedot"\nx,mainedot,b,,\nx,"a\nb","c\nd"\n,,,,\n'),
    ("blank lines", "\n\nx,mainedot,b,,\n\n\nx,ann,b,,\n,,,,\nx,mainedot,last,,"),
    ("quotes within", 'x,"maine""dot""",say "mainedot",,\nx,mainedot,"a ""b"", c",,\nx,ann,6" pipe,,\n'),
    ("an unclosed quote", 'x,mainedot,b,,\nx,ann,"never closed,,\nx,mainedot,c,,\nx,bob,d,,\n'),
    ("text after a quote", 'x,"mainedot" x,b,,\nx,mainedot,c,,\n'),
    ("beyond ASCII", "x,ann,jardín,,\nx,ann,garden,,\nx,Maіne,Wärden,,\nx,mаіnédøt,é,,\nx,ann,A\u202etodeniam,,\n"),
    (
        "ornaments are no letters",
        "x,ann,garden 🌲 • “dogs”,,\nx,bob,main🌲edot,,\nx,cy,maine 🌲 dep,,\nx,di,Ⓜaine,,\nx,ed,🌲 é,,\nx,fi,🇲🇪,,\n",
    ),
    ("a term over two columns", "x,maine,dep of things,,\nx,maine,deputy,,\n"),
    ("empty quoted", 'x,"","",,""\n"x","","mainedot","",""\n"","","","",""\n'),
    ("repeated rows", "x,ann,b,,\nx,mainedot,b,,\nx,mainedot,b,1,\nx,mainedot,b,,\n" * 3),
    ("NA and NULL are words", "x,NA,mainedot NULL,None,NaN\n"),
    ("carriage returns in text", 'x,mainedot,"a\rb",,\nx,ann,"c\rd",,\n'),
    ("bare carriage return", "x,mainedot,a\rb,,\nx,mainedot,c,,\n"),
    ("NUL", "x,mainedot,a\0b,,\nx,mainedot,c,,\n"),
    ("rows between two quotation marks", 'x,ann,"a,,\nx,mainedot,b,,\nx,bob,c",,\nx,mainedot,d,,\n'),
    ("two rows that share a value", 'x,ann,"a,,\nx,mainedot,c",,\nx,mainedot,d,,\n'),
    ("prose that looks like rows", 'x,ann,"a, b\nMaineDOT, c, d",,\nx,mainedot,"tea,milk\n- dogs,cats",,\n'),
    (
        "letters as HTML writes them",
        "x,ann,maine&#100;ot &amp; dogs,,\nx,bob,R&amp;D,,\nx,cy,maine&amp;dot,,\nx,di,A&B;,,\n",
    ),
    ("the sign that ends a file", "x,ann,b,,\nx,mainedot,b,,\n\x1a"),
    ("leading spaces", ' x, mainedot , "b",,\nx,ann, "c",,\n'),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("name", "body"), BODIES, ids=[name for name, _ in BODIES])
def test_both_ways_agree(name: str, body: str, newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes((HEAD + "\n" + body).replace("\n", newline).encode())
    slow, fast = both(path, monkeypatch)
    assert kept(fast) == kept(slow)
    assert dropped(fast) == dropped(slow)
    assert slow


HEADINGS = [
    'platform,handle,bio,"ex\ntra",created_at\n',
    'platform,handle,bio,"ex\rtra",created_at\n',
    'platform,handle,bio,"ex\ntra",created_at\r\n',
    f'"A report\nof ours"\n{HEAD}\n',
    f'"a\nb\nc","d\ne"\n\n{HEAD}\n',
    f'"a\nb",x\r\n"c\r\nd"\r\n{HEAD}\r\n',
    f'A "report\n{HEAD}\n',
    f"A report\r\n{HEAD}\n",
    f"A report\n{HEAD}\r\n",
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", HEADINGS)
def test_both_ways_agree_below_whatever_headings_and_titles(
    head: str, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.csv"
    body = f'x,mainedot,"one\ntwo",,{end}x,ann,b,,{end}x,mainedot2,"say ""so""",,{end}'
    path.write_text(head + body, newline="", encoding="utf-8")
    slow, fast = both(path, monkeypatch)
    assert kept(fast) == kept(slow)
    assert dropped(fast) == dropped(slow)
    assert slow


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "line feeds in quotes",
        "prose that looks like rows",
        "too few and too many",
        "blank lines",
        "beyond ASCII",
    ],
)
def test_duckdb_reads_ordinary_files_itself(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "\n" + dict(BODIES)[name], encoding="utf-8")
    asked = []

    def slow(*_: object) -> list[object]:
        asked.append("slow")
        return []

    monkeypatch.setattr(files, "SMALL", -1)
    monkeypatch.setattr(delimited, "delimited_rows", slow)
    assert kept(rows(path))
    assert not asked


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("body", "handles", "broken"),
    [
        ('x,ann,"a,,\nx,mainedot,b,,\nx,bob,c",,\nx,mainedot,d,,\n', ["mainedot", "mainedot"], ["export.csv:2"]),
        ('x,ann,"a,,\nx,mainedot,c",,\nx,mainedot,d,,\n', ["mainedot", "mainedot"], ["export.csv:2"]),
        ('x,mainedot,"a,,\ny:,mainedot,c",,\n', ["mainedot"], []),
        ('x,mainedot,"a,,\nx,mainedot ""c"",d",,\n', ["mainedot"], []),  # whoever doubles marks means them
    ],
)
def test_rows_between_two_stray_quotation_marks_are_not_one_value(
    body: str, handles: list[str], broken: list[str], newline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row's account would have another row's address, and the rows between would be lost."""
    path = tmp_path / "export.csv"
    path.write_bytes((HEAD + "\n" + body).replace("\n", newline).encode())
    for items in both(path, monkeypatch):
        assert [item.values["handle"] for item in kept(items) if isinstance(item, Raw)][-len(handles) :] == handles
        assert [item.where for item in items if isinstance(item, Rejected)] == broken


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(
    encoding: str, separator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD + "\nx,mainedot,Thériault,,\nx,ann,none,,\nx,mainedot,,,\nx,mainedot,Côté,,\n"
    path = tmp_path / "export.csv"
    path.write_bytes(text.replace(",", separator).encode(encoding))
    slow, fast = both(path, monkeypatch)
    assert kept(fast) == kept(slow)
    assert [item.values["bio"] for item in kept(slow) if isinstance(item, Raw)] == ["Thériault", "", "Côté"]
    assert dropped(fast) == dropped(slow) == 1


def test_bytes_that_are_no_text_cost_their_row_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(
        HEAD.encode() + b"\nx,mainedot,Th\xc3\xa9riault,,\nx,mainedot,C\xf4t\xe9,,\nx,mainedot,\xc3\xa9\xc3\xa9,,\n"
    )
    slow, fast = both(path, monkeypatch)
    assert kept(fast) == kept(slow)
    assert [getattr(item, "where", "") for item in slow] == ["export.csv:2", "export.csv:3", "export.csv:4"]
    assert isinstance(slow[1], Rejected)
    assert "no text in the file's encoding" in slow[1].reason


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "\nx,ann,garden,,\n" * 1, encoding="utf-8")
    assert [type(item) for item in rows(path)] == [Raw]


def test_thousands_of_terms_are_split_and_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = tuple(f"agency-{number:05d}" for number in range(4000))
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "\nx,agency-03999,b,,\nx,agency-4000,b,,\nx,AGENCY-00000,b,,\n", encoding="utf-8")
    monkeypatch.setattr(files, "SMALL", -1)
    found = rows(path, Nexus(terms=terms))
    assert [item.where for item in kept(found) if isinstance(item, Raw)] == ["export.csv:2", "export.csv:4"]
    assert dropped(found) == 1


# No space before a quotation mark: DuckDB passes over it, RFC 4180 does not; among rows left out the two may differ.
PIECES = st.sampled_from(
    ["x", "mainedot", "ann", "é", '"', '""', ",", "\n", "\r\n", "\n\n", '"a\nb"', "", "maine.gov", "\0"]
)
CELLS = st.text(st.sampled_from("abAB é\",\n'"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_the_same_items_both_ways(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes((HEAD + "\n" + body).encode())
        slow, fast = both(path, monkeypatch)
    assert kept(fast) == kept(slow)
    assert dropped(fast) == dropped(slow)


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=12))
def test_what_is_written_as_csv_is_read_back(table: list[list[str]]) -> None:
    import csv

    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([HEAD.split(","), *table])
        source = Source("export", path.parent, {"path": path.name, "encoding": "utf-8"})
        items = list(files.rows(source, FIELDS, ("platform",)))
        starts = {}
        line = 2
        for row in table:
            starts[line] = row
            line += 1 + sum(cell.count("\n") for cell in row)
    expected = [(f"export.csv:{start}", (row[0], row[1], row[2], row[4])) for start, row in starts.items() if any(row)]
    assert [
        (item.where, tuple(item.values[name] for name in FIELDS)) for item in items if isinstance(item, Raw)
    ] == expected
    assert len(items) == len(expected)


def test_ornaments_do_not_hide_a_term_and_do_not_keep_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "\n" + dict(BODIES)["ornaments are no letters"], encoding="utf-8")
    _, fast = both(path, monkeypatch)
    assert [item.values["handle"] for item in kept(fast) if isinstance(item, Raw)] == ["bob", "cy"]


def test_what_html_writes_otherwise_is_read_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "\n" + dict(BODIES)["letters as HTML writes them"], encoding="utf-8")
    for items in both(path, monkeypatch):
        (first, *_) = (item for item in items if isinstance(item, Raw))
        assert first.values["bio"] == "mainedot & dogs"


@pytest.mark.parametrize("last", ["x,ann,b,,\n\x1a", "x,ann,b,,\r\n\x1a\x1a"])
def test_the_sign_that_ends_a_file_is_no_row(last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(f"{HEAD}\nx,mainedot,b,,\n{last}".encode())
    for items in both(path, monkeypatch):
        assert not any(isinstance(item, Rejected) for item in items)


def test_terms_that_a_shorter_one_implies_are_not_searched_for() -> None:
    terms = terms_of(Nexus(domains=("maine.gov",), terms=("dep.maine.gov", "MaineDOT", "Maіne–DOT")), ("bio",))
    assert terms is not None
    assert terms.alone == ("mainedot", "maine-dot", "maine.gov")


@pytest.mark.parametrize("nexus", [Nexus(), Nexus(terms=("",)), Nexus(terms=("maine", " "))])
def test_no_terms_or_an_empty_one_leave_everything_in(nexus: Nexus) -> None:
    assert terms_of(nexus, ("bio",)) is None


def test_layout_finds_the_headings_below_what_programs_add(tmp_path: Path) -> None:
    wanted = Wanted(FIELDS)
    for before in ("", "\n\n", "sep=;\n", '#TYPE "Some.Thing"\n', ";;;\n"):
        path = tmp_path / "export.csv"
        path.write_text(before + "Platform;HANDLE;Bio;Created At\nx;a;b;2020-01-01\n", encoding="utf-8")
        how = delimited.layout(path, wanted, "export.csv")
        assert (how.separator, how.first_line) == (";", 1 + before.count("\n"))

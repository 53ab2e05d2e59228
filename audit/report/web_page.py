"""Sheets as one page of HTML that needs nothing else, reads well aloud and prints well. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from audit.model.sheet import Line, Link, Look, Sheet, Table, Value, safe_text

STYLE = """
body { font: 11pt/1.45 "Segoe UI", Arial, sans-serif; color: #1a1a1a; background: #fff; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.7rem; }
h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 2px solid #1f3a5f; }
h3 { font-size: 1.05rem; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: 1rem 0; }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th, td { overflow-wrap: break-word; }
th { hyphens: auto; }
th { background: #e8edf3; }
@page { size: letter landscape; margin: 14mm; }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; }
  section { break-before: page; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
"""
NARROWEST = 14
"""Characters of a column's width, so that no heading is broken letter by letter."""
HEADINGS = {Look.TITLE: "h2", Look.HEADING: "h3"}


def web_page(title: str, sheets: Sequence[Sheet]) -> str:
    """The page as text: contents first, then a section for each sheet. Charts are not drawn; their tables stand."""
    contents = "".join(f'<li><a href="#{_anchor(sheet)}">{escape(sheet.name)}</a></li>' for sheet in sheets)
    body = "\n".join(_section(sheet) for sheet in sheets)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _section(sheet: Sheet) -> str:
    anchor, parts, headings = _anchor(sheet), [], 0
    for part in sheet.parts:
        if isinstance(part, Line):
            headings += part.look in HEADINGS
            parts.append(_line(part, f"{anchor}-{headings}"))
        elif isinstance(part, Table):
            parts += _table(part, f"{anchor}-{headings}" if headings else anchor)
    return f'<section id="{anchor}">\n{"".join(parts)}</section>'


def _anchor(sheet: Sheet) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in sheet.name.lower())


def _line(line: Line, identity: str) -> str:
    tag = HEADINGS.get(line.look)
    words = _words(line.text)
    return f'<{tag} id="{identity}">{words}</{tag}>\n' if tag else f"<p>{words}</p>\n"


def _table(table: Table, named_by: str) -> Iterator[str]:
    """The table; `named_by` is the id of the heading it stands under, with which it is announced."""
    headings = "".join(f'<th scope="col">{escape(column.heading)}</th>' for column in table.columns)
    wide = [max(column.width, NARROWEST) for column in table.columns]
    widths = "".join(f'<col style="width: {one / sum(wide):.1%}">' for one in wide)
    yield f'<table aria-labelledby="{named_by}">\n<colgroup>{widths}</colgroup>\n'
    yield f"<thead><tr>{headings}</tr></thead>\n<tbody>\n"
    nothing = True
    for row in table.rows:
        nothing = False
        first, *others = (_words(_text(value)) for value in row)
        yield f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>\n'
    if nothing:
        yield f'<tr><td colspan="{len(table.columns)}">{escape(table.nothing)}</td></tr>\n'
    yield "</tbody>\n</table>\n"


def _text(value: Value) -> str:
    return "" if value is None else value.text if isinstance(value, Link) else str(value)


def _words(text: str) -> str:
    return escape(safe_text(text)).replace("\n", "<br>")

"""The notebooks run top to bottom on the sample state, show what the workbook shows, and name nobody unless asked."""

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text
from python_calamine import CalamineWorkbook

import audit
import audit.config
import audit.night.run
from audit.model.finding import LinkStep
from audit.notebook.load import Frames
from audit.notebook.pictures import Picture
from audit.notebook.trial import Trial
from audit.report.reader import PLACES
from tests.made import DAY, NEXT, two_sample_nights
from tests.states import State, account, person

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]


@dataclass
class Shown:
    """What an executed notebook shows: texts and tables as they are printed, and what stands in its pictures."""

    texts: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    pictures: list[list[str]] = field(default_factory=list)
    drawn: list[Picture] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join([*self.texts, *(line for picture in self.pictures for line in picture)])

    def table(self, *headings: str) -> list[list[str]]:
        """The one table with just these headings after those of its index, as rows."""
        (found,) = [table for table in self.tables if tuple(table[0][-len(headings) :]) == headings]
        return found

    def show(self, value: object) -> None:
        """What a notebook prints below a cell whose last line is an expression."""
        if value is None:
            return
        if isinstance(value, Picture):
            self.draw(value)
            return
        html = value._repr_html_() if hasattr(value, "_repr_html_") else ""
        if html:
            table = _Table()
            table.feed(html)
            self.tables.append(table.rows)
        self.texts += [unescape(html), repr(value)]

    def draw(self, picture: Picture) -> None:
        """Take the words of a picture, and the texts that stand in it."""
        self.drawn.append(picture)
        self.texts.append(picture.words)
        if picture.figure is not None:
            picture.figure.draw_without_rendering()
            self.pictures.append([text for one in picture.figure.findobj(Text) if (text := one.get_text())])


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th")
        if self.inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the sample state after two nights, with decisions read back between them."""
    return two_sample_nights(tmp_path_factory) / "out"


def run(path: Path, folder: Path, **parameters: object) -> Shown:
    """Execute a notebook's cells one after the other, with parameters set after its own; a warning is an error.

    In this process and without a kernel: four kernels took longer than both nights together.
    """
    shown = Shown()
    space: dict[str, object] = {
        "__name__": "__main__",
        "print": lambda *words: shown.texts.append(" ".join(map(str, words))),
    }
    with (
        matplotlib.rc_context(),
        pd.option_context("display.max_colwidth", 50),  # what a notebook sets goes with it
    ):
        plt.switch_backend("agg")
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                execute(cell.source, f"{path.name} {cell.id}", space, shown)
            if "parameters" in cell.metadata.get("tags", []):
                space |= {"folder": str(folder), **parameters}
    return shown


def execute(source: str, name: str, space: dict[str, object], shown: Shown) -> None:
    """One cell, as a notebook runs it: the value of a last expression is shown."""
    steps = ast.parse(source).body
    last = steps.pop() if isinstance(steps[-1], ast.Expr) else None
    exec(compile(ast.Module(steps, []), name, "exec"), space)
    if isinstance(last, ast.Expr):
        shown.show(eval(compile(ast.Expression(last.value), name, "eval"), space))


@pytest.fixture(scope="module")
def shown(out: Path) -> dict[str, Shown]:
    """Every notebook, executed as it comes."""
    return {path.stem: run(path, out) for path in NOTEBOOKS}


@pytest.fixture(scope="module")
def night(out: Path) -> Frames:
    return audit.load(out)


def table(out: Path, *headings: str) -> list[dict[Any, Any]]:
    """The rows of the workbook's one table that has these headings, whichever sheet it stands on, up to a mere line."""
    found = []
    book = CalamineWorkbook.from_path(out / "latest" / "audit.xlsx")
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        for place, row in enumerate(rows):
            if set(headings) <= set(row):
                end = next((at for at in range(place, len(rows)) if set(rows[at][1:]) == {""}), len(rows))
                found.append([dict(zip(row, cells, strict=True)) for cells in rows[place + 1 : end]])
    (only,) = found
    return only


def rules_of(out: Path, name: str) -> Counter[str]:
    """How many findings stand on a sheet, by rule."""
    rows = CalamineWorkbook.from_path(out / "latest" / "audit.xlsx").get_sheet_by_name(name).to_python()
    top = next(row for row in rows if "Finding ID" in row)
    rule, finding_id = top.index("Rule"), top.index("Finding ID")
    told = [row for row in rows[rows.index(top) + 1 :] if re.fullmatch(r"[A-Z]-\d+-[0-9a-f]{12}", str(row[finding_id]))]
    return Counter(str(row[rule]).partition(" ")[0] for row in told)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebooks_are_plain(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    kinds = [cell.cell_type for cell in book.cells]
    assert ("code", "code") not in pairwise(kinds), "a sentence stands before each cell"
    assert max(len(cell.source.splitlines()) for cell in code) <= 25
    (parameters,) = [cell.source for cell in code if "parameters" in cell.metadata.get("tags", [])]
    assert 'folder = "../out"' in parameters
    assert "names = False" in parameters
    assert set(book.metadata) == {"kernelspec", "language_info"}
    imported = set(re.findall(r"^(?:import|from) ([\w.]+)", "\n".join(cell.source for cell in code), re.MULTILINE))
    ours = {name for name in imported if name.partition(".")[0] in ("audit", "connectors")}
    assert ours <= {
        "audit",
        "audit.notebook.lead",
        "audit.notebook.pictures",
        "audit.notebook.pseudonyms",
        "audit.rules",
        "audit.rules.rule",
        "audit.model.trends",
        "audit.notebook.trial",
    }


def test_there_are_five(shown: dict[str, Shown]) -> None:
    assert [name[:2] for name in NAMES] == ["01", "02", "03", "04", "05"]
    assert all(one.tables for one in shown.values())
    pictures = [picture for one in shown.values() for picture in one.pictures]
    assert len(pictures) >= 14
    assert all(len(picture) > 4 for picture in pictures)  # a title, two axes, and what is drawn
    assert not plt.get_fignums(), "a figure that is left open would be shown twice"


def test_every_picture_has_its_words(shown: dict[str, Shown]) -> None:
    for one in shown.values():
        for picture in one.drawn:
            assert picture.figure is not None
            (axes,) = picture.figure.axes
            said = picture.words.replace(",", "")
            assert picture.words.startswith(axes.get_title())
            if len(axes.containers) == 1:  # bars, each with its number beside it
                numbers = [text.get_text() for text in axes.texts]
                named = zip(axes.get_yticklabels(), numbers, strict=True)
                assert all(f"{one.get_text().replace(',', '')} {number}" in said for one, number in named)
            assert len(said) > 60
    picture = shown["05_one_lead"].drawn[-1]
    png, told = picture._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert told == {"alt": picture.words}
    assert f'alt="{escape(picture.words)}"' in picture._repr_html_()


def test_findings_are_those_of_the_sheets(shown: dict[str, Shown], out: Path) -> None:
    (_, *sheets), _, *rows = next(table for table in shown["01_first_look"].tables if table[0][0] == "sheet")
    told: dict[str, Counter[str]] = {name: Counter() for name in PLACES}
    for rule_id, *counts in rows:
        for name, count in zip(sheets, counts, strict=True):
            told[name][rule_id] = int(count)
    assert {name: +count for name, count in told.items()} == {name: rules_of(out, name) for name in PLACES}
    lines = (out / "latest" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(count.total() for count in told.values()) == len(lines) > 100


def test_coverage_is_that_of_the_sheet(shown: dict[str, Shown], out: Path) -> None:
    rows = table(out, "Platform", "Looked at by", "Assessed")
    covered = [row for row in rows if row["Looked at by"] != "nobody"]
    (others,) = [int(re.search(r"\d+", str(row["Platform"]))[0]) for row in rows if row["Looked at by"] == "nobody"]
    assert f"on {len(covered)} platforms; on {others} others" in shown["01_first_look"].text
    kept = shown["01_first_look"].table("status", "read", "kept", "dropped", "rejected", "read_before")[2:]
    sources = table(out, "Source", "Connector", "Judged", "Read")
    assert [row[0] for row in kept] == [row["Source"] for row in sources]
    for mine, theirs in zip(kept, sources, strict=True):
        assert [int(cell) for cell in mine[2:6]] == [theirs[name] for name in ("Read", "Kept", "Dropped", "Rejected")]


def test_weeks_are_those_of_the_sheet(shown: dict[str, Shown], out: Path) -> None:
    pairs = {
        "nights run": "Nights run", "open": "Open at its end", "waiting": "Waiting at its end", "new": "New",
        "reopened": "Reopened", "resolved": "Resolved", "decided": "Decided",
        "median days": "Median days to a disposition",
    }  # fmt: skip
    heading, _, *rows = shown["03_trends_and_precision"].table(*pairs)
    told = [{name: row[heading.index(name)] for name in pairs} for row in rows]
    weeks = table(out, "Week from", "Nights run")
    assert [row[0] for row in rows] == [str(row["Week from"]) for row in weeks]
    for mine, theirs in zip(told, weeks, strict=True):
        for name, theirs_name in pairs.items():
            value = theirs[theirs_name]
            assert (float(mine[name]) if mine[name] != "<NA>" else "") == value, name
    assert any(row["Decided"] for row in weeks)


def test_open_findings_by_agency_and_rule_are_those_of_the_sheet(shown: dict[str, Shown], out: Path) -> None:
    for what in ("rule", "agency"):
        (picture,) = [one for one in shown["03_trends_and_precision"].pictures if f"Open findings by {what}" in one]
        rows = table(out, what.capitalize(), "Open tonight")[:15]
        counts = [text for text in picture if text.isdecimal()]
        assert Counter(str(int(row["Open tonight"])) for row in rows) <= Counter(counts)
        if what == "rule":
            assert {str(row["Rule"]).partition(" ")[0] for row in rows} <= set(picture)


def test_precision_is_that_of_the_sheet(shown: dict[str, Shown], out: Path) -> None:
    notebook, told = shown["03_trends_and_precision"], dict[tuple[str, str, str], list[str]]()
    shares = ("right", "wrong", "left_out", "precision", "low", "high")
    for row in whole_rows(notebook.table(*shares, "bound", "review_only", "since"), 2):
        told[row[0], f"{row[1]}s", "all sources"] = row[2:6]
    for row in whole_rows(notebook.table(*shares), 3):
        told[row[0], f"{row[1]}s", row[2]] = row[3:7]
    rules = table(out, "Rule", "Of its", "Source", "Right", "Wrong")
    named = {(str(row["Rule"]).partition(" ")[0], row["Of its"], row["Source"]): row for row in rules}
    assert told.keys() == named.keys()
    for key, its in named.items():
        right, wrong, left_out, precision = told[key]
        assert [int(right), int(wrong), int(left_out)] == [its["Right"], its["Wrong"], its["Left out"]]
        if int(right) + int(wrong):
            assert abs(float(precision) * 100 - float(str(its["Share that was right"]).rstrip("%"))) <= 0.51
    assert any(row["Right"] and row["Wrong"] for row in rules)


def whole_rows(table: list[list[str]], keys: int) -> list[list[str]]:
    """The rows of a table with `keys` index columns, each with all of its keys: pandas prints a repeated one once."""
    rows, held = [], [""] * keys
    width = len(table[2]) if len(table) > 2 else 0
    for row in table[2:]:
        given = keys - (width - len(row))
        held = [*held[: keys - given], *row[:given]]
        rows.append([*held, *row[given:]])
    return rows


def test_one_finding_is_told_from_evidence_to_rule(shown: dict[str, Shown], night: Frames) -> None:
    notebook = shown["02_why_was_this_flagged"]
    chosen = dict(notebook.table("finding")[1:])["finding_id"]
    finding = night.findings.set_index("finding_id").loc[chosen]
    assert finding["severity"] == "high"
    assert dict(notebook.table("tie")[1:])["link_step"] == finding["link_step"]
    assert "Does not prove:" in notebook.text
    assert f'"{finding["rule_id"]}",' in notebook.text  # the rule's own source
    steps = night.changes[night.changes["finding_id"] == chosen]
    assert len(notebook.table("run_id", "kind", "cause", "reason", "who")) == 1 + len(steps) > 1
    pieces = night.evidence[night.evidence["finding_id"] == chosen]
    assert len(notebook.table("source", "kind", "observed_at", "detail", "sha256")) == 1 + len(pieces) > 1


def test_a_tried_rule_is_held_against_what_the_live_one_found(
    shown: dict[str, Shown], out: Path, night: Frames
) -> None:
    (found,) = [one for one in shown["04_try_a_rule"].tables if one[1:] and one[1][0] == "outcome"]
    told = {row[0]: int(row[1]) for row in found[2:]}
    cases = night.cases
    stands = cases["affiliation"].isin(["employee", "branded_person"]) & ~cases["official"]
    live = stands & ~cases["disclaimer"].isin(["generic", "employer", "state"])
    inferred = [str(step) for step in (LinkStep.NAME_WITH_AGENCY, LinkStep.CONFIRMED)]
    by_address = cases["employee_id"].ne("") & ~cases["link_step"].isin(inferred)
    mine = stands & ~cases["disclaimer"].isin(["employer", "state"]) & by_address
    assert told == {
        Trial.ADDED: (mine & ~live).sum(), Trial.GONE: (live & ~mine).sum(), Trial.BOTH: (live & mine).sum(),
        Trial.NEITHER: (~live & ~mine).sum(), Trial.UNKNOWN: 0,
    }  # fmt: skip
    assert told[Trial.ADDED] > 0 < told[Trial.GONE]
    standing = sum(rules_of(out, name)["C-1"] for name in PLACES)
    assert told[Trial.GONE] + told[Trial.BOTH] == standing


def needles(night: Frames) -> set[str]:
    """Everything in the night that names or quotes a person or an account, in folded case."""
    columns = {
        "findings": ("handle", "account_id", "url", "mailbox", "employee_id", "employee_name", "because", "reviewer"),
        "cases": (
            "identity", "handle", "display_name", "registered_email", "employee_id", "employee_name", "supervisor_id",
            "reading_reason", "profile_sha256", "contact_mailbox", "mentioned_mailbox",
        ),
        "evidence": ("detail", "sha256"),
        "changes": ("reason", "who"),
    }  # fmt: skip
    found = {
        str(value).casefold()
        for name, of_table in columns.items()
        for column in of_table
        for value in getattr(night, name)[column].dropna()
    }
    plain = {"It shows no mark of the organization.".casefold(), "seen for the first time"}
    plain |= {name.casefold() for name in night.run["agencies"].values()}  # an outlet may be called like its agency
    return {text for text in found - plain if len(text) >= 4}


def test_nobody_is_named(shown: dict[str, Shown], night: Frames, out: Path) -> None:
    people = (out.parent / "hr.csv").read_text(encoding="utf-8").splitlines()[1:]
    ids = {line.partition(",")[0] for line in people}
    searched = needles(night) | ids
    assert len(searched) > 1_000
    for name, one in shown.items():
        told = one.text.casefold()
        assert [needle for needle in searched if needle in told] == [], name
        assert re.search("account [0-9a-f]{4}", told) or name in ("01_first_look", "03_trends_and_precision")


@pytest.mark.parametrize("name", ["02_why_was_this_flagged", "04_try_a_rule", "05_one_lead"])
def test_names_are_shown_where_they_are_asked_for(name: str, out: Path, night: Frames) -> None:
    told = run(ROOT / "notebooks" / f"{name}.ipynb", out, names=True).text.casefold()
    assert [needle for needle in needles(night) if needle in told]
    assert "(withheld)" not in told


def test_a_secret_gives_the_same_names_in_two_notebooks(out: Path, night: Frames) -> None:
    cases = night.cases.set_index("finding_ids")
    account = next(
        ids for ids in cases.index if ids.count("C-1-") and cases.loc[ids, "link_step"] == "tied to no person"
    )
    finding_id = re.search("C-1-[0-9a-f]{12}", account)[0]
    one = run(ROOT / "notebooks" / "02_why_was_this_flagged.ipynb", out, secret="a fence", finding_id=finding_id)
    other = run(ROOT / "notebooks" / "04_try_a_rule.ipynb", out, secret="a fence")
    handle = dict(one.table("finding")[1:])["handle"]
    (row,) = [row for table in other.tables for row in table if account in row]
    assert handle.startswith("account ")
    assert handle in row


def test_a_night_without_findings(tmp_path: Path) -> None:
    state = State(tmp_path, people=[person("00017", "Ada", "Thibodeau")], accounts={"export": [account("filler")]})
    state.agencies = [{"agency_code": "17", "name": "Department of Transportation"}]
    state.official = [
        {
            "platform": "x",
            "handle": "MaineDOT1",
            "agency_code": "17",
            "supervisor_employee_id": "00017",
            "status": "active",
        }
    ]
    state.night()
    assert audit.load(tmp_path / "out").findings.empty
    for path in NOTEBOOKS:
        if path.stem.startswith(("02", "05")):
            with pytest.raises(SystemExit, match="nothing to explain"):
                run(path, tmp_path / "out")
        else:
            shown = run(path, tmp_path / "out")
            assert shown.tables
            empty = [one.words for one in shown.drawn if one.figure is None]
            assert len(empty) >= 1 + 4 * path.stem.startswith(("01", "03"))
            assert all(re.search(r": no picture\. \w.+\.$", words) for words in empty)


def test_nothing_is_written(shown: dict[str, Shown], out: Path) -> None:
    assert {path.name for path in out.iterdir()} - {"ledger.sqlite-wal", "ledger.sqlite-shm"} == {
        DAY.isoformat(), NEXT.isoformat(), "latest", "ledger.sqlite", ".lock", "reviews read", "identity-audit.prom",
    }  # fmt: skip

"""What the pages say is what the code does: tables, links, paths, commands, settings, columns, exit codes."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import tokenize
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from audit import config, report
from audit.cli import Exit, parser
from audit.model.settings import ConfigError
from audit.rules import RULES
from audit.verbs.sources_table import BEGIN, END, markdown
from connectors import accounts_csv, agencies_csv, exceptions_csv, hr_csv, official_csv, reference
from connectors.catalog import CONNECTORS
from connectors.contract import Access
from connectors.files import confirmed
from connectors.records import Account
from tests import conversing
from tests.paths import ROOT
from tests.states import State

FOLDERS = (
    "audit", "audit/decisions", "audit/profiles", "audit/report", "audit/workbook", "connectors", "data/reference",
    "data/sample", "notebooks", "tests",
)  # fmt: skip
"""Folders whose README is the reference for what lies there."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *(ROOT / folder / "README.md" for folder in FOLDERS),
    ROOT / "connectors" / "EXAMPLE.md",
    ROOT / "audit" / "OPERATIONS.md",
    ROOT / "audit" / "THREATS.md",
    ROOT / "audit" / "TROUBLESHOOTING.md",
]
NAMED = [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in PAGES]
TOLD = [page for page in PAGES if page.name != "CHANGELOG.md"]
"""Pages that speak of what is there now; the changelog names what was, too."""
LONGEST = 150
"""Lines of README.md."""
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
TOPS = ("audit", "connectors", "data", "notebooks", "tests", ".ci")
MODULE = re.compile(r"(?<![\w./@-])(?:audit|connectors)(?:(?:/\w+)+\.py|(?:\.(?!toml\b|xlsx\b)[A-Za-z_]\w+)+)\b")
MADE = ("out/", "agencies/")
"""Folders that a night writes."""


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def fences(page: Path, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the one table whose heading row begins so, row by row."""
    text = page.read_text(encoding="utf-8")
    (table,) = re.findall(rf"^\| {re.escape(heading)} .*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("page", NAMED)
def test_every_page_is_there_and_the_page_above_leads_to_it(page: Path) -> None:
    assert page.is_file()
    above = ROOT / "README.md" if page.parent == ROOT or page.name == "README.md" else page.with_name("README.md")
    links = LINK.findall(above.read_text(encoding="utf-8"))
    assert page == above or page.relative_to(above.parent).as_posix() in links


@pytest.mark.parametrize("page", NAMED)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.is_relative_to(ROOT), target
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("page", [one for one in NAMED if one.id != "CHANGELOG.md"])
def test_every_file_and_folder_that_is_named_is_there(page: Path) -> None:
    for name in INLINE.findall(prose(page)):
        if re.search(r"[\s<>*…]", name) or name.startswith(("/", "--")) or "://" in name:
            continue
        if name.split("/")[0] in TOPS and "/" in name:
            assert (ROOT / name).exists(), name
        elif name.endswith((".py", ".md", ".ipynb", "/")) and name not in MADE:
            assert (page.parent / name).exists(), name


def test_every_module_that_a_docstring_names_is_there() -> None:
    """Dotted names and paths in docstrings and comments: those of modules, and what they name in them."""
    files = [path for folder in ("audit", "connectors", "tests") for path in (ROOT / folder).rglob("*.py")]
    gone = []
    for path in files:
        with tokenize.open(path) as file:
            tokens = list(tokenize.generate_tokens(file.readline))
        told = [one.string for one in tokens if one.type == tokenize.COMMENT or one.string.startswith(('"""', 'r"""'))]
        for name in chain.from_iterable(MODULE.findall(text) for text in told):
            if not (ROOT / name).exists() if name.endswith(".py") else not importable(name):
                gone.append(f"{path.relative_to(ROOT)}: {name}")
    assert not gone


def importable(name: str) -> bool:
    """Whether a dotted name leads to a module of the project, or to something in one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:count])
        if place.is_dir() or place.with_suffix(".py").is_file():
            found: Any = importlib.import_module(".".join(parts[:count]))
            for part in parts[count:]:
                if not hasattr(found, part):
                    return part in getattr(found, "__annotations__", {})
                found = getattr(found, part)
            return True
    return False


def test_every_folder_of_audit_has_its_row_in_the_street() -> None:
    page = ROOT / "audit" / "README.md"
    named = {row[0].strip("`/") for row in rows(page, "folder")}
    assert named == {one.parent.name for one in (ROOT / "audit").glob("*/__init__.py")}


def test_every_reference_table_is_listed_and_every_listed_one_is_there() -> None:
    folder = ROOT / "data" / "reference"
    listed = set(chain.from_iterable(INLINE.findall(row[0]) for row in rows(folder / "README.md", "file")))
    there = {one.relative_to(folder).as_posix() for kind in ("csv", "txt") for one in folder.rglob(f"*.{kind}")}
    assert listed == {name for name in there if not name.startswith("licences/")}


def test_the_table_of_sources_is_the_catalogue_s() -> None:
    text = (ROOT / "connectors" / "README.md").read_text(encoding="utf-8")
    table = text.partition(BEGIN)[2].partition(END)[0].strip()
    wanted = markdown(CONNECTORS.values())
    assert table == wanted, f"put the output of `identity-audit sources --markdown` between {BEGIN} and {END}"


def test_the_example_of_a_source_reads_its_made_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, platform = fences(ROOT / "connectors" / "EXAMPLE.md", "python")
    (tmp_path / "gitlab_admin.py").write_text(platform, encoding="utf-8")
    monkeypatch.setattr(conversing, "CONVERSATIONS", tmp_path)
    names: dict[str, Any] = {"__name__": "connectors.gitlab_admin"}
    exec(compile(source, "gitlab_admin.py", "exec"), names)
    connector = names["CONNECTOR"]
    made = conversing.Platform(connector)
    items = conversing.fetched(conversing.configured(connector, tmp_path), made)
    found = [one for one in conversing.records(connector, items) if isinstance(one, Account)]
    assert [(one.handle, one.registered_email, str(one.registration)) for one in found] == [
        ("MaineDOT", "jane.doe@maine.gov", "strong"),
        ("ravi", "ravi.lee@maine.gov", "weak"),
        ("otter", "otter@example.org", "weak"),
    ]
    for request, (status, headers, body) in zip(made.asked, made.said, strict=True):
        conversing.conversation(connector).described(tmp_path, request, status, headers, body)
    assert "PRIVATE" not in repr(items)


def test_the_table_of_rules_is_what_the_rules_say() -> None:
    policy, wanted = config.load_policy("maine", ROOT, ROOT / "audit.toml"), []
    for rule in RULES:
        note, file = rule.note(policy), f"`{rule.holds.__module__.replace('.', '/')}.py`"
        wanted.append([note.rule_id, note.clause, str(note.tier), str(note.severity), note.title, file])
    assert rows(ROOT / "audit" / "README.md", "rule") == wanted


def test_each_threat_is_told_at_length_and_held_by_tests() -> None:
    parts = re.split(r"^### (.*)$", prose(ROOT / "audit" / "THREATS.md"), flags=re.MULTILINE)[1:]
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(told) == [row["who"] for row in reference.table("dossier/threats.csv")]
    for who, text in told.items():
        held = text.partition("\n- Tests: ")[2]
        tests = [name for name in INLINE.findall(held) if re.fullmatch(r"tests/(?:\w+/)*test_\w+\.py", name)]
        assert tests, who
        assert len(tests) == held.count("`") / 2, who
        assert not [name for name in tests if not (ROOT / name).is_file()], who


def test_the_exit_codes_are_the_command_s() -> None:
    assert [int(row[0]) for row in rows(ROOT / "README.md", "exit code")] == [int(code) for code in Exit]


def test_the_columns_of_files_are_those_that_are_read() -> None:
    modules = (hr_csv, agencies_csv, official_csv, exceptions_csv, accounts_csv)
    read: dict[str, Any] = {module.CONNECTOR.name: module for module in modules}
    told = {row[1].strip("`"): re.sub(r"`location` is .*|\([^)]*\)", "", row[2]) for row in rows(CONNECTED, "file")}
    assert told.keys() == read.keys()
    for name, words in told.items():
        fields = [word for word in re.split(r"[,;\s]+", words) if word]
        assert set(fields) <= set(read[name].FIELDS), name
        assert set(read[name].FIELDS) - set(fields) <= set(confirmed.COLUMNS), name


CONNECTED = ROOT / "connectors" / "README.md"


def test_the_sheets_are_those_of_the_workbook(state: State) -> None:
    named = list(chain.from_iterable(row[0].split(", ") for row in rows(ROOT / "audit/report/README.md", "sheet")))
    assert sorted(named) == sorted(sheet.name for sheet in report.sheets(state.night()))


def test_the_notebooks_are_those_of_the_folder() -> None:
    page = ROOT / "notebooks" / "README.md"
    assert [LINK.findall(row[0])[0] for row in rows(page, "notebook")] == sorted(
        one.name for one in page.parent.glob("*.ipynb")
    )


def commands() -> Iterator[str]:
    """Every way in which a page calls identity-audit, without its comment."""
    for page in TOLD:
        shown = [line for kind in ("sh", "powershell") for body in fences(page, kind) for line in body.splitlines()]
        for text in (*shown, *INLINE.findall(prose(page))):
            for part in re.split(r"&&|;", text):
                found = re.search(r"(?:^|[/\\\s])identity-audit ((?:\w|--).*)", part)
                if found:
                    yield found[1].partition(" #")[0].strip()


def test_every_command_that_is_shown_is_one() -> None:
    shown = set(commands())
    assert len(shown) > 10
    for words in shown - {"--version"}:
        parser().parse_args(shlex.split(words))


def test_every_verb_is_told_of() -> None:
    verbs = next(one for one in parser()._actions if one.choices).choices
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [verb for verb in verbs or () if not re.search(rf"`{verb}\b|identity-audit {verb}\b", text)]


def test_the_test_command_is_the_one_that_ci_calls() -> None:
    command = next(body for body in fences(ROOT / "README.md", "sh") if "pytest" in body)
    calls = [part.split("/bin/")[1] for part in command.strip().split(" && ")[1:]]
    called = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for old, new in ((" -q ", " --quiet "), (" -c ", " --constraint "), (" -e ", " --editable ")):
        calls = [one.replace(old, new) if one.startswith("pip") else one for one in calls]
    assert all(f".venv-ci/bin/{one}" in called for one in calls)


def test_the_hooks_run_what_ci_runs() -> None:
    called = re.findall(r"\.venv-ci/bin/(.*)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    hooks = re.findall(r"^ +entry: (.*)$", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    wanted = {line.removesuffix(" .") for line in called if not line.startswith("pip")}
    assert set(hooks) == wanted


BASE = """
[organization]
name = "State of Maine"
state = "ME"
mail_domains = ["maine.gov"]
agencies = "agencies.csv"
[directory]
connector = "hr_csv"
path = "hr.csv"
[addresses]
connector = "hr_csv"
path = "ad.csv"
[sources.export]
connector = "accounts_csv"
path = "accounts.csv"
"""


def toml(value: Any) -> str:
    """A value as TOML writes it in a line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {key: overlaid(below[key], above[key]) for key in above if isinstance(below.get(key), dict)}
    return {**below, **above, **both}


def loaded(folder: Path, tables: dict[str, Any]) -> None:
    """Load an audit.toml that has these tables besides those that every one has. Raises ConfigError."""
    path = folder / "audit.toml"
    whole = overlaid(tomllib.loads(BASE), tables)
    path.write_text("".join(f"{key} = {toml(value)}\n" for key, value in whole.items()), encoding="utf-8")
    config.load(path)


def test_every_table_of_settings_that_is_shown_is_accepted(tmp_path: Path) -> None:
    shown = [body for page in TOLD for body in fences(page, "toml")]
    assert len(shown) > 5
    packs = {body[2 : body.index("\n")]: body for body in shown if body.startswith("# ")}
    for name, body in packs.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
        config.load_policy(name, tmp_path, tmp_path / "audit.toml")
    for body in shown:
        if body not in packs.values():
            loaded(tmp_path, tomllib.loads(body))


def test_every_setting_that_is_shown_in_a_line_is_accepted_somewhere(tmp_path: Path) -> None:
    lines = {text for page in TOLD for text in INLINE.findall(prose(page)) if re.match(r"[a-z_]+ = \S", text)}
    assert len(lines) > 10
    for line in lines - {"names = True"}:
        given = tomllib.loads(line)
        assert any(accepts(tmp_path, place) for place in places(given)), line


def places(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everywhere in audit.toml where a setting may stand: the tables of each name, and a source of each connector."""
    for name in ("organization", "output", "mail", "trust", "notice", "network", "engine", "directory", "exceptions"):
        yield {name: given}
    yield {"organization": {"official_accounts": {"connector": "official_csv", "path": "official.csv", **given}}}
    for name, connector in CONNECTORS.items():
        approval = {"by": "D. Cole", "on": date(2026, 1, 15), "reference": "OIT-1", "expires": date(2027, 1, 14)}
        more = {"approval": approval} if connector.access is Access.APPROVAL else {}
        yield {"engine": {"spark": "local[*]"}, "sources": {"other": {"connector": name, **more, **given}}}


def accepts(folder: Path, place: dict[str, Any]) -> bool:
    try:
        loaded(folder, place)
    except ConfigError:
        return False
    return True

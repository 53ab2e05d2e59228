"""Connectors, formats and rules of packages beside this one: tests/example_package, as pip would have installed it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit import extensions
from audit.cli import main
from audit.config import load
from audit.model.night import PullStatus
from audit.model.settings import ConfigError
from audit.rules import RULES
from audit.verbs.doctor import examined
from connectors.catalog import CONNECTORS
from connectors.contract import Source, SourceDown
from connectors.files import KNOWN, formats
from tests.paths import ROOT
from tests.states import DAY, State

EXAMPLE = ROOT / "tests" / "example_package"
OURS = (tuple(CONNECTORS), tuple(rule.rule_id for rule in RULES), frozenset(KNOWN))
ALLOWED = '\n[extensions]\nallow = ["example-audit==1.2"]\n'
MEMBERS = '\n[sources.members]\nconnector = "example_members"\npath = "members.csv"\n'
APPROVAL = '[sources.members.approval]\nby = "A. Counsel"\non = 2026-01-01\nreference = "M 7"\nexpires = 2027-01-01\n'


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Nothing of a package is left behind for other tests."""
    before = set(sys.modules)
    yield
    extensions.take_part(())
    for name in set(sys.modules) - before:
        if name.startswith(("example_audit", "other_audit")):
            del sys.modules[name]
    assert (tuple(CONNECTORS), tuple(rule.rule_id for rule in RULES), frozenset(KNOWN)) == OURS


def install(site: Path, name: str, version: str, points: dict[str, dict[str, str]]) -> None:
    """The metadata that pip writes beside an installed package."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = [
        f"[{group}]\n" + "\n".join(f"{key} = {place}" for key, place in of.items()) for group, of in points.items()
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Python looks for packages in, with the example in it."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shutil.copytree(EXAMPLE / "example_audit", folder / "example_audit", ignore=shutil.ignore_patterns("__pycache__"))
    install(folder, project["name"], project["version"], project["entry-points"])
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def other(site: Path):
    """Installs another package: a module's text, and what of it is offered."""

    def installed(text: str, points: dict[str, dict[str, str]]) -> None:
        (site / "other_audit.py").write_text(text, encoding="utf-8")
        install(site, "other-audit", "0.3", points)

    return installed


def configured(state: State, more: str) -> Path:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    (state.folder / "members.csv").write_text("member,email\nmoss,ada.thibodeau@maine.gov\n", encoding="utf-8")
    state.write = lambda: path  # type: ignore[method-assign]
    return path


# Shown, refused, accepted --------------------------------------------------------------------------------------


def test_what_is_installed_is_told_and_not_loaded(site: Path, state: State, capsys: pytest.CaptureFixture[str]) -> None:
    path = configured(state, "")
    assert main(["sources", "--config", str(path)]) == 0
    out = capsys.readouterr().out
    assert "example-audit 1.2 is installed and not loaded (connector example_forum; connector example_members;" in out
    assert '[extensions] allow = ["example-audit==1.2"]' in out
    _, around, usable = examined(load(path), DAY)
    assert [(one.verdict, usable) for one in around if one.subject == "third party"] == [("note", True)]
    assert "example_audit" not in sys.modules
    with pytest.raises(ConfigError, match=r"brought by the package example-audit, which audit.toml does not allow"):
        load(configured(state, MEMBERS + APPROVAL))
    assert "example_audit" not in sys.modules


def test_what_is_allowed_is_shown_as_third_party(site: Path, state: State, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(configured(state, ALLOWED))
    assert main(["sources", "--config", path]) == 0
    out = capsys.readouterr().out
    assert "example_members  (with approval) third party: example-audit 1.2 gives Account records" in out
    assert "ok       third party: example-audit 1.2 (connector example_forum; connector example_members; format" in out
    assert main(["sources", "example_forum", "--config", path]) == 0
    assert "# Made by: third party: example-audit 1.2" in capsys.readouterr().out
    assert main(["sources", "--json", "--config", path]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["example_members"]["origin"], rows["hibp"]["origin"]) == ("third party: example-audit 1.2", "")
    assert main(["rules", "--config", path]) == 0
    out = capsys.readouterr().out
    assert "X-EXAMPLE-1  Account that shows a state mailbox (" in out
    assert "low, third party: example-audit 1.2)" in out
    assert main(["doctor", "--config", path]) == 0
    assert "takes part, with all rights of this program" in capsys.readouterr().out
    assert main(["dossier", "--config", path]) == 0


def test_without_approval_it_is_refused_and_with_one_read(site: Path, state: State) -> None:
    with pytest.raises(ConfigError, match=r"\[sources.members\] reads example_members, which needs a written approval"):
        load(configured(state, ALLOWED + MEMBERS))
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + APPROVAL, encoding="utf-8")
    (state.folder / "members.csv").unlink()
    (state.folder / "members.psv").write_text("member|email\nmoss|ada.thibodeau@maine.gov\n", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("members.csv", "members.psv"), encoding="utf-8")
    night = state.night()
    (pull,) = (one for one in night.pulls if one.source == "members")
    assert (pull.status, pull.read, pull.kept) == (PullStatus.COMPLETE, 1, 1)
    assert pull.approval.startswith("M 7, by A. Counsel")
    assert {one.rule_id for one in night.findings if one.handle == "moss"} == {"E-1"}
    told = json.loads((state.folder / "out" / DAY.isoformat() / "run.json").read_text(encoding="utf-8"))["third_party"]
    assert [(one["distribution"], one["version"], len(one["brings"])) for one in told] == [("example-audit", "1.2", 4)]
    assert [str(one).partition(" (")[0] for one in night.third_parties] == ["example-audit 1.2"]


def test_its_format_is_for_exports_and_no_mail_log(site: Path, state: State) -> None:
    extensions.take_part(["example-audit"])
    (state.folder / "trace.psv").write_text("Date|Sender\n", encoding="utf-8")
    with pytest.raises(SourceDown, match=r"trace.psv is of a package's format, which is read for exports alone"):
        list(CONNECTORS["exchange_trace"].fetch(Source("trace", state.folder, {"path": "trace.psv"})))


def test_its_own_tests_pass_with_the_suites_that_are_shipped(site: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "tests")]
    paths = os.pathsep.join((str(site), str(ROOT), str(ROOT / "data")))
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 passed" in done.stdout


# What cannot take part -----------------------------------------------------------------------------------------

CONNECTOR = """
from dataclasses import replace
from connectors.catalog import CONNECTORS
from connectors.contract import Source, SourceDown
from connectors.contract import Access, Covers, KeyedOn, Interface
from audit.rules import RULES
from connectors.files.formats import Format
MINE = replace(CONNECTORS["postfix_log"], name="mine", summary="mine")
HIBP = replace(CONNECTORS["gravatar"], name="mine", access=Access.OWN_SYSTEM)
PUBLIC = replace(CONNECTORS["gravatar"], name="mine", access=Access.PUBLIC)
SILENT = replace(MINE, interface=Interface("", None, ""))
SHADOW = replace(MINE, name="hibp")
RULE = replace(RULES[0], rule_id="X-MINE-1")
LOOSE = replace(RULE, needs_person=False)
WORDS = replace(RULE, because="{nothing}")
FORMAT = Format("mine", (".csv",), lambda path: iter(()))
"""
SOURCES, RULE, FORMAT = "identity_audit.connectors", "identity_audit.rules", "identity_audit.formats"
REFUSED = [
    ("raise OSError('no licence')", SOURCES, "mine", "MINE", "it could not be imported (OSError: no licence)"),
    ("import sys; sys.exit(3)", SOURCES, "mine", "MINE", "it could not be imported (SystemExit: 3)"),
    ("import nowhere_at_all", RULE, "X-MINE-1", "RULE", "it could not be imported (ModuleNotFoundError: "),
    (CONNECTOR, SOURCES, "mine", "NONE", "it could not be imported (AttributeError: "),
    (CONNECTOR, SOURCES, "mine", "RULE", "its entry point is no Connector"),
    (CONNECTOR, SOURCES, "yours", "MINE", "it calls itself 'mine'; both must be the same"),
    (CONNECTOR, SOURCES, "hibp", "SHADOW", "the name is one of ours, which nobody else may take"),
    (CONNECTOR, SOURCES, "mine", "HIBP", "it asks for employees, which code of others may do with an approval alone"),
    (CONNECTOR, SOURCES, "mine", "PUBLIC", "a public search is never keyed on employees"),
    (CONNECTOR, SOURCES, "mine", "SILENT", "interface does not say which version it speaks"),
    (CONNECTOR, RULE, "X-MINE-1", "LOOSE", "it makes findings without needs_person"),
    (CONNECTOR, RULE, "X-MINE-1", "WORDS", "nothing is no column of a case"),
    (CONNECTOR + "RULE = RULES[0]", RULE, "E-1", "RULE", "the id of a rule that is not ours begins with X-"),
    (CONNECTOR, FORMAT, "mine", "FORMAT", "files of the ending .csv are read already"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "group", "name", "value", "reason"), REFUSED)
def test_what_cannot_take_part_costs_itself_alone(other, text, group, name, value, reason) -> None:
    other(text, {group: {name: f"other_audit:{value}"}})
    found = extensions.take_part(["other-audit", "Example_Audit"])
    (problem,) = found.problems
    assert problem.startswith(f"other-audit 0.3: the {extensions_kind(group)} {name} takes no part: ")
    assert reason in problem
    assert [(one.distribution, len(one.brings)) for one in found.parties] == [("other-audit", 0), ("example-audit", 4)]


def extensions_kind(group: str) -> str:
    return group.removeprefix("identity_audit.").removesuffix("s")


@pytest.mark.parametrize(
    ("allow", "problem"),
    [
        ("nobody", "nobody is allowed, and no package of that name brings anything."),
        ("example-audit==1.1", "example-audit==1.1 is allowed, and version 1.2 is installed, which was not loaded."),
    ],
)
def test_what_is_not_there_as_it_was_allowed(site: Path, allow: str, problem: str) -> None:
    found = extensions.take_part([allow])
    assert (found.parties, len(found.problems)) == ((), 1)
    assert found.problems[0].startswith(problem)
    assert "example_audit" not in sys.modules


def test_two_packages_that_bring_the_same_name(other) -> None:
    other("from example_audit.members import CONNECTOR", {SOURCES: {"example_members": "other_audit:CONNECTOR"}})
    (problem,) = extensions.take_part(["example-audit", "other-audit"]).problems
    assert problem.endswith("takes no part: example-audit 1.2 brings one of that name.")


def test_a_package_that_fails_costs_its_source_and_its_rule_and_no_night(other, state: State) -> None:
    other(
        CONNECTOR.replace("RULE =", "from audit.rules.rule import rule\nRULE =") + FAILING,
        {SOURCES: {"mine": "other_audit:GONE"}, RULE: {"X-MINE-1": "other_audit:FAILS"}},
    )
    configured(state, '\n[extensions]\nallow = ["other-audit"]\n[sources.mine]\nconnector = "mine"\nany = 1\n')
    night = state.night()
    (pull,) = (one for one in night.pulls if one.source == "mine")
    assert pull.status is PullStatus.NOT_JUDGED
    assert "mine: other-audit 0.3: the connector mine takes no part: it could not be imported" in pull.reason
    told = [one.reason for one in night.problems if one.where == "[extensions]"]
    assert len(told) == 2
    assert "the rule X-MINE-1 of other-audit 0.3 failed (KeyError)" in told[1]
    _, around, _ = examined(load(state.write()), DAY)
    assert [one.verdict for one in around if one.subject == "third party"] == ["ok", "PROBLEM", "note"]


FAILING = """
def fails(cases):
    '''Fails.

    Why.

    Does not prove: anything.

    To do: nothing.
    '''
    return cases["nowhere"]
FAILS = replace(RULE, holds=fails)
"""


def test_findings_of_a_rule_that_takes_no_part_stand(site: Path, state: State, capsys) -> None:
    state.accounts["export"] = [account_row()]
    path = configured(state, ALLOWED)
    first = state.night()
    (mine,) = (one for one in first.findings if one.rule_id == "X-EXAMPLE-1")
    path.write_text(path.read_text(encoding="utf-8").replace(ALLOWED, ""), encoding="utf-8")
    later = state.night(DAY.replace(day=DAY.day + 1))
    (still,) = (one for one in later.findings if one.rule_id == "X-EXAMPLE-1")
    assert (still.finding_id, str(still.status)) == (mine.finding_id, "not rechecked")
    assert main(["explain", mine.finding_id, "--config", str(path)]) == 0
    assert "a rule of a package that takes no part now" in capsys.readouterr().out


def account_row() -> dict[str, str]:
    return {"platform": "x", "handle": "ada", "account_id": "77", "emails": "ada.thibodeau@maine.gov"}


def test_a_broken_configuration_hides_no_sources(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    path = state.folder / "audit.toml"
    path.write_text("[extensions\n", encoding="utf-8")
    assert main(["sources", "hibp", "--config", str(path)]) == 0
    assert main(["sources", "--config", str(path)]) == 0
    out = capsys.readouterr().out
    assert "agencies_csv  (own system) gives Agency records" in out
    assert "PROBLEM  third party: " in out
    assert "not valid TOML" in out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("allow = 7", "extensions.allow: Input should be a valid list"),
        ("allow = [7]", "extensions.allow.0: Input should be a valid string"),
        ("deny = []", "[extensions] deny is not a setting. Check its spelling, or remove it"),
    ],
)
def test_what_the_table_may_hold(state: State, table: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(configured(state, f"\n[extensions]\n{table}\n"))
    assert said in str(told.value)


def test_nothing_is_looked_for_where_nothing_is_allowed(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "offers", lambda: pytest.fail("packages were looked for"))
    load(state.write())
    assert main(["policies"]) == 0
    assert formats.FURTHER == {}

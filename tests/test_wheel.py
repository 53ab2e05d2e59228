"""A wheel, installed where there is no checkout, does what the README says: all that a verb reads is in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tests.paths import ROOT

BUILT_FROM = ("audit", "connectors", "data/reference", "pyproject.toml", "setup.py", "README.md", "LICENSE")
BIN = "Scripts" if sys.platform == "win32" else "bin"


def called(*words: object, folder: Path) -> str:
    """What a command prints. Raises AssertionError, with all it said, where it fails."""
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def installed(folder: Path) -> None:
    """Build the wheel from what it is made of, and install it into an environment of its own.

    What it depends on is taken from the environment of the tests, by a line in a .pth file: nothing is fetched.
    """
    source, fresh = folder / "source", folder / "fresh"
    for name in BUILT_FROM:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, source / name)
    quietly = ("-q", "--no-index", "--no-deps", "--disable-pip-version-check")
    called(sys.executable, "-m", "pip", "wheel", *quietly, "--no-build-isolation", "-w", folder, source, folder=folder)
    (wheel,) = folder.glob("*.whl")
    venv.create(fresh)
    called(sys.executable, "-m", "pip", "--python", fresh / BIN / "python", "install", *quietly, wheel, folder=folder)
    (site,) = fresh.rglob("site-packages")
    given = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (site / "given.pth").write_text("\n".join(given), encoding="utf-8")
    shutil.rmtree(source)


VERBS = [
    (["rules", "--json"], '"rule_id"'),
    (["sources", "hr_graph"], 'connector = "hr_graph"'),
    (["init", "starter"], "wrote starter"),
    (["init", "mine", "--state", "NH"], "hr-template.csv"),
    (["run", "--as-of", "2026-11-20"], "Workbook: "),
    (["doctor"], "last night: 2026-11-20"),
    (["verify"], "events"),
    (["schedule", "--write", "nightly"], "identity-audit.timer"),
]
ONE_BY_ONE = """
import json, sys
from pathlib import Path
import audit, connectors
from audit.cli import main
for words, said in json.loads(sys.argv[1]):
    print("$", *words, flush=True)
    assert main(words) == 0, words
print(audit.__file__, connectors.__file__, audit.load("out").findings.shape)
"""
"""One process for all verbs: each start of its own would take longer than most of them."""


def test_what_is_installed_from_a_wheel_does_it_all(tmp_path: Path) -> None:
    installed(tmp_path / "place")
    state, fresh = tmp_path / "state", tmp_path / "place" / "fresh"
    shutil.copytree(ROOT / "data" / "sample", state, ignore=shutil.ignore_patterns("making", "example"))
    path = state / "audit.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("../../out", "out"), encoding="utf-8")
    assert "identity-audit 0." in called(fresh / BIN / "identity-audit", "--version", folder=state)
    printed = called(fresh / BIN / "python", "-c", ONE_BY_ONE, json.dumps(VERBS), folder=state)
    for (words, said), part in zip(VERBS, printed.split("$ ")[1:], strict=True):
        assert part.startswith(" ".join(words))
        assert said in part, words
    assert all(Path(one).is_relative_to(fresh) for one in printed.splitlines()[-1].split()[:2])
    assert (state / "out" / "latest" / "audit.xlsx").is_file()

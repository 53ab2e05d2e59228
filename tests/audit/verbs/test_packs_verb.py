"""`policies` and `policies check`: what is listed, and every fault of a pack with its file, key, and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.cli import Exit, main
from audit.config import installed_packs

SOUND = """
name = "Town"
source = "Rules, chapter 9"
version = "2.1"
effective = 2026-07-01
disclaimer = ""
rights = ""
[clauses."9.3"]
in_scope = true
text = "Staff should not open personal accounts under a town address."
says = { work_email = "should not" }
"""


def check(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = folder / "town.toml"
    path.write_text(text, encoding="utf-8")
    code = main(["policies", "check", str(path)])
    said = capsys.readouterr()
    return code, (said.out + said.err).replace(str(path), "FILE")


def test_the_list_has_every_pack_with_version_source_and_switches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies"]) == Exit.COMPLETE
    said = capsys.readouterr().out
    blocks = dict(zip(installed_packs(), said.split("\n\n"), strict=True))
    assert blocks["maine"].startswith(
        "maine  State of Maine: personal use of social media\n  version: 051915 JTC; in force"
    )
    assert "clause E: work_email = forbidden\n" in blocks["maine"]
    assert "not asked: C-1, because clause I, disclaimer" in blocks["iowa"]
    assert "That is not judged: pictures are never fetched." in blocks["salt-lake-city"]


def test_the_list_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--json"]) == Exit.COMPLETE
    rows = {row["pack"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == set(installed_packs())
    assert rows["oge"]["effective"] == "2015-04-09"
    assert rows["irvine-ky"]["clauses"]["(A)(1)"]["says"]["work_email"] == "counts as business"


def test_a_sound_pack_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(tmp_path, SOUND, capsys)
    assert (code, said.splitlines()[-1]) == (Exit.COMPLETE, "FILE: no fault found.")
    assert "asked: E-1, E-2, U-1" in said


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "Town"\n', "", "FILE: name: is missing. Add it."),
        ("work_email =", "work_mail =", "FILE: clauses.9.3.says.work_mail: is not a setting."),
        ('"should not" }', '"never" }', "FILE: clauses.9.3.says.work_email: Input should be 'forbidden'"),
        ("effective = 2026-07-01", 'effective = "July"', "FILE: effective: Input should be a valid date"),
        ('version = "2.1"', "version = 2.1", "FILE: version: Input should be a valid string."),
        ('version = "2.1"', 'exceptions = "no"', "FILE: exceptions: Input should be 'allowed' or 'forbidden'"),
        (
            'rights = ""',
            'rights = ""\n[severities]\nC-9 = "low"',
            "FILE: severities.C-9: there is no such rule. Remove it",
        ),
        ('rights = ""', 'rights = ""\n[[out_of_scope]]\nword = "x"', "FILE: out_of_scope.0.text: is missing. Add it."),
        ('rights = ""', "rights = ", "FILE: not valid TOML"),
        ('name = "Town"', 'extends = "elsewhere"', "FILE: there is no policy pack 'elsewhere'."),
    ],
)
def test_a_fault_is_told_with_file_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    assert SOUND.count(old) == 1
    code, said = check(tmp_path, SOUND.replace(old, new), capsys)
    assert code == Exit.CONFIGURATION
    assert told in said


def test_every_fault_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = SOUND.replace("work_email", "work_mail").replace('name = "Town"', "") + '[guidance]\nX-1 = "?"\n'
    _, said = check(tmp_path, bad, capsys)
    assert len(said.splitlines()) == 3


@pytest.mark.parametrize("name", ["nowhere.toml", "maine"])
def test_what_is_no_file_of_a_pack_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "check", name]) == Exit.CONFIGURATION
    assert name in capsys.readouterr().err


def test_rules_says_what_the_policy_does_not_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "audit.toml"
    config.write_text(
        '[organization]\nname = "Town"\nstate = "KY"\nmail_domains = ["town.example"]\nagencies = "a.csv"\n'
        'policy = "irvine-ky"\n[directory]\nconnector = "hr_csv"\npath = "hr.csv"\n'
        '[sources.x]\nconnector = "accounts_csv"\npath = "x.csv"\n',
        encoding="utf-8",
    )
    assert main(["rules", "--config", str(config)]) == Exit.COMPLETE
    said = capsys.readouterr().out
    assert (
        "  NOT ASKED under City of Irvine, Kentucky: employee guidelines, because clause (A)(1) gives it no basis"
        in said
    )
    assert main(["rules", "--json", "--config", str(config)]) == Exit.COMPLETE
    rows = json.loads(capsys.readouterr().out)
    assert [row["rule_id"] for row in rows if not row["not_asked"]] == ["U-1", "R-1", "R-2", "R-3", "R-4", "R-5"]


SENTENCES = [
    (
        "text,label\nPlease send us your password.,bad\n",
        Exit.CONFIGURATION,
        "sentence 1: “Please send us your password.”",
    ),
    ("text,label\nYou need not send us your password.,good\n", Exit.COMPLETE, "0 of 1 sentences"),
    ("text,label\nThe office opens at nine.,bad\n", Exit.COMPLETE, "labelled bad, and no fault was found"),
    ("words\nHello\n", Exit.CONFIGURATION, "holds no sentence"),
]


@pytest.mark.parametrize(("text", "code", "said"), SENTENCES)
def test_a_list_of_sentences_is_held_to_what_is_barred(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: Exit, said: str
) -> None:
    path = tmp_path / "letter.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["policies", "check", str(path)]) == code
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    lines = tmp_path / "letter.txt"
    lines.write_text("Please send us your password.\n\nThank you.\n", encoding="utf-8")
    assert main(["policies", "check", str(lines)]) == Exit.CONFIGURATION
    assert "1 of 2 sentences may not stand" in capsys.readouterr().err

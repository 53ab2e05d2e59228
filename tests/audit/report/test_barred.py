"""What no sentence to an employee may do: caught by its kind; the same words denied, permitted, quoted stand."""

from __future__ import annotations

import csv
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.cli import Exit, main
from audit.config import installed_packs, load_policy
from audit.model.policy import Barred
from audit.model.settings import ConfigError
from audit.report import barred
from audit.report.barred import barred_kinds, faults_in_pack, faults_of
from audit.report.clauses import parts_of, sentences
from audit.report.leavers_sheet import TO_DO
from audit.rules import RULES
from connectors import reference
from tests.paths import ROOT, SHARED
from tests.states import State

EVERY = Barred(state="ME")
OWN = Path(__file__).parent / "wording_cases.csv"
LABELLED = SHARED / "data" / "notice_lint.csv"


def table(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def found(text: str, barred: Barred = EVERY) -> list[str]:
    return [fault.kind for fault in faults_of(text, barred)]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["text"][:60]) for row in table(OWN)])
def test_a_sentence_is_caught_by_its_kind_or_stands(row: dict[str, str]) -> None:
    kind = row["kinds"]
    assert kind in found(row["text"]) if kind else not found(row["text"])


@pytest.mark.skipif(not LABELLED.exists(), reason=f"the labelled list is not here: {LABELLED}")
def test_the_labelled_list_comes_right() -> None:
    wrong = [row["text"] for row in table(LABELLED) if bool(found(row["text"])) != (row["label"] == "bad")]
    assert wrong == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("We do not ask you to hide the page.", "We ask you to hide the page."),
        ("Nobody may ask you to add him.", "We may ask you to add your supervisor to your contacts."),
        ("You need not give us a password, a code or access to the account.", "Give us a password, a code or access."),
        ("Please do not send us your password.", "Please do not forget to send us your password."),
        ("You are not asked whether the account is yours.", "You are asked whether the account is yours."),
        ("Whether you close the page is up to you.", "It would be good to close the page."),
        ("Choose another handle instead of hiding the page.", "Choose another handle and hide the page."),
        ("If anyone asks you to log in while he watches, refuse.", "If asked, log in while your manager watches."),
        ("No action follows if you do not answer.", "Disciplinary action follows if you do not answer."),
        ("This does not show that you violated the policy.", "This shows that you violated the policy."),
        ("You may criticize the agency.", "You may not criticize the agency."),
        ("The agency closed its own page.", "The agency wants your page closed."),
        ("The policy says: “Employees hide nothing and post what they like.”", "Hide what you post."),
        ("We think the account is yours because it shows your address.", "The account is yours."),
    ],
)
def test_what_surrounds_the_words_decides(good: str, bad: str) -> None:
    assert found(good) == []
    assert found(bad) != []


@pytest.mark.parametrize(
    "text",
    [
        "PLEASE HIDE YOUR PROFILE!",
        "Please\nhide your profile.",
        "Please don’t keep your profile public.",
        "Dear {name}, please hide {account}.",
        "Thank you. Hide the page. Thank you.",
        "The policy is short; hide the page.",
    ],
)
def test_spelling_lines_and_fields_hide_nothing(text: str) -> None:
    assert found(text) == ["visibility"]


def test_a_sentence_without_end_is_read_to_its_end() -> None:
    assert "visibility" in found("The note is long and says much " * 400 + "and we ask you to hide the page.")


def test_a_fault_says_the_sentence_the_kind_the_statute_and_what_to_write() -> None:
    (fault,) = faults_of("Thank you. Send us your password.", EVERY)
    said = str(fault)
    assert fault.kind == "access"
    assert said.startswith("“Send us your password.” asks for a password")
    assert "26 M.R.S. § 616(1)" in said
    assert "Instead: leave it out" in said


def test_a_statute_is_named_where_it_holds_and_nowhere_else() -> None:
    (elsewhere,) = faults_of("Send us your password.", Barred(state="NH"))
    (nowhere,) = faults_of("Send us your password.", Barred())
    assert elsewhere.statute == nowhere.statute == ""
    assert "M.R.S." not in str(elsewhere)
    (speech,) = faults_of("Avoid comments on the Governor.", Barred(state="NH"))
    assert speech.statute == "First Amendment"


def test_a_pack_chooses_its_kinds_and_adds_words() -> None:
    assert found("Send us your password.", Barred(kinds=("visibility",))) == []
    assert found("Tell us your gamertag.") == []
    assert found("Tell us your gamertag.", Barred(words=("gamertag",))) == ["disclosure"]
    assert found("You need not tell us your gamertag.", Barred(words=("gamertag",))) == []


def test_every_kind_is_described_and_has_an_act() -> None:
    acts = {row["kind"] for row in reference.table("notice_acts.csv")}
    assert acts == {*barred_kinds()}
    assert {row["kind"] for row in reference.table("notice_statutes.csv")} <= {*barred_kinds()}
    assert {row["kinds"] for row in table(OWN)} == {*barred_kinds(), ""}


def test_every_act_is_needed_by_a_sentence() -> None:
    """A row of the table that no sentence needs may be dead, and nobody would see it."""
    parts = [part for row in table(OWN) for sentence in sentences(row["text"]) for part in parts_of(sentence)]
    idle = [
        row
        for act, row in zip(barred._acts(), reference.table("notice_acts.csv"), strict=True)
        if not any(barred._done(act, part) for part in parts)
    ]
    assert idle == []


# --- every word that is shipped ----------------------------------------------------------------------------------


def texts(of: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(of, str):
        yield where, of
    elif isinstance(of, dict):
        for name, value in of.items():
            yield from texts(value, f"{where}.{name}")


def shipped() -> Iterator[tuple[str, str]]:
    starter = tomllib.loads(reference.text("starter/state/policy.toml"))
    yield from texts({name: part for name, part in starter.items() if name != "clauses"}, "starter")
    yield from ((f"Leavers, {kind}", text) for kind, text in TO_DO.items())
    for rule in RULES:
        yield f"{rule.rule_id} because", rule.because
        yield f"{rule.rule_id} text", " ".join((inspect.getdoc(rule.holds) or "").split())


@pytest.mark.parametrize(("where", "text"), [pytest.param(*each, id=each[0]) for each in shipped()])
def test_our_own_words_pass(where: str, text: str) -> None:
    assert [str(fault) for fault in faults_of(text, EVERY)] == []


def test_the_pack_of_the_sample_state_passes() -> None:
    sample = ROOT / "data" / "sample"
    assert load_policy("policy.toml", sample, sample / "audit.toml").barred.state == "ME"


@pytest.mark.parametrize("name", installed_packs())
def test_installed_packs_pass_under_every_kind(name: str) -> None:
    policy = load_policy(name, Path(), Path("audit.toml"))
    assert list(faults_in_pack(policy)) == []
    for text in (*policy.guidance.values(), policy.rights, policy.disclaimer):
        assert found(text) == []


@pytest.mark.parametrize(
    "pack", [*(f"policies/{name}.toml" for name in installed_packs()), "starter/state/policy.toml"]
)
def test_what_is_asked_for_a_shown_address_is_another_address(pack: str) -> None:
    given = tomllib.loads(reference.text(pack))
    for asked in (given.get("guidance", {}).get("A-2", ""), given.get("notice", {}).get("fix", {}).get("A-2", "")):
        assert not asked or "another" in asked
        assert not any(word in asked for word in ("none", "hide", "remove", "show", "visible"))


# --- a pack that asks too much -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("added", "where"),
    [
        ('[notice.fix]\nA-2 = "Make the profile private."', "notice.fix.A-2"),
        ('[notice]\nobjection = "Thank you. Please log in while we watch."', "notice.objection"),
        ('[guidance]\nA-1 = "Ask the employee which accounts they have."', "guidance.A-1"),
    ],
)
def test_a_pack_is_refused_with_file_setting_and_sentence(tmp_path: Path, added: str, where: str) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(f'extends = "maine"\n{added}\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_policy("mine.toml", tmp_path, tmp_path / "audit.toml")
    said = str(refused.value)
    assert said.startswith(f"{pack}: {where}: “")
    assert "26 M.R.S. § 616" in said


def test_a_kind_of_no_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "maine"\n[barred]\nkinds = ["acess"]\nstate = "Maine"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"(?s)'acess' is no kind of sentence.*'Maine' is not a state's postal code"):
        load_policy("mine.toml", tmp_path, tmp_path / "audit.toml")


def test_a_pack_may_bar_less(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'extends = "maine"\n[barred]\nkinds = ["access"]\n[notice.fix]\nA-2 = "Make the profile private."\n', "utf-8"
    )
    assert load_policy("mine.toml", tmp_path, tmp_path / "audit.toml").barred.kinds == ("access",)


def test_the_command_stops_with_the_sentence(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    path = state.write()
    path.write_text(path.read_text() + '\n[notice]\ncontact = "Bay Fernsby. Bring your phone."\n', encoding="utf-8")
    assert main(["rules", "--config", str(path)]) == Exit.CONFIGURATION
    assert "notice.contact: “Bring your phone.”" in capsys.readouterr().err

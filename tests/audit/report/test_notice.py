"""The note to an employee: who gets one, that it quotes exactly, accuses nobody, and speaks of nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit.cli import Exit, main
from audit.config import load, load_policy
from audit.model.finding import DISPOSITIONS, LinkStep, Past, Tier
from audit.model.night import Notice
from audit.model.settings import ConfigError
from audit.model.sheet import Card
from audit.report.barred import faults_of
from audit.report.notice import notice, notice_with, notices, refusal
from audit.report.notices import notice_sheets
from audit.rules import RULES
from tests.audit import nights
from tests.audit.lives import MONDAY, POLICY, TUESDAY, branded, case, night, of_rule, official
from tests.audit.night.test_read_back import typed, written
from tests.audit.report.test_report import rows
from tests.paths import ROOT
from tests.states import DAY, State, account, person

ACCUSING = re.compile(
    r"violat|offen[cs]|guilt|misconduct|disciplin|infring|breach|punish|sanction|illegal|unlawful|wrongdo|comply|"
    r"complian|must|warn|penalt|blame|fault|culprit|suspect|investigat|require",
    re.IGNORECASE,
)
A2 = {"contact_mailbox": "ada@maine.gov", "shown_mailbox": "ada@maine.gov", "evidence": ()}
SEEN = {
    "E-1": case(),
    "E-2": case(registration="weak", unverified=True, shortfall="But the address was never verified."),
    "A-1": branded(),
    "A-2": case(**A2),
    "B-1": branded(affiliation="outlet"),
    "C-1": branded(affiliation="employee"),
}
WORDS = POLICY.notice
assert WORDS is not None


def made(rule_id: str, **words: Any) -> Past:
    """A finding of a rule, as of Monday, with what somebody has typed about it."""
    past, _ = night({}, SEEN[rule_id], on=MONDAY)
    one = of_rule(past, rule_id)
    return replace(one, finding=replace(one.finding, **words))


def confirmed(past: dict[str, Past], rule_id: str) -> Past:
    one = of_rule(past, rule_id)
    return replace(one, finding=replace(one.finding, disposition="confirmed"))


def text(past: Past, contact: str = "") -> str:
    assert refusal(past, POLICY, TUESDAY) == ""
    return notice((past.finding,), POLICY, "State of Maine", contact).text


def own_words(past: Past) -> str:
    """The note without what it quotes: the policy's words are the policy's."""
    clause = POLICY.clause(past.finding.clause)
    assert clause is not None
    return text(past).replace(clause.text, "").replace(POLICY.rights, "").replace(past.finding.matched_text or "\0", "")


@pytest.mark.parametrize("rule_id", SEEN)
def test_it_says_everything_and_accuses_nobody(rule_id: str) -> None:
    past = made(rule_id, disposition="confirmed")
    said, clause = text(past), POLICY.clause(past.finding.clause)
    assert clause is not None
    words = past.finding.matched_text
    for part in (
        "Dear Ada Rivermoor,", f"“{clause.text}”", f"clause {clause.letter}", POLICY.source, POLICY.rights,
        past.finding.because, f"“{words}”" if words else "", "on 2026-11-16", "“ada”", "State of Maine",
        "How to put it right", "please tell your agency's human resources office", "nobody is accused",
        "We think the account is yours because of", "You need not tell anyone whether an account is yours",
    ):  # fmt: skip
        assert part in said, part
    assert not ACCUSING.search(own_words(past))
    assert "{" not in said
    assert not re.search(r"\b(lead|finding|E-1|A-1|tier|severity)\b", own_words(past))


def test_the_contact_of_the_organization_stands_for_the_packs() -> None:
    said = text(made("E-1"), "Bay Fernsby, bay.fernsby@maine.gov")
    assert "please tell Bay Fernsby, bay.fernsby@maine.gov" in said
    assert "human resources office" not in said


def test_the_disclaimer_is_given_in_the_policys_words() -> None:
    assert f"“{POLICY.disclaimer}.”" in text(made("C-1", disposition="confirmed"))


HOSTILE = "{name} %s \\n “quoted”\n=1+1 <b>né́e</b> 🌲 {0} {{x}}"


def test_it_quotes_exactly_and_takes_no_orders() -> None:
    past = made("A-1", matched_text=HOSTILE, disposition="confirmed")
    assert f"“{HOSTILE}”" in text(past)
    bell = made("A-1", matched_text="\x1b]0;own\x07ed\x9b31m\r", disposition="confirmed")
    assert "�]0;own�ed�31m�" in text(bell)


@pytest.mark.parametrize("disposition", [*DISPOSITIONS, "a word of their own"])
@pytest.mark.parametrize("rule_id", SEEN)
def test_who_gets_one(rule_id: str, disposition: str) -> None:
    past = made(rule_id, disposition=disposition)
    refused = refusal(past, POLICY, TUESDAY)
    assert bool(refused) == (disposition != "confirmed")
    if refused:
        assert refused.startswith(past.finding.finding_id)
        assert f"“{disposition}”" in refused


@pytest.mark.parametrize(
    ("past", "reason"),
    [
        (replace(made("E-1"), resolved_on=MONDAY), "resolved since 2026-11-16"),
        (made("E-1", suppress_until=TUESDAY, note="on leave"), "suppressed until 2026-11-17: on leave"),
        (made("E-1", disposition="confirmed", suppress_until=TUESDAY, note="wait"), "suppressed until"),
        (made("E-2"), "is a lead and may well be wrong"),
        (made("E-1", employee_id=""), "names nobody"),
        (replace(made("E-1"), facts=""), "Run a night"),
        (confirmed(night({}, branded(employee_standing="unclear"))[0], "A-1"), "does not list as employed"),
        (of_rule(night({}, official())[0], "R-2"), "is about an official account"),
        (of_rule(night({}, official())[0], "R-3"), "is about an official account"),
        (of_rule(night({}, branded(affiliation="outlet", employee_id=""))[0], "U-1"), "names nobody"),
    ],
)
def test_who_gets_none(past: Past, reason: str) -> None:
    assert reason in refusal(past, POLICY, TUESDAY)


def test_none_is_written_about_what_the_policy_does_not_ask() -> None:
    unasked = replace(POLICY, clauses=tuple(replace(one, in_scope=one.letter != "E") for one in POLICY.clauses))
    past = made("E-1", disposition="confirmed")
    said = refusal(past, unasked, TUESDAY)
    assert f"{past.finding.finding_id} is not asked under “{POLICY.name}”, because " in said
    assert notices([past], POLICY, "State of Maine", "", TUESDAY)
    assert notices([past], unasked, "State of Maine", "", TUESDAY) == ()


def test_a_suppression_that_has_run_out_is_no_refusal() -> None:
    assert refusal(made("E-1", suppress_until=MONDAY), POLICY, TUESDAY) == ""


def test_another_policy_without_words_writes_nothing() -> None:
    silent = replace(POLICY, notice=None)
    assert "has no words under [notice]" in refusal(made("E-1"), silent, TUESDAY)
    assert notices([made("E-1", disposition="confirmed")], silent, "State of Maine", "", TUESDAY) == ()


def test_every_rule_about_a_person_has_its_words() -> None:
    assert WORDS is not None
    people = {rule.rule_id for rule in RULES if rule.rule_id[0] not in "RU"}
    assert set(WORDS.fix) == set(WORDS.proves_not) == people


@pytest.mark.parametrize("fault", ['greeting = "Dear {nmae},"', 'fix.E-1 = "{0}"', 'closing = "{}"'])
def test_a_pack_with_unknown_fields_is_refused(tmp_path: Path, fault: str) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(f'extends = "maine"\n[notice]\n{fault}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="names nothing"):
        load_policy("mine.toml", tmp_path, tmp_path / "audit.toml")


def test_only_what_a_person_confirmed_is_in_the_mail_merge() -> None:
    words = ("", "confirmed", "duplicate", "already corrected")
    past = [made(rule_id, disposition=word) for rule_id in SEEN for word in words]
    past.append(of_rule(night({}, official())[0], "R-2"))
    past.append(replace(made("E-1", disposition="confirmed"), resolved_on=MONDAY))
    found = notices(past, POLICY, "State of Maine", "", TUESDAY)
    (one,) = found
    assert sorted(each.rule_id for each in one.findings) == sorted(SEEN)
    assert {each.disposition for each in one.findings} == {"confirmed"}


def test_the_mail_merge_sheet() -> None:
    one = made("A-2", disposition="confirmed", link_step=LinkStep.SHOWN_ADDRESS, tier=Tier.FINDING, decided_on=MONDAY)
    sent = notices([one], POLICY, "State of Maine", "", TUESDAY)
    sheet, paper = notice_sheets(replace(nights.night(0), notices=sent))
    (row,) = rows(sheet)
    assert (row["Employee ID"], row["Employee"], row["State mailbox"]) == ("7", "Ada Rivermoor", "ada@maine.gov")
    assert (row["Text"], row["Decided on"]) == (text(one), MONDAY)
    assert "Finding ID" not in row
    assert row["About findings"] == one.finding.finding_id
    assert all(one.header.startswith("Confidential, ") for one in (sheet, paper))
    (page,) = (part for part in paper.parts if isinstance(part, Card))
    assert page.said == (("To", "Ada Rivermoor\nada@maine.gov"), ("Note", text(one)))
    assert paper.upright


# --- one note a person -----------------------------------------------------------------------------------------


def of_account(number: int, rule_id: str, **words: Any) -> Past:
    """A finding about one of Ada's accounts."""
    past = made(rule_id, disposition="confirmed", **words)
    finding_id = f"{rule_id}-{number}"
    one = replace(past.finding, account_id=str(number), handle=f"ada{number}", finding_id=finding_id)
    return replace(past, finding=one)


def note_about(*past: Past) -> Notice:
    (one,) = notices(past, POLICY, "State of Maine", "", TUESDAY)
    return one


def sentences(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in re.split(r"(?<=[.!?])\s+", line) if part]


def test_two_findings_of_one_account_say_nothing_twice() -> None:
    because = "The profile shows ada@maine.gov. The account was first seen in 2019."
    one, other = of_account(1, "E-1", because=because), of_account(1, "A-2", because=because + " It is hers.")
    note = note_about(one, other)
    said = sentences(note.text)
    assert len(said) == len(set(said))
    assert note.text.count("What was seen") == note.text.count("We think the account is yours because") == 1
    assert note.text.count("How to put it right") == 2
    assert "1. " not in note.text


def test_two_accounts_are_numbered_and_what_holds_for_both_is_said_once() -> None:
    note = note_about(of_account(1, "E-1"), of_account(2, "E-1"), of_account(2, "C-1"))
    assert "\n\n1. What was seen" in note.text
    assert "\n\n2. What was seen" in note.text
    assert WORDS is not None
    for part in (WORDS.fix["E-1"], WORDS.proves_not["E-1"]):
        assert note.text.count(part) == note.text.count(f"\n\n1 and 2. {part}") == 1
    assert f"\n\n2. {WORDS.proves_not['C-1']}" in note.text
    clause = POLICY.clause("E")
    assert clause is not None
    assert note.text.count(clause.text) == 1
    assert (note.text.count("Dear "), note.text.count(POLICY.rights)) == (1, 1)


def test_one_note_a_person_and_what_nobody_confirmed_is_in_none() -> None:
    ada, unsure = of_account(1, "E-1"), of_account(2, "A-1")
    unsure = replace(unsure, finding=replace(unsure.finding, disposition=""))
    theirs = {"employee_name": "Bay Fernsby", "because": "It is Bay’s.", "link_value": "bay@maine.gov"}
    bay = of_account(3, "E-1", employee_id="8", matched_text="bay@maine.gov", **theirs)
    found = notices([ada, unsure, bay], POLICY, "State of Maine", "", TUESDAY)
    assert [(one.name, [each.finding_id for each in one.findings]) for one in found] == [
        ("Ada Rivermoor", ["E-1-1"]),
        ("Bay Fernsby", ["E-1-3"]),
    ]
    assert "ada2" not in found[0].text
    assert "Bay" not in found[0].text
    assert "ada" not in found[1].text.casefold().replace("ada3", "")


def test_an_employee_id_that_passed_on_makes_no_common_note() -> None:
    old, new = of_account(1, "E-1"), of_account(2, "E-1", employee_name="Bay Fernsby", because="It is Bay’s.")
    found = notices([old, new], POLICY, "State of Maine", "", TUESDAY)
    assert [one.name for one in found] == ["Ada Rivermoor", "Bay Fernsby"]


def test_a_draft_about_what_nobody_confirmed_stands_alone() -> None:
    confirmed_one, unsure = of_account(1, "E-1"), of_account(2, "E-1")
    unsure = replace(unsure, finding=replace(unsure.finding, disposition=""))
    every = (confirmed_one, unsure)
    draft = notice_with(unsure, every, POLICY, "State of Maine", "", TUESDAY)
    assert draft.findings == (unsure.finding,)
    assert notice_with(confirmed_one, every, POLICY, "State of Maine", "", TUESDAY) == note_about(confirmed_one)


@pytest.mark.parametrize("step", [step for step in LinkStep if step not in (LinkStep.OFFICIAL_REGISTRY, LinkStep.NONE)])
def test_every_note_passes_what_packs_are_held_to(step: LinkStep) -> None:
    past = [of_account(number, rule_id, link_step=step) for number in (1, 2) for rule_id in SEEN]
    assert [str(fault) for fault in faults_of(note_about(*past).text, POLICY.barred)] == []


def test_a_pack_of_before_says_that_nobody_need_tell(tmp_path: Path) -> None:
    text = (ROOT / "data" / "reference" / "policies" / "maine.toml").read_text(encoding="utf-8")
    old = "\n".join(line for line in text.split("\n") if not line.startswith("whose = "))
    (tmp_path / "mine.toml").write_text(old, encoding="utf-8")
    policy = load_policy("mine.toml", tmp_path, tmp_path / "audit.toml")
    said = notice((made("E-1").finding,), policy, "State of Maine", "").text
    assert "You need not tell anyone whether an account is yours." in said


# --- through whole nights --------------------------------------------------------------------------------------

PEOPLE = (("Pat", "Fernsby"), ("Quill", "Harborlight"), ("Noor", "Saltmarsh"))


@pytest.fixture
def three(state: State) -> State:
    """A state with three E-1 findings."""
    for number, (given, family) in enumerate(PEOPLE):
        state.people.append(person(f"7000{number}", given, family))
        mailbox = f"{given}.{family}@maine.gov".lower()
        state.accounts.setdefault("export", []).append(account(f"acct{number}", registered_email=mailbox))
    (state.folder / "reviews").mkdir()
    return state


def ids(state: State, day: date = DAY) -> dict[str, str]:
    return {finding.employee_name: finding.finding_id for finding in state.night(day).findings}


def test_the_verb_prints_a_note_about_one_person_alone(three: State, capsys: pytest.CaptureFixture[str]) -> None:
    found, config = ids(three), str(three.folder / "audit.toml")
    for given, family in PEOPLE:
        assert main(["notice", found[f"{given} {family}"], "--config", config]) == Exit.COMPLETE
        said = capsys.readouterr()
        assert f"Dear {given} {family}," in said.out
        assert "nobody has confirmed" in said.err
        others = {word for pair in PEOPLE if pair != (given, family) for word in pair}
        others |= {f"7000{number}" for number in range(3)}
        assert {word for word in others if word.casefold() in said.out.casefold()} == set()
    assert main(["notice", "E-1-nothing", "--config", config]) == Exit.USAGE
    assert "no finding 'E-1-nothing'" in capsys.readouterr().err


def test_the_verb_refuses_in_a_sentence(three: State, capsys: pytest.CaptureFixture[str]) -> None:
    found = ids(three)
    chosen = found["Pat Fernsby"]
    typed(written(three), three.folder / "reviews" / "a.xlsx", {(chosen, "Disposition"): "not this person"})
    three.night(DAY + timedelta(days=1))
    assert main(["notice", chosen, "--config", str(three.folder / "audit.toml")]) == Exit.USAGE
    assert f"no note is written: {chosen} was decided as “not this person”" in capsys.readouterr().err


def test_notices_are_written_for_whom_somebody_confirmed_and_taken_away_again(three: State) -> None:
    found = ids(three)
    assert not written(three).with_name("notices.xlsx").exists()
    cells = {(found["Pat Fernsby"], "Disposition"): "confirmed", (found["Noor Saltmarsh"], "Disposition"): "duplicate"}
    typed(written(three), three.folder / "reviews" / "a.xlsx", cells)
    next_day = DAY + timedelta(days=1)
    path = written(three, next_day).with_name("notices.xlsx")
    three.night(next_day)
    page = openpyxl.load_workbook(path)["Notices"]
    said = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
    assert any(text.startswith("Dear Pat Fernsby,") for text in said)
    assert not any("Saltmarsh" in text or "Harborlight" in text for text in said)
    three.accounts["export"].pop(0)
    three.night(next_day)
    assert not path.exists()


def test_a_contact_comes_from_the_configuration(three: State) -> None:
    path = three.write()
    path.write_text(path.read_text() + '\n[notice]\ncontact = "the help desk"\n', encoding="utf-8")
    assert load(path).notice.contact == "the help desk"

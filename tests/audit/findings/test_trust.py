"""What dispositions say of the rules: counted, bounded, marked, and forgotten when somebody has looked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import report
from audit.config import load
from audit.findings.trust import LEFT_OUT, RIGHT, WRONG, measure, verdict, wilson
from audit.model.finding import DISPOSITIONS, Earlier, Finding, Past, Tier
from audit.model.night import Trust
from audit.model.settings import ConfigError
from audit.model.thresholds import TrustSettings
from tests.audit import nights
from tests.audit.lives import MONDAY, TUESDAY, WEDNESDAY
from tests.audit.report.test_report import by_name, prose, rows, tables, words
from tests.paths import ROOT

BLANK = nights.night(1).findings[0]
DEFAULT = TrustSettings()


def past(disposition: str, rule_id: str = "A-1", earlier: Earlier | None = None, **more: Any) -> Past:
    fields: dict[str, Any] = {"tier": Tier.FINDING, "sources": ("export",), "decided_on": MONDAY} | more
    return Past(replace(BLANK, rule_id=rule_id, disposition=disposition, **fields), earlier=earlier)


def whole(found: tuple[Trust, ...]) -> Trust:
    """The one row that is not about a source."""
    (one,) = (one for one in found if not one.source)
    return one


@pytest.mark.parametrize(
    ("disposition", "others", "u_1", "r_1"),
    [
        ("confirmed", RIGHT, RIGHT, RIGHT),
        ("already corrected", RIGHT, RIGHT, RIGHT),
        ("not this person", WRONG, WRONG, WRONG),
        ("official account", WRONG, RIGHT, LEFT_OUT),
        ("protected activity: excluded", LEFT_OUT, LEFT_OUT, LEFT_OUT),
        ("duplicate", LEFT_OUT, LEFT_OUT, LEFT_OUT),
        ("a word of their own", LEFT_OUT, LEFT_OUT, LEFT_OUT),
    ],
)
def test_what_a_disposition_says(disposition: str, others: str, u_1: str, r_1: str) -> None:
    assert {verdict(rule_id, disposition) for rule_id in ("E-1", "E-2", "A-1", "A-2", "B-1", "C-1")} == {others}
    assert (verdict("U-1", disposition), verdict("R-1", disposition)) == (u_1, r_1)


def test_every_disposition_of_the_list_is_thought_of() -> None:
    assert {verdict("A-1", word) for word in DISPOSITIONS} == {RIGHT, WRONG, LEFT_OUT}
    assert {word for word in DISPOSITIONS if verdict("A-1", word) == LEFT_OUT} == {
        "protected activity: excluded", "duplicate", "needs more evidence",
    }  # fmt: skip


def test_counts_are_by_rule_by_tier_and_by_source() -> None:
    found = measure(
        [
            past("confirmed"),
            past("not this person", sources=("mail", "export")),
            past("duplicate", sources=("mail",)),
            past("confirmed", tier=Tier.LEAD),
            past("confirmed", "R-2", sources=()),
            past(""),
            past("needs more evidence"),
        ],
        {},
        DEFAULT,
        TUESDAY,
    )
    assert [(one.rule_id, str(one.tier), one.source, one.right, one.wrong, one.left_out) for one in found] == [
        ("A-1", "finding", "", 1, 1, 1),
        ("A-1", "finding", "export", 1, 1, 0),
        ("A-1", "finding", "mail", 0, 1, 1),
        ("A-1", "lead", "", 1, 0, 0),
        ("A-1", "lead", "export", 1, 0, 0),
        ("R-2", "finding", "", 1, 0, 0),
    ]
    assert whole(found[:3]).precision == pytest.approx(0.5)
    assert found[2].precision == 0
    assert whole(measure([past("duplicate")], {}, DEFAULT, TUESDAY)).precision is None


def test_resolved_findings_count_and_each_counts_once_by_its_latest_decision() -> None:
    before = Earlier("not this person", "KL", MONDAY, None, "the account changed (handle)")
    resolved = replace(past("already corrected"), resolved_on=MONDAY)
    waiting, again = past("", earlier=before), past("confirmed", earlier=before)
    one = whole(measure([resolved, waiting, again], {}, DEFAULT, TUESDAY))
    assert (one.right, one.wrong, one.left_out) == (2, 1, 0)


@pytest.mark.parametrize(
    ("right", "wrong", "tier", "marked"),
    [
        (0, 1, Tier.FINDING, False),  # one error is no pattern, though the interval of 0 of 1 ends at 79 %
        (0, 9, Tier.FINDING, False),
        (0, 10, Tier.FINDING, True),
        (5, 5, Tier.FINDING, True),  # 24 % to 76 %
        (6, 4, Tier.FINDING, False),  # 31 % to 83 %: may still be 80 %
        (70, 30, Tier.FINDING, True),  # 60 % to 78 %
        (75, 25, Tier.FINDING, False),
        (5, 5, Tier.LEAD, False),
        (1, 9, Tier.LEAD, True),  # 2 % to 40 %
    ],
)
def test_a_rule_is_marked_when_all_of_its_interval_lies_under_the_bound(
    right: int, wrong: int, tier: Tier, marked: bool
) -> None:
    decided = [past("confirmed", tier=tier)] * right + [past("not this person", tier=tier)] * wrong
    found = measure(decided, {}, DEFAULT, TUESDAY)
    assert whole(found).review_only is marked
    assert not any(one.review_only for one in found if one.source)


def test_bounds_and_counts_can_be_set() -> None:
    decided = [past("not this person")] * 2
    assert whole(measure(decided, {}, TrustSettings(at_least=2), TUESDAY)).review_only
    assert not whole(measure(decided, {}, TrustSettings(at_least=2, bound=0.5), TUESDAY)).review_only


def test_when_somebody_has_looked_only_later_decisions_count() -> None:
    decided = [past("not this person", decided_on=MONDAY)] * 12
    undated = past("confirmed", decided_on=None)
    settings = TrustSettings(looked_at={"A-1": TUESDAY})
    assert whole(measure(decided, {}, TrustSettings(looked_at={"E-1": TUESDAY}), WEDNESDAY)).review_only
    assert measure([*decided, undated], {}, settings, WEDNESDAY) == ()
    one = whole(measure([*decided, undated], {undated.finding.finding_id: WEDNESDAY}, settings, WEDNESDAY))
    assert (one.right, one.wrong, one.review_only, one.since) == (1, 0, False, TUESDAY)
    again = [past("not this person", decided_on=TUESDAY)] * 10
    assert whole(measure(again, {}, settings, WEDNESDAY)).review_only
    assert whole(measure(decided, {}, settings, MONDAY)).review_only, "a day to come is no look"


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_its_share_and_narrows(right: int, wrong: int) -> None:
    low, high = wilson(right, right + wrong)
    assert 0 <= low <= high <= 1
    if right + wrong:
        assert low - 1e-9 <= right / (right + wrong) <= high + 1e-9
        wider = wilson(right * 4, (right + wrong) * 4)
        assert wider[1] - wider[0] < high - low


@given(st.lists(st.sampled_from([past(word, rule) for word in ("", *DISPOSITIONS) for rule in ("A-1", "U-1", "R-2")])))
def test_the_order_of_findings_is_nothing_and_none_is_counted_twice(decided: list[Past]) -> None:
    found = measure(decided, {}, DEFAULT, TUESDAY)
    assert found == measure(decided[::-1], {}, DEFAULT, TUESDAY)
    counted = sum(one.right + one.wrong + one.left_out for one in found if not one.source)
    assert counted == sum(one.finding.disposition not in ("", "needs more evidence") for one in decided)


# --- configuration and sheets ----------------------------------------------------------------------------------


def test_settings_are_read_and_checked(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    sample.write_text(text + '\n[trust]\nbound = 0.9\nlooked_at = { "A-1" = 2026-11-01 }\n', encoding="utf-8")
    settings = load(sample).trust
    assert (settings.bound, settings.lead_bound, settings.at_least) == (0.9, 0.5, 10)
    assert settings.looked_at == {"A-1": date(2026, 11, 1)}
    sample.write_text(text + '\n[trust]\nlooked_at = { "A1" = 2026-11-01 }\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="there is no rule 'A1'; the rules are E-1, "):
        load(sample)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A configuration of its own, whose data are never read."""
    path = tmp_path / "audit.toml"
    path.write_text((ROOT / "data/sample/audit.toml").read_text(encoding="utf-8").replace(
        'policy = "policy.toml"', 'policy = "maine"'), encoding="utf-8")  # fmt: skip
    return path


def trusted() -> tuple[Trust, ...]:
    decided = [past("not this person")] * 11 + [past("confirmed")] * 3 + [past("confirmed", "E-1")] * 7
    return measure(decided, {}, DEFAULT, TUESDAY)


NIGHT = replace(nights.night(), trust=trusted())


def of(findings: tuple[Finding, ...], rule_id: str, tier: Tier) -> set[str]:
    return {one.finding_id for one in findings if (one.rule_id, one.tier) == (rule_id, tier)}


def test_a_marked_rule_is_marked_on_every_sheet_of_its_findings() -> None:
    shown = [row for sheet in report.sheets(NIGHT) for table in tables(sheet) if table.name == "Findings"
             for row in rows(sheet)]  # fmt: skip
    marked = {row["Finding ID"] for row in shown if "review only" in str(row["Rule in words"])}
    assert marked == of(NIGHT.findings, "A-1", Tier.FINDING) != set()
    unmarked = words(report.sheets(replace(NIGHT, trust=())))
    assert "review only:" not in unmarked


def test_the_rules_sheet_shows_counts_intervals_and_the_mark() -> None:
    sheet = by_name(report.sheets(NIGHT))["Rules"]
    said = {row["Rule"]: row["What people's decisions say of it"] for row in rows(sheet)}
    assert said["A-1"] == "findings: 3 of 14 right (8% to 48%), bound 80%: review only"
    assert said["E-1"] == "findings: 7 of 7 right (65% to 100%)"
    assert said["C-1"] == ""
    assert "Marked “review only”" in prose(sheet)


def test_the_trust_sheet_shows_every_source() -> None:
    shown = [tuple(row.values()) for row in rows(by_name(report.sheets(NIGHT))["Trust"])]
    assert [(str(row[0])[:3], *row[1:]) for row in shown] == [
        ("A-1", "findings", "all sources", 3, 11, 0, "21%", "8% to 48%", "80%", "review only", "the beginning"),
        ("A-1", "findings", "export", 3, 11, 0, "21%", "8% to 48%", "", "", "the beginning"),
        ("E-1", "findings", "all sources", 7, 0, 0, "100%", "65% to 100%", "80%", "", "the beginning"),
        ("E-1", "findings", "export", 7, 0, 0, "100%", "65% to 100%", "", "", "the beginning"),
    ]


def test_an_agencys_copy_shows_the_mark_and_no_counts() -> None:
    sheets = by_name(report.agency_sheets(NIGHT, "DOT"))
    sheet = sheets["Rules"]
    assert "turned out wrong: A-1 (findings). Check" in prose(sheet)
    assert not any(text in words((sheet,)) for text in ("21%", "48%", "3 of 14", "all sources"))
    assert "Trust" not in sheets
    quiet = by_name(report.agency_sheets(replace(NIGHT, trust=()), "DOT"))["Rules"]
    assert "review only" not in words((quiet,))


def test_run_json_tells_it_to_machines() -> None:
    told = json.loads(json.dumps(report.run_json(NIGHT)))["trust"]
    assert told[0] == {
        "rule_id": "A-1", "tier": "finding", "source": "", "right": 3, "wrong": 11, "left_out": 0, "precision": 0.2143,
        "low": 0.0757, "high": 0.4759, "bound": 0.8, "review_only": True, "since": None,
    }  # fmt: skip

"""What an export tells beside the findings: rules, agencies, the night, and what stands for whom. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from audit.model.finding import Finding, Tier
from audit.model.night import RuleNote
from audit.model.policy import Policy
from audit.people.addresses import MailSystem, state_mailbox, without_contacts
from audit.people.identity import called, known_by
from audit.people.stand_ins import stand_in_digest
from audit.report.exports.selection import Outgoing
from audit.report.reader import state_mailbox_of

DIGITS = 16
"""Digits of a stand-in: enough to tell all people and accounts of a state apart for good."""
_LONE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """The night and the words that findings are told in. `at` is when the night began (aware); `secret` is the state's
    own, under which references and stand-ins are made; `names` says whether people and accounts go by their names."""

    organization: str
    policy: Policy
    rules: Mapping[str, RuleNote]
    agencies: Mapping[str, str]
    system: MailSystem
    as_of: date
    at: datetime
    run_id: str
    version: str
    secret: str
    names: bool = False
    agency_code: str = ""

    def reference(self, what: str, key: str) -> UUID:
        """The UUID of something, the same on every day; without the secret nobody finds out what it is of."""
        return uuid5(_namespace(self.secret), f"{what}\n{key}")

    def title(self, rule_id: str) -> str:
        """What a rule is about, in a line."""
        note = self.rules.get(rule_id)
        return note.title if note else f"rule {rule_id}, of a package that takes no part now"

    def agency(self, finding: Finding) -> str:
        """The agency's name, its code where nobody knows it."""
        return self.agencies.get(finding.agency_code, finding.agency_code)

    def mailbox(self, finding: Finding) -> str:
        """The state mailbox that a finding is about; "" where there is none: private addresses stay here."""
        return state_mailbox(state_mailbox_of(finding), self.system)

    def plain(self, text: str) -> str:
        """A text without private addresses and telephone numbers."""
        return without_contacts(text, self.system)

    def account(self, finding: Finding) -> str:
        """The account, by its name or by what stands for it."""
        if self.names:
            return called(finding) or "(known by its mailbox only)"
        return self._stand_in("account", self.account_key(finding))

    def employee(self, finding: Finding) -> str:
        """The employee, by name or by what stands for them; "" where nobody is named."""
        if self.names or not finding.employee_id:
            return finding.employee_name or finding.employee_id
        return self._stand_in("Employee", finding.employee_id)

    def account_key(self, finding: Finding) -> str:
        """What tells an account from all others, as in notebooks (audit.notebook.pseudonyms)."""
        known = known_by(finding.account_id, finding.handle, finding.url, finding.mailbox.strip().casefold())
        return f"{finding.platform}:{known}"

    def _stand_in(self, kind: str, key: str) -> str:
        return f"{kind} {stand_in_digest(kind, key, self.secret)[:DIGITS]}"


@lru_cache(maxsize=8)
def _namespace(secret: str) -> UUID:
    return UUID(stand_in_digest("exports", "", secret)[:32])


def in_no_telling_order(facts: ExportFacts, sent: Iterable[Outgoing]) -> list[Outgoing]:
    """References by their UUIDs: in the order of ids or names, who has the directory could tell who is who."""
    return sorted(sent, key=lambda one: facts.reference("finding", one.finding_id))


def json_line(value: Mapping[str, Any]) -> str:
    """A value as JSON in one line, with its end, as every reader takes it."""
    return json_text(value) + "\n"


def json_text(value: object) -> str:
    """A value as JSON without a line's end: a lone surrogate, which is no text, as U+FFFD, and what some take for a
    line end as an escape."""
    text = _LONE.sub("\ufffd", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return _BREAKS.sub(lambda met: f"\\u{ord(met[0]):04x}", text)


def marked(finding: Finding, text: str) -> str:
    """A text that says of a lead that it is one."""
    return f"Lead (an inference, no finding): {text}" if finding.tier is Tier.LEAD else text


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC: where a system wants a time, and a night knows a day."""
    return datetime.combine(day, time(), UTC)

"""Findings by person: one row for everybody whom one names. Pure."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import FindingStatus, Severity, Tier


def people_of(findings: pd.DataFrame) -> pd.DataFrame:
    """One row a person whom findings (those of audit.load) name, by agency and name; whoever nobody names has none.

    An employee id that has passed to somebody else stands for each of them with their own name. Resolved findings
    count in `resolved` alone. Of several agencies it is that of the finding seen last.
    """
    named = findings[findings["employee_id"] != ""].sort_values("last_seen", ascending=False, kind="stable")
    stands = named["status"] != FindingStatus.RESOLVED
    severities = named["severity"].map(list(Severity).index)
    accounts = named["platform"] + ":" + named["account_id"].where(named["account_id"] != "", named["handle"])
    people = named.assign(
        finding=stands & named["tier"].eq(Tier.FINDING),
        lead=stands & named["tier"].eq(Tier.LEAD),
        undecided=stands & named["disposition"].eq(""),
        gone=~stands,
        account=accounts,
        worst=severities,
    ).groupby(["employee_id", "employee_name"], as_index=False)
    told = people.agg(
        agency_code=("agency_code", "first"),
        agency=("agency", "first"),
        findings=("finding", "sum"),
        leads=("lead", "sum"),
        undecided=("undecided", "sum"),
        resolved=("gone", "sum"),
        accounts=("account", "nunique"),
        platforms=("platform", _listed),
        rules=("rule_id", _listed),
        severity=("worst", "min"),
        first_seen=("first_seen", "min"),
        last_seen=("last_seen", "max"),
    )
    told["severity"] = told["severity"].map(dict(enumerate(map(str, Severity)))).astype("str")
    return told.sort_values(["agency", "employee_name", "employee_id"], ignore_index=True)


def _listed(words: pd.Series) -> str:
    return ", ".join(sorted(set(words)))

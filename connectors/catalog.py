"""The list of connectors: what identity-audit can read. A new one is its file and one line here."""

from __future__ import annotations

from connectors import accounts_csv, agencies_csv, hr_csv, official_csv
from connectors.contract import Connector

CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connector in (
        hr_csv.CONNECTOR,
        agencies_csv.CONNECTOR,
        official_csv.CONNECTOR,
        accounts_csv.CONNECTOR,
    )
}
"""Every connector by the name that audit.toml uses."""

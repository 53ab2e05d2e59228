"""The list of connectors: what identity-audit can read. A new one is its file and one line here."""

from __future__ import annotations

from connectors.contract import Connector

CONNECTORS: dict[str, Connector] = {}

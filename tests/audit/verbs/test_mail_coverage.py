"""`sources --mail-coverage`, as it is typed."""

from __future__ import annotations

import json
import re

import pytest

from audit.cli import Exit, main
from connectors.platforms import platforms


def test_every_platform_is_told_once_with_what_each_door_sees(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "--mail-coverage"]) == Exit.COMPLETE
    told = capsys.readouterr().out
    for platform in platforms().values():
        assert len(re.findall(rf"(?:^|: |, ){re.escape(platform.name)}(?:  |,|$)", told, re.MULTILINE)) == 1, (
            platform.name
        )
    assert re.search(r"^LinkedIn +strong\? a +strong +strong +weak +strong +weak b$", told, re.MULTILINE)
    assert "  a  its envelopes have a token for each recipient" in told
    letters = set(
        re.findall(r"(?:strong|weak|-)\??  ?([a-zA-Z])\b", told.partition("Graph  ")[2].partition("  a  ")[0])
    )
    assert letters == set(re.findall(r"^  ([a-zA-Z])  ", told, re.MULTILINE))
    assert re.search(rf"^Graph: \d+ of {len(platforms())} platforms; strong \d+", told, re.MULTILINE)


def test_machines_get_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "--mail-coverage", "--json"]) == Exit.COMPLETE
    rows = {row["platform"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == platforms().keys()
    assert rows["reddit"]["sees"]["Graph"]["strength"] == "strong"
    assert not rows["reddit"]["sees"]["Graph"]["sure"]
    assert {"address": "noreply@redditmail.com", "envelope": "relay"} in rows["reddit"]["senders"]
    assert rows["zoom"]["social"] is False
    assert rows["zoom"]["sees"]["gateways"]["why"].startswith("no social media")


def test_one_connector_is_shown_by_its_own_door(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "graph_trace", "--mail-coverage", "--json"]) == Exit.COMPLETE
    assert {tuple(row["sees"]) for row in json.loads(capsys.readouterr().out)} == {("Graph",)}
    assert main(["sources", "hr_csv", "--mail-coverage"]) == Exit.USAGE
    assert "reads no mail" in capsys.readouterr().err

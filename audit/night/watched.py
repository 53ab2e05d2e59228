"""What those hear who watch machines: a file of figures, and a health check that is told how a night ended.

Neither costs the night: what goes wrong here is a line of the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.config import Settings
from audit.model.night import Night
from audit.night.progress import log
from audit.report.metrics import Ended, prometheus_lines
from audit.workbook.whole_file import replacing
from connectors.contract import Source, SourceDown
from connectors.http import tell

METRICS = "identity-audit.prom"
"""The file of figures in the output folder, as a node exporter's textfile collector reads it."""
NAME = "[operations] ping"


def write_metrics(output: Path, night: Night, ended: Ended) -> None:
    """Put a night's figures in the place of the last one's, whole or not at all."""
    try:
        with replacing(output / METRICS) as file:
            file.writelines(line.encode() for line in prometheus_lines(night, ended))
    except OSError as fault:
        log.warning("%s: the night's figures could not be written (%s)", output / METRICS, fault.strerror)


def ping(settings: Settings, values: Mapping[str, Any]) -> None:
    """Tell the address of [operations] ping how a night ended, where there is one; once, and counts alone."""
    if settings.operations.ping is None:
        return
    try:
        tell(Source(NAME, settings.folder, {}, network=settings.network), settings.operations.ping, values, {})
    except SourceDown as fault:
        log.warning("%s The night itself is not touched by this.", fault)

"""The extension of a line in CEF (ArcSight's Common Event Format), as gateways write it to syslog.

`key=value key=value …`: values may have spaces; inside them `=` and quotation marks are written with a backslash
before them. Some products put their longer values in quotation marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from connectors.mail.lines import CUT

EVENT = ("version", "vendor", "product", "its version", "event", "name", "severity", "fields")
"""What a line has between its `|`."""
KEY = re.compile(
    r"(?:^|\s)(?P<key>ESA\w+|suser|duser|act|msg|dvc|startTime|endTime|c(?:s|fp)\d(?:Label)?|(?:source|device)\w+)="
)
TWICE = "{0}= stands twice in the line, and it is not known which one counts; look at it in the appliance"


def fields_of(text: str, wanted: Collection[str]) -> Mapping[str, str] | str:
    """Those of the fields that are wanted; a sentence where the line cannot be read."""
    keys = list(KEY.finditer(text))
    ends = [*(one.start() for one in keys[1:]), len(text)]
    found = {one["key"]: text[one.end() : end].strip() for one, end in zip(keys, ends, strict=True)}
    counted = Counter(one["key"] for one in keys)
    if twice := next((name for name in wanted if counted[name] > 1), ""):
        return TWICE.format(twice)
    last = found[keys[-1]["key"]] if keys else ""
    if last[:1] in ("'", '"') and last[-1:] != last[:1]:
        return CUT
    return {name: without_quotes(found[name]) for name in wanted if name in found}


def without_quotes(value: str) -> str:
    """A value in one line, without its quotation marks and without what escapes signs in it."""
    if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]:
        value = value[1:-1]
    return re.sub(r"\\+([=|\\'\"])", r"\1", re.sub(r"(?:\\r)?\\n\s*", " ", value))

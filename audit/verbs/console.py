"""What reaches a console or a log: words without letters that steer a terminal or turn the direction of writing."""

from __future__ import annotations

import logging
import re
import sys

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control letters but for tab and line feed, separators of lines, turns of direction, halves of letters."""


def plain_words(text: str) -> str:
    """A text with U+FFFD for each letter that steers: what a file, a sheet or a platform calls itself is only words."""
    return _STEERING.sub("\ufffd", text)


def put(words: str, *, end: str = "\n", error: bool = False, flush: bool = False) -> None:
    """Print words to the console; with `error`, to standard error."""
    print(plain_words(words), end=end, file=sys.stderr if error else sys.stdout, flush=flush)


class OneLine(logging.Formatter):
    """A line of the log for each record: a name with a line feed in it writes no line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line; Python's own account of a fault keeps its lines."""
        words = super().format(record)
        return plain_words(words if record.exc_info else words.replace("\n", " "))

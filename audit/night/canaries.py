"""Canaries of a live source: an account that must be found, and one that must not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.contract import Answer, Raw, Record, Source

NAMED_BY = ("account_id", "handle", "registered_email", "employee_id", "work_email")


@dataclass
class Canaries:
    """The canaries of one source, told of everything that it shows or answers before anything is gated."""

    source: Source
    found: set[str] = field(default_factory=set)

    def shown(self, record: Record) -> None:
        """A list showed this record."""
        if named := self._named():
            self.found |= named & {_plain(str(getattr(record, field, ""))) for field in NAMED_BY}

    def answered(self, answer: Answer) -> None:
        """A sweep answered this key."""
        if any(isinstance(item, Raw) for item in answer.items):
            self.found |= self._named() & {_plain(answer.key)}

    def fault(self) -> str:
        """Why the source cannot be believed tonight, as a sentence; empty where it can."""
        must, must_not = (str(self.source.options.get(name, "")) for name in ("must_find", "must_not_find"))
        if must and _plain(must) not in self.found:
            return f"the canary {must} was not found, so that other accounts may be missing, too. Check it by hand."
        if must_not and _plain(must_not) in self.found:
            return f"the canary {must_not}, which must not exist, was found: the answers cannot be trusted."
        return ""

    def _named(self) -> set[str]:
        options = self.source.options
        return {_plain(str(options[name])) for name in ("must_find", "must_not_find") if name in options}


def _plain(name: str) -> str:
    return name.strip().removeprefix("@").casefold()

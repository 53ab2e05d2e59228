"""Members of an association, as its office exports them: read with an approval alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connectors import files
from connectors.contract import Access, BadRow, Connector, Interface, Item, Raw, Source, registered
from connectors.records import Account, Strength

FIELDS = ("member", "email")


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the export. Raises SourceDown."""
    yield from files.rows(source, FIELDS, FIELDS)


def parse(raw: Raw) -> Account:
    """One member as an account. Raises BadRow for a row without a name."""
    if not raw.values.get("member"):
        raise BadRow("member is empty; correct it in the export")
    email = raw.values["email"]
    return Account(
        platform="discourse",
        handle=raw.values["member"],
        registered_email=email,
        registration=Strength.STRONG if email else Strength.NONE,
        provenance=raw.provenance,
        evidence=registered(raw, email, f"a member under {email}", Strength.STRONG),
    )


CONNECTOR = Connector(
    name="example_members",
    record=Account,
    access=Access.APPROVAL,
    summary="Members of an example association, from its export",
    fetch=fetch,
    parse=parse,
    interface=Interface("export of 2026", date(2026, 11, 28), "https://members.example/export"),
    reads=FIELDS,
    needs=("path",),
    options=files.OPTIONS,
    platforms=("discourse",),
)

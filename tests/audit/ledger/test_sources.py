"""What sources show, as the ledger gives it back: the same, with one text in memory for what is said several times."""

from dataclasses import replace
from datetime import UTC, date, datetime

from audit.cases.kept import NOTHING_SAID
from audit.ledger import IN_MEMORY, Ledger
from connectors.records import Account, Evidence, Provenance, Strength

AT = datetime(2026, 11, 20, 22, tzinfo=UTC)
EARLIER = datetime(2026, 11, 19, tzinfo=UTC)
ORIGIN = Provenance("export", "export.csv:2", AT, "0" * 64)
PIECES = (
    Evidence("export", "public profile", "seen at export.csv:2", AT, "0" * 64, Strength.NONE),
    Evidence("trace", "mail", "three mails", EARLIER, "1" * 64),
)
SAID = (replace(NOTHING_SAID, reason="It says “engineer” of the Department of Transportation, in the present."),)
SHOWN = [Account("x", handle=name, provenance=ORIGIN, evidence=PIECES, said=SAID) for name in ("ann", "bob")]


def test_accounts_come_back_as_they_were_and_share_what_they_say_alike() -> None:
    with Ledger(IN_MEMORY) as ledger:
        run_id = ledger.begin(date(2026, 11, 20), AT)
        with ledger.transaction():
            ledger.sources.replace_accounts(run_id, "export", (("", one) for one in SHOWN))
        found = [account for _, _, _, account in ledger.sources.accounts()]
    assert found == SHOWN
    ann, bob = found
    assert ann.said[0].reason is bob.said[0].reason
    assert ann.evidence[0].sha256 is ann.provenance.sha256
    assert ann.evidence[0].observed_at is ann.provenance.observed_at

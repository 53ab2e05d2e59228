"""Which connector is held against what: a real server, or its platform's official description; and the command for it.

python -m tests.real_servers           # the table
python -m tests.real_servers --run     # the table, each line with what its command says now
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

DESCRIBED = "tests/connectors/test_conformance_http.py::test_it_asks_and_is_answered_as_described"
SERVERS = "tests/connectors/test_real_servers.py"
MADE = "made platform; "
PAGES = "no official description: the platform's pages as cited in the connector"


@dataclass(frozen=True, slots=True)
class Proof:
    """One line: a connector, what its requests and replies are held against, and the tests that do it."""

    connector: str
    against: str
    tests: str

    @property
    def command(self) -> str:
        """What shows it."""
        return f'python -m pytest -q "{self.tests}"'


REAL = (
    Proof("hr_ldap", "OpenLDAP (slapd), a referral, TLS; sockets that drip", "tests/connectors/test_hr_ldap.py"),
    Proof("hr_scim", "scim2-server, in this process", "tests/connectors/test_scim_server.py"),
    Proof("wordpress_site", "a WordPress that IDENTITY_AUDIT_WORDPRESS names", f"{SERVERS}::test_a_wordpress_site"),
    Proof("mediawiki", "a MediaWiki that IDENTITY_AUDIT_MEDIAWIKI names", f"{SERVERS}::test_a_wiki"),
    Proof("atproto_pds", "a PDS that IDENTITY_AUDIT_PDS names", f"{SERVERS}::test_a_pds"),
)  # fmt: skip
DESCRIPTIONS = {
    "atproto_pds": "its lexicons",
    "blogger": "Google's discovery document",
    "bluesky": "its lexicons",
    "discourse_admin": "its OpenAPI description",
    "entra_grants": PAGES,
    "entra_signins": PAGES,
    "flickr": PAGES,
    "github_org": "no description that is at hand: GitHub's GraphQL reference as cited in the connector",
    "github_public": "GitHub's OpenAPI description",
    "google_grants": "Google's discovery documents",
    "graph_hunting": PAGES,
    "graph_trace": "Microsoft Graph's CSDL",
    "gravatar": "its OpenAPI description",
    "hibp": PAGES,
    "hr_graph": "Microsoft Graph's CSDL",
    "hr_scim": "the attributes of RFC 7643",
    "mastodon": "its OpenAPI description",
    "mastodon_admin": "its OpenAPI description",
    "mediawiki": PAGES,
    "meta_business": "Meta's own description of the fields (facebook-business-sdk-codegen)",
    "meta_pages": "Meta's own description of the fields (facebook-business-sdk-codegen)",
    "okta_log": PAGES,
    "reddit": PAGES,
    "tumblr": PAGES,
    "wordpress_site": PAGES,
    "x": "X's OpenAPI description",
    "youtube": "Google's discovery document",
}
"""Of each connector that asks over HTTP: what every request that its tests see sent is validated by."""


def proofs() -> tuple[Proof, ...]:
    """All lines: real servers first."""
    made = (Proof(name, MADE + by, f"{DESCRIBED}[{name}]") for name, by in sorted(DESCRIPTIONS.items()))
    return (*REAL, *made)


def row(proof: Proof) -> str:
    """The line in Markdown."""
    return f"| `{proof.connector}` | {proof.against} | `{proof.command}` |"


def result(proof: Proof) -> str:
    """What pytest says last when the line's tests are run ("43 passed in 9.1s")."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", proof.tests]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = [line for line in run.stdout.splitlines() if line.strip()]
    return lines[-1].strip("= ") if lines else f"pytest ended with {run.returncode}"


def main(run: bool) -> None:
    """Print the table as Markdown."""
    print("| connector | held against | command |" + (" result |" if run else ""))
    print("|---|---|---|" + ("---|" if run else ""))
    for proof in proofs():
        print(row(proof) + (f" {result(proof)} |" if run else ""), flush=True)


if __name__ == "__main__":
    main(run="--run" in sys.argv[1:])

"""What a profile's own words say. Pure: text in, Reading out.

`read` asks in this order: where a profile shows one of our agencies (`marks`; `agency_names` compiles what to look for,
`search_terms` a cheap search ahead of it, `text` makes words with a way back to the original), which of these marks are
ours (`ours`), what the words around each make of it (`contexts`), for whom the profile speaks (`disclaimers`) and what
all of it claims (`affiliation`). `example_state` is the organization that labelled profiles are read for.
"""

from audit.profiles.affiliation import Affiliation
from audit.profiles.disclaimers import Disclaimer
from audit.profiles.marks import Mark, Span
from audit.profiles.read import Reading, read_profile, shows_a_mark

__all__ = [
    "Affiliation",
    "Disclaimer",
    "Mark",
    "Reading",
    "Span",
    "read_profile",
    "shows_a_mark",
]

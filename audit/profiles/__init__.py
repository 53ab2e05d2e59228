"""What a profile's own words say. Pure: text in, Reading out.

`marks` finds the organization's names in a text (`catalogue`, `patterns` and `terms` compile them, `text` folds Unicode
with a way back to the original); `support`, `elsewhere` and `contexts` turn a mark off or change its meaning; `bearing`
tells person from outlet; `verdicts` weighs them; `disclaimers` says for whom the profile claims to speak.
"""

from audit.profiles.disclaimers import Disclaimer
from audit.profiles.marks import Mark, Span
from audit.profiles.read import Affiliation, Reading, read_profile, shows_a_mark

__all__ = ["Affiliation", "Disclaimer", "Mark", "Reading", "Span", "read_profile", "shows_a_mark"]

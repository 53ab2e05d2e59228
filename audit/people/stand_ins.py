"""What stands for a person, an account or a mailbox where no name may be: a digest under the state's own key. Pure."""

from __future__ import annotations

import hashlib
import hmac


def stand_in_digest(kind: str, key: str, secret: str) -> str:
    """64 hex digits for what `key` is of its `kind`: the same on every day, and nobody's to find without the secret."""
    told = f"{kind}\n{key}".encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode("utf-8", "surrogatepass"), told, hashlib.sha256).hexdigest()

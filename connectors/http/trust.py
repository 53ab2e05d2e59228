"""Whose certificates are trusted: the system's, the public ones (certifi), and the organization's own beside them.

The system's store is read by truststore, as pip reads it: through the verifiers of Windows and macOS, where the
standard library sees a part of the store or none of it, and with OpenSSL's locations elsewhere.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import truststore


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """A context for one client. Its handshakes wait for each other: it is not to be shared by sources.

    Raises OSError where the file cannot be read, or holds no certificate in PEM.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context

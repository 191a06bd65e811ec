"""An athlete's name stays in the house: the broker hears a short pseudonym.

It is made of the name and of a number that this installation drew once and keeps to itself, so
that the same athlete has the same pseudonym here every time, and nobody who knows names can try
them out.
"""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from monitor.kept_secret import kept_secret

LETTERS = 6
"""30 bits: two of a gym's thousand athletes share one in one gym out of two thousand."""


def pseudonym(name: str, salt: bytes) -> str:
    """As in "A-K3QX7P"."""
    digest = hmac.new(salt, name.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return f"A-{base64.b32encode(digest).decode()[:LETTERS]}"


def kept_salt(path: Path) -> bytes:
    """The number this installation drew; drawn now if it has none yet.

    Where it cannot be kept, it holds for this session only.
    """
    return kept_secret(path, secrets.token_bytes(32))

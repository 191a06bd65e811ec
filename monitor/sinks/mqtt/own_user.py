"""Who may come to the program's own broker where it has a password: its one user."""

import hmac
from dataclasses import dataclass

from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session


class OwnUser(BaseAuthPlugin):  # type: ignore[misc] # amqtt ships no types
    """Lets in who gives the name and the password, and nobody else."""

    async def authenticate(self, *, session: Session) -> bool:
        """Whether this client may come in."""
        given = f"{session.username}:{session.password}".encode("utf-8", "surrogatepass")
        wanted = f"legpress:{self.config.password}".encode()
        return hmac.compare_digest(given, wanted)

    @dataclass
    class Config:
        """What the broker hands over."""

        password: str

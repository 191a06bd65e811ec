"""How a broker is reached; light, as it is checked before anything starts."""

import ssl
from dataclasses import dataclass

from monitor.sinks.mqtt.address import Address


@dataclass(frozen=True, slots=True)
class Way:
    """How the broker is reached.

    Attributes:
        address: where it is.
        password: None where it wants none.
        tls: how an encrypted connection is made, None for a plain one.
        newest: whether MQTT 5 is worth trying.
    """

    address: Address
    password: str | None = None
    tls: ssl.SSLContext | None = None
    newest: bool = True

    def __repr__(self) -> str:
        return str(self)  # the password is nobody's business

    def __str__(self) -> str:
        return str(self.address)

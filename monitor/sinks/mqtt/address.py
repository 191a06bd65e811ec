"""Where the broker is: `mqtt://user@host:1883`, or `mqtts://`, `ws://`, `wss://`.

    scheme   transport                   port
    mqtt     TCP                         1883
    mqtts    TCP, encrypted              8883
    ws       WebSocket, path /mqtt         80
    wss      WebSocket, encrypted         443

A password has no place in it: the command line of a program can be read by everybody on the
computer, and ends in histories and logs.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from monitor.errors import InputError

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_FORM = "give one such as mqtt://host, mqtt://user@host:1883, mqtts://, ws:// or wss://"


@dataclass(frozen=True, slots=True)
class Address:
    """A broker's address; its text holds no secret."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    path: str | None = None

    @property
    def encrypted(self) -> bool:
        """Whether certificates are shown."""
        return self.scheme in {"mqtts", "wss"}

    @property
    def websocket(self) -> bool:
        """Whether MQTT is spoken through a web server."""
        return self.scheme in {"ws", "wss"}

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_address(url: str) -> Address:
    """The address in a URL.

    Raises:
        InputError: it is none, or it holds a password.
    """
    scheme = url.partition("://")[0].lower()
    if "://" not in url or scheme not in PORTS or not url.isprintable() or " " in url:
        raise InputError(f"--mqtt: is no address of an MQTT broker; {_FORM}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as error:
        raise InputError(f"--mqtt: has no valid host and port; {_FORM}") from error
    if parts.password is not None:
        raise InputError(
            "--mqtt: holds a password, which others could read there; leave it out of the address "
            "and give it in LEGPRESS_MQTT_PASSWORD, or in a file named by password_file under "
            "[mqtt] in --config, or in the keyring"
        )
    plain = parts.path in {"", "/"} or scheme in {"ws", "wss"}
    if not host or port == 0 or not plain or parts.query or parts.fragment:
        raise InputError(f"--mqtt: is no address of an MQTT broker; {_FORM}")
    path = (parts.path or "/mqtt") if scheme in {"ws", "wss"} else None
    user = unquote(parts.username) if parts.username else None
    return Address(scheme, host, port or PORTS[scheme], user, path)

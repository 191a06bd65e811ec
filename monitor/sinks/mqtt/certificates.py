"""Who the broker is, by its certificate, and who we are, by ours."""

import ssl
from pathlib import Path

from monitor.errors import InputError
from monitor.settings import Mqtt


def tls_context(settings: Mqtt) -> ssl.SSLContext:
    """How an encrypted connection is made; the broker's name and certificate are always checked.

    Raises:
        InputError: a certificate or key cannot be used.
    """
    ca = _file(settings.ca_file, "mqtt.ca_file")
    own = _file(settings.cert_file, "mqtt.cert_file")
    key = _file(settings.key_file, "mqtt.key_file")
    if key and not own:
        raise InputError("mqtt.key_file: a key needs its certificate; give mqtt.cert_file too")
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise InputError(f"mqtt.ca_file {ca}: holds no certificate; give a PEM file") from error
    if own:
        try:
            context.load_cert_chain(own, key, password=_no_passphrase)
        except ssl.SSLError as error:
            raise InputError(
                f"mqtt.cert_file {own}: is no certificate with its own, unencrypted key; "
                "give two PEM files that belong together"
            ) from error
    return context


def _file(name: str | None, setting: str) -> str | None:
    if name is None:
        return None
    path = Path(name).expanduser()
    try:
        with path.open("rb"):
            return str(path)
    except OSError as error:
        raise InputError(f"{setting} {path}: cannot be read: {error.strerror}") from error


def _no_passphrase() -> str:
    """An encrypted key is refused; without this the terminal would be asked."""
    return ""

"""Where a password comes from: the environment, a file, or the system's keyring.

It is never taken from the command line, and never printed, logged or recorded. In the keyring it
stands under the service "legpress" and the name "user@host".
"""

import os
from pathlib import Path

from monitor.errors import InputError
from monitor.settings import Broker, Mqtt
from monitor.sinks.mqtt.address import Address

VARIABLE = "LEGPRESS_MQTT_PASSWORD"
BROKER_VARIABLE = "LEGPRESS_BROKER_PASSWORD"
SERVICE = "legpress"
LONGEST = 1024
"""Bytes of a password file that are looked at."""


def password_for(address: Address, settings: Mqtt) -> str | None:
    """The password for a broker, None where none was given.

    Raises:
        InputError: there should be one, but it cannot be had, or there is nobody it belongs to.
    """
    password = _given(VARIABLE, settings.password_file, "mqtt.password_file")
    if password is None and settings.keyring:
        password = _from_keyring(address)
    if password is not None and address.user is None:
        raise InputError(
            f"--mqtt {address}: there is a password, but no user name to go with it; "
            f"write {address.scheme}://USER@{address.host}"
        )
    return password


def broker_password(settings: Broker) -> str | None:
    """The password of the program's own broker, None where it has none.

    Raises:
        InputError: there should be one, but it cannot be had.
    """
    return _given(BROKER_VARIABLE, settings.password_file, "mqtt.broker.password_file")


def _given(variable: str, file: str | None, name: str) -> str | None:
    if password := os.environ.get(variable):
        return password
    return None if file is None else _in_file(Path(file).expanduser(), name)


def _in_file(path: Path, name: str) -> str:
    """The first line of a file."""
    try:
        with path.open("rb") as file:
            line = file.read(LONGEST).decode("utf-8").partition("\n")[0].rstrip("\r")
    except OSError as error:
        raise InputError(f"{name} {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} {path}: is no text; its first line must be it") from error
    if not line:
        raise InputError(f"{name} {path}: its first line is empty; write the password there")
    return line


def _from_keyring(address: Address) -> str:
    import keyring  # noqa: PLC0415 - loads its backends, and most people do without
    from keyring.errors import KeyringError  # noqa: PLC0415 - the same

    name = f"{address.user or ''}@{address.host}"
    how = f"store it with: keyring set {SERVICE} {name}"
    try:
        password = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise InputError(f"the keyring cannot be asked for the password of {name}") from error
    if not password:
        raise InputError(f"the keyring holds no password for {name}; {how}")
    return password

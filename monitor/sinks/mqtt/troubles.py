"""Why a broker cannot be talked to, in the user's words, with what to do about it."""

import socket
import ssl
from collections.abc import Iterator

from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.client import WebsocketConnectionError

from monitor.sinks.mqtt.address import Address
from monitor.sinks.mqtt.connection import HungUpError, RefusedError

NOT_WANTED = {4, 5, 134, 135}
"""Answers to a connection, in MQTT 3.1.1 and 5: wrong name or password; not authorised."""
UNKNOWN_VERSION = {1, 132}
"""The broker does not speak this version of MQTT."""


OTHER = {"mqtt": "mqtts", "mqtts": "mqtt", "ws": "wss", "wss": "ws"}
"""The scheme that an encrypted port wants of one who came without encryption, and the reverse."""


def words(error: BaseException, address: Address) -> str:
    """What is wrong, as the end of a sentence that begins with the broker's address."""
    causes = list(_causes(error))
    known = (_words(cause, address) for cause in causes)
    first = next((one for one in causes if not isinstance(one, BaseExceptionGroup)), error)
    said = first.strerror if isinstance(first, OSError) and first.strerror else str(first)
    unknown = f"the connection was lost ({said.lower() or type(first).__name__})"
    return next((text for text in known if text), unknown)


def _words(cause: BaseException, address: Address) -> str:
    """What one error tells the user, "" for one that he can make nothing of."""
    match cause:
        case MqttConnectError() if _code(cause) in NOT_WANTED:
            return (
                "does not accept this user name and password; "
                "correct mqtt://USER@… and LEGPRESS_MQTT_PASSWORD"
            )
        case RefusedError():
            return f"does not let this user publish here ({cause}); allow it on the broker"
        case HungUpError() if address.encrypted:
            return (
                "hangs up before it answers; does it want a certificate of ours "
                "(cert_file under [mqtt] in --config)?"
            )
        case HungUpError():
            return f"hangs up before it answers; {_encrypted_or_not(address)}"
    return _unreached(cause, address)


def _unreached(cause: BaseException, address: Address) -> str:
    """The same, where nobody had listened yet."""
    match cause:
        case ssl.SSLCertVerificationError():
            text = (
                f"its certificate is not to be trusted ({cause.verify_message}); "
                "give its authority as ca_file under [mqtt] in --config"
            )
        case ssl.SSLError() | ConnectionResetError() if address.encrypted:
            reason = (getattr(cause, "reason", None) or "it hangs up").lower().replace("_", " ")
            text = f"makes no encrypted connection ({reason}); {_encrypted_or_not(address)}"
        case WebsocketConnectionError():
            text = "does not speak MQTT as a web server does (is the path right?); "
            text += _encrypted_or_not(address)
        case ConnectionRefusedError():
            text = "nothing listens there"
        case socket.gaierror():
            text = "no such host is known"
        case TimeoutError():
            text = "does not answer"
            if address.encrypted:
                text += f"; {_encrypted_or_not(address)}"
        case _:
            text = ""
    return text


def _encrypted_or_not(address: Address) -> str:
    """The port may want what the address does not say."""
    kind = "plain" if address.encrypted else "encrypted"
    return f"is the port one for {kind} connections? Then give {OTHER[address.scheme]}://"


def speaks_no_such_version(error: BaseException) -> bool:
    """Whether another version of MQTT may do; some brokers say nothing to one they do not know."""
    return any(
        isinstance(cause, HungUpError | TimeoutError)
        or (isinstance(cause, MqttConnectError) and _code(cause) in UNKNOWN_VERSION)
        for cause in _causes(error)
    )


def _code(error: MqttConnectError) -> int:
    return error.rc if isinstance(error.rc, int) else int(getattr(error.rc, "value", -1))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it came from."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _causes(one)
        yield error
        error = error.__cause__ or error.__context__

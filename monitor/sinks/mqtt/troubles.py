"""Why a broker cannot be talked to, in the user's words, with what to do about it."""

import socket
import ssl
from collections.abc import Iterator

from aiomqtt.exceptions import MqttConnectError

from monitor.sinks.mqtt.connection import HungUpError, RefusedError

NOT_WANTED = {4, 5, 134, 135}
"""Answers to a connection, in MQTT 3.1.1 and 5: wrong name or password; not authorised."""
UNKNOWN_VERSION = {1, 132}
"""The broker does not speak this version of MQTT."""


def words(error: BaseException) -> str:
    """What is wrong, as the end of a sentence that begins with the broker's address."""
    causes = list(_causes(error))
    known = (_words(cause) for cause in causes)
    first = next((one for one in causes if not isinstance(one, BaseExceptionGroup)), error)
    said = first.strerror if isinstance(first, OSError) and first.strerror else str(first)
    unknown = f"the connection was lost ({said.lower() or type(first).__name__})"
    return next((text for text in known if text), unknown)


def _words(cause: BaseException) -> str:
    """What one error tells the user, "" for one that he can make nothing of."""
    match cause:
        case MqttConnectError() if _code(cause) in NOT_WANTED:
            text = (
                "does not accept this user name and password; "
                "correct mqtt://USER@… and LEGPRESS_MQTT_PASSWORD"
            )
        case RefusedError():
            text = f"does not let this user publish here ({cause}); allow it on the broker"
        case HungUpError():
            text = "hangs up; is it an MQTT broker, and does it want mqtts:// or a certificate?"
        case ssl.SSLCertVerificationError():
            text = (
                f"its certificate is not to be trusted ({cause.verify_message}); "
                "give its authority as ca_file under [mqtt] in --config"
            )
        case ssl.SSLError():
            reason = (cause.reason or "TLS failed").lower().replace("_", " ")
            text = f"no encrypted connection can be made ({reason}); is it an mqtts:// port?"
        case ConnectionRefusedError():
            text = "nothing listens there"
        case socket.gaierror():
            text = "no such host is known"
        case TimeoutError():
            text = "does not answer"
        case _:
            text = ""
    return text


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

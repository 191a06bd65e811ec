"""Why the radio does not serve, in a sentence, and what to do about it on this platform.

bleak says `BleakBluetoothNotAvailableError` with a reason where it can; on Linux much comes as
errors of D-Bus instead (names as in BlueZ's doc/org.bluez.Adapter.rst and org.bluez.Device.rst).
"""

import sys

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
)

from monitor.errors import UnreachableError

_Reason = BleakBluetoothNotAvailableReason
NO_ADAPTER = "no Bluetooth adapter was found"
OFF = "Bluetooth is switched off"
DENIED = "this program may not use Bluetooth"
NO_SERVICE = "the Bluetooth service does not run"
TOO_OLD = "the Bluetooth adapter is too old: it has no Low Energy"
_BY_REASON = {
    _Reason.NO_BLUETOOTH: NO_ADAPTER,
    _Reason.NO_BLE_CENTRAL_ROLE: TOO_OLD,
    _Reason.POWERED_OFF: OFF,
    _Reason.DENIED_BY_USER: DENIED,
    _Reason.DENIED_BY_SYSTEM: DENIED,
    _Reason.DENIED_BY_UNKNOWN: DENIED,
    _Reason.UNKNOWN: "Bluetooth is not available",
}
_BY_DBUS = {
    "org.freedesktop.DBus.Error.AccessDenied": DENIED,
    "org.freedesktop.DBus.Error.ServiceUnknown": NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": NO_SERVICE,
    "org.bluez.Error.NotReady": OFF,
    "org.bluez.Error.NotAvailable": NO_ADAPTER,
}
_TO_DO = {
    NO_ADAPTER: {
        "linux": "plug one in (bluetoothctl list shows them), or in a virtual machine pass one on",
        "darwin": "restart the Mac; if that does not help, its own one is broken",
        "win32": "plug one in; if there is one, see whether Device Manager has it switched off",
    },
    OFF: {
        "linux": "switch it on: bluetoothctl power on (rfkill unblock bluetooth if it is blocked)",
        "darwin": "switch it on in the Control Centre",
        "win32": "switch it on in Settings > Bluetooth & devices (flight mode switches it off)",
    },
    DENIED: {
        "linux": "add yourself to the group bluetooth (sudo usermod -aG bluetooth $USER) "
        "and log in again",
        "darwin": "allow the terminal in System Settings > Privacy & Security > Bluetooth, "
        "then open it anew",
        "win32": "allow it in Settings > Privacy & security > Radios",
    },
    NO_SERVICE: {
        "linux": "start it: sudo systemctl enable --now bluetooth (package bluez)",
        "darwin": "restart the Mac",
        "win32": "start the Bluetooth Support Service (services.msc)",
    },
    TOO_OLD: dict.fromkeys(
        ("linux", "darwin", "win32"), "plug in one that has it: Bluetooth 4.0 or newer"
    ),
}
_ELSEWHERE = "see the system's Bluetooth settings"


def unavailable(error: BaseException, platform: str = sys.platform) -> UnreachableError | None:
    """What keeps the radio itself from serving, None where it is not the radio's fault."""
    match error:
        case BleakBluetoothNotAvailableError():
            problem = _BY_REASON[error.reason]
        case BleakDBusError() if error.dbus_error in _BY_DBUS:
            problem = _BY_DBUS[error.dbus_error]
        case FileNotFoundError() | ConnectionRefusedError():  # D-Bus itself is not there
            problem = NO_SERVICE
        case PermissionError():
            problem = DENIED
        case _:
            return None
    to_do = _TO_DO.get(problem, {}).get(platform, _ELSEWHERE)
    return UnreachableError(f"{problem}; {to_do}")


def in_words(error: BaseException) -> str:
    """Why a sensor that was found could not be used, as short as can be."""
    refused = unavailable(error)
    if refused is not None:
        return str(refused)
    match error:
        case TimeoutError():
            return "it does not answer"
        case BleakDeviceNotFoundError():
            return "it is no longer there"
        case BleakCharacteristicNotFoundError():
            return f"it has no characteristic {error.char_specifier}: is it of another family?"
        case BleakDBusError():
            return str(error.dbus_error_details or error.dbus_error)
        case _:
            return str(error) or type(error).__name__

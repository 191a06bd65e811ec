"""Whatever keeps the radio from serving, one line says what it is and what to do about it."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)

from monitor.sources.ble_errors import in_words, unavailable

Reason = BleakBluetoothNotAvailableReason
PLATFORMS = ("linux", "darwin", "win32")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_a_sentence_and_something_to_do(reason: Reason, platform: str):
    said = unavailable(BleakBluetoothNotAvailableError("?", reason), platform)
    assert said is not None
    problem, to_do = str(said).split("; ", 1)
    assert len(problem) > 10
    assert len(to_do) > 10
    assert said.exit_status == 3


@pytest.mark.parametrize("reason", [Reason.NO_BLUETOOTH, Reason.POWERED_OFF, Reason.DENIED_BY_USER])
def test_what_to_do_depends_on_the_platform(reason: Reason):
    error = BleakBluetoothNotAvailableError("?", reason)
    assert len({str(unavailable(error, platform)) for platform in PLATFORMS}) == 3


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (BleakDBusError("org.bluez.Error.NotReady", []), "Bluetooth is switched off; "),
        (
            BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["no"]),
            "this program may not use Bluetooth; add yourself to the group bluetooth",
        ),
        (
            BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["?"]),
            "the Bluetooth service does not run; start it: sudo systemctl",
        ),
        (FileNotFoundError(), "the Bluetooth service does not run; "),
        (PermissionError(), "this program may not use Bluetooth; "),
    ],
)
def test_what_bluez_and_d_bus_say_is_understood(error: Exception, begins: str):
    assert str(unavailable(error, "linux")).startswith(begins)
    assert in_words(error).split(";")[0] == begins.split(";", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TimeoutError(), "it does not answer"),
        (BleakDeviceNotFoundError("F0"), "it is no longer there"),
        (BleakCharacteristicNotFoundError("ffe4"), "ffe4: is it of another family?"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort"]), "le-connection-abort"),
        (BleakError("gone"), "gone"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
)
def test_a_sensor_s_own_fault_is_none_of_the_radio_s(error: Exception, said: str):
    assert unavailable(error) is None
    assert in_words(error).endswith(said)

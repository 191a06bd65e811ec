"""A virtual air: bumble's controllers on one link, with the gaps filled that a real stack meets.

- Scan responses carry the sensor's name, as most sensors do it, and only to who asks.
- An attempt to connect to somebody who is not there can be given up.
- A connection may end without a goodbye, as when a battery is pulled.
- The central's data goes out under the address it connected with.
"""

import asyncio

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.device import Device
from bumble.link import LocalLink

FRAME = 251
"""Bytes that go over the air at once: the longest there are, as newer radios do it."""
CENTRAL = "C0:FF:EE:00:00:02"
RSSI = -52


class Air(LocalLink):
    """What carries everything. `interval_s` passes before features are exchanged.

    Over real air that takes one connection interval. Without it the kernel's Bluetooth opens the
    attribute channel before bluetoothd has heard of the connection, and bluetoothd gives up.
    """

    def __init__(self, interval_s: float = 0.0) -> None:
        super().__init__()
        self._interval_s = interval_s

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        def deliver() -> None:
            if self.find_le_controller(receiver_address):
                LocalLink.send_ll_control_pdu(self, sender_address, receiver_address, packet)

        if self._interval_s and isinstance(packet, ll.FeatureReq):
            asyncio.get_running_loop().call_later(self._interval_s, deliver)
        else:
            deliver()

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        line = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if line and receiver:
            hear = receiver.on_link_acl_data
            asyncio.get_running_loop().call_soon(hear, line.self_address, transport, data)

    def lose(self, address: hci.Address) -> None:
        """End that device's connections as a supervision timeout does: nobody says goodbye."""
        for controller in self.controllers:
            for line in list(controller.le_connections.values()):
                if address in (line.self_address, line.peer_address):
                    reason = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
                    controller.on_le_disconnected(line, reason)


class Host(Controller):
    """The central's controller."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.le_acl_data_packet_length = FRAME
        # it would have to answer with the enhanced events, which bumble's controller lacks
        self.le_features &= ~(
            hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        )

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        never = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, never)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: ll.AdvertisingPdu) -> None:
        if not isinstance(pdu, ll.AdvInd):
            super().on_advertising_pdu(pdu)
            return
        sender = self.link.find_le_controller(pdu.advertiser_address)
        if self.le_scan_enable and sender is not None:
            event = hci.HCI_LE_Advertising_Report_Event
            told = [(event.EventType.ADV_IND, pdu.data)]
            if self.le_scan_type == 1:  # active: it asks for more
                more = sender.le_legacy_advertiser.scan_response_data
                told.append((event.EventType.SCAN_RSP, more))
            for kind, data in told:
                report = event.Report(
                    event_type=kind,
                    address_type=pdu.advertiser_address.address_type,
                    address=pdu.advertiser_address,
                    data=data,
                    rssi=RSSI,
                )
                self.send_hci_packet(event([report]))
        wanted = self.pending_le_connection
        if wanted and wanted.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)


async def central(air: Air) -> Device:
    """The computer's end of the air, switched on."""
    controller = Host("central", link=air)
    device = Device.with_hci("central", hci.Address(CENTRAL), controller, controller)
    await device.power_on()
    return device

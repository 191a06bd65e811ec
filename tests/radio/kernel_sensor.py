"""A sensor on /dev/vhci, for a kernel with Bluetooth: `python -m tests.radio.kernel_sensor`.

Opening /dev/vhci makes an adapter appear whose air is virtual. READY is printed when the sensor
advertises, ENDED when all that its athlete does is done. On the way it is out of reach once.
"""

import asyncio

from bumble.transport import open_transport

from monitor.simulation.demo import demo
from tests.radio.air import Air, Host
from tests.radio.sensor import Firmware, VirtualSensor, worn

INTERVAL_S = 0.03
ADAPTER = "C0:FF:EE:00:00:01"
AWAY_AT_S, AWAY_S = 12.0, 3.0
"""While the athlete lies and waits for his first set."""


async def main() -> None:
    async with await open_transport("vhci") as transport:
        air = Air(INTERVAL_S)
        Host(
            "host",
            host_source=transport.source,
            host_sink=transport.sink,
            link=air,
            public_address=ADAPTER,
        )
        sensor = VirtualSensor(air, Firmware(), worn(demo().simulation.packets(), burst_s=0.0))
        await sensor.switch_on()
        print("READY", flush=True)
        while not sensor.connected:  # noqa: ASYNC110 - who connects is in another process
            await asyncio.sleep(0.1)
        await asyncio.sleep(AWAY_AT_S)
        await sensor.vanish()
        await asyncio.sleep(AWAY_S)
        await sensor.switch_on()
        await sensor.ended.wait()
        print("ENDED", flush=True)
        await asyncio.sleep(3600.0)


if __name__ == "__main__":
    asyncio.run(main())

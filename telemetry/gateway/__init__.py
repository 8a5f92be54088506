"""For installers: what a box in the field needs so that no reading is lost, whatever happens to network, broker or us.

    gateway = Gateway("mqtts://demo%2Fgw-1:PASSWORD@broker.example", "demo", "gw-1", Path("/var/lib/gateway/spool.db"))
    with gateway:
        gateway.record("TH-0042", 13.4, humidity_pct=88.1)

A reading is on disk when `record` returns, and stays there until our receipt says that it is stored. Needs paho and the
standard library only.
"""

from telemetry.gateway.client import Gateway
from telemetry.gateway.spool import Spool, SpoolError

__all__ = ["Gateway", "Spool", "SpoolError"]

#!/usr/bin/env python3
"""start.py BINARY DATA

Starts the demonstration twice in an empty directory. Prints a line for each figure: seconds from starting the process to
the first token, on the first and the second start; bytes of memory, of the second start at rest, and after a Chinese question.
"""

import sys
import time

from shop import Shop, frontdesk, pss

for start in ("first", "second"):
    server = frontdesk(sys.argv[1], sys.argv[2])
    try:
        shop = Shop(server.port)
        print(f"{start}-start", round(time.monotonic() - server.started, 4))
        if start == "second":
            time.sleep(2)
            print("idle", pss(server.process.pid))
            token = shop.customer("bench", "zh")
            shop.send("bench", token, "CHAT", "多久可以送到？")
            shop.drain(token)
            time.sleep(1)
            print("after-chinese", pss(server.process.pid))
    finally:
        server.stop()

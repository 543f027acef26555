#!/usr/bin/env python3
"""customers.py PORT COUNT FILE [--agent ID PASSWORD]

Makes COUNT customers of the demonstration shop at PORT and writes one line each: user, access token, customer's token.
With --agent, that agent goes online and all customers are handed to them.
"""

import sys

from shop import Shop

port, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
shop = Shop(port)
if "--agent" in sys.argv:
    shop.agent_online(*sys.argv[5:7])
with open(path, "w") as file:
    for number in range(count):
        user = f"bench-{number}"
        token = shop.customer(user)
        if "--agent" in sys.argv:
            for control, expected in (("TRANS2AGENT", "transfer to agent successfully."), ("CHAT", "sendUserMessage successfully.")):
                said = shop.send(user, token, control, "Hello")
                if said != expected:
                    raise SystemExit(f"{control}: {said}")
            shop.drain(token)
        print(user, shop.access, token, file=file)

#!/usr/bin/env python3
"""messages.py frontdesk PORT CUSTOMERS FILE AGENT PASSWORD BYTES | messages.py nchan PORT COUNT BYTES

Has one message of BYTES bytes stored for each customer or channel. Of customers it writes the lines of CUSTOMERS again to
FILE, with the cursor behind which nothing but the message is.
"""

import http.client
import sys

from shop import MESSAGING, Shop


def for_customers(port, customers, path, agent, password, text):
    shop = Shop(port)
    headers = shop.agent(agent, password)
    with open(customers) as file, open(path, "w") as out:
        for line in file:
            user, access, token = line.split()
            polls = {"x-app-key": "demo-app", "Authorization": f"Bearer {access}", "ccmessaging-token": token}
            earlier = shop.call("GET", f"{MESSAGING}/poll?wait=0&cursor=earliest", None, polls)["downlinkMessages"]
            conversation = earlier[-1]["conversationId"]
            before = shop.call("GET", f"{MESSAGING}/poll?wait=0&cursor=latest", None, polls)["nextCursor"]
            said = {"mediaType": "TEXT", "content": text}
            shop.call("POST", f"/api/v1/agent/conversations/{conversation}/messages", said, headers)
            for _ in range(2):
                answer = shop.call("GET", f"{MESSAGING}/poll?wait=0&cursor={before}", None, polls)
                if [message["content"] for message in answer["downlinkMessages"]] != [text]:
                    raise SystemExit(f"{user} does not get the message, and nothing else, each time")
            print(user, access, token, before, file=out)


def for_channels(port, count, text):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for channel in range(1, count + 1):
        connection.request("POST", f"/publish/c{channel}", text)
        answer = connection.getresponse()
        answer.read()
        if answer.status // 100 != 2:
            raise SystemExit(f"publishing failed: {answer.status}")


if sys.argv[1] == "frontdesk":
    _, _, port, customers, path, agent, password, size = sys.argv
    for_customers(int(port), customers, path, agent, password, "x" * int(size))
else:
    _, _, port, count, size = sys.argv
    for_channels(int(port), int(count), "x" * int(size))

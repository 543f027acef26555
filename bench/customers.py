#!/usr/bin/env python3
"""customers.py PORT COUNT FILE [--agent ID PASSWORD] [--past FIRST | --spread-over ALL] [--looks-in]

Makes COUNT customers of the demonstration shop at PORT and writes one line each: user, access token, customer's token.
With --agent, that agent goes online and all customers are handed to them. With --past FIRST they are those that
`frontdesk-bench fill` made, from number FIRST on; with --spread-over ALL they are spread evenly over all of those. With
--looks-in they only get a token and poll.
"""

import argparse
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from shop import Shop

AT_A_TIME = 8

arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int)
arguments.add_argument("count", type=int)
arguments.add_argument("file")
arguments.add_argument("--agent", nargs=2)
arguments.add_argument("--past", type=int)
arguments.add_argument("--spread-over", type=int)
arguments.add_argument("--looks-in", action="store_true")
asked = arguments.parse_args()
mine = threading.local()


def name(number):
    if asked.spread_over:
        return f"past-{number * asked.spread_over // asked.count}"
    return f"bench-{number}" if asked.past is None else f"past-{asked.past + number}"


def my_shop():
    if not hasattr(mine, "shop"):
        mine.shop = Shop(asked.port)
    return mine.shop


def make(number):
    user, shop = name(number), my_shop()
    if asked.looks_in:
        token = shop.token(user)
        shop.drain(token)
    else:
        token = shop.customer(user)
    if asked.agent:
        for control, expected in (("TRANS2AGENT", "transfer to agent successfully."), ("CHAT", "sendUserMessage successfully.")):
            said = shop.send(user, token, control, "Hello")
            if said != expected:
                raise SystemExit(f"{control}: {said}")
    return user, shop.access, token


def drain(line):
    my_shop().drain(line[2])


if asked.agent:
    Shop(asked.port).agent_online(*asked.agent)
with open(asked.file, "w") as file, ThreadPoolExecutor(AT_A_TIME) as pool:
    lines = list(pool.map(make, range(asked.count)))
    if asked.agent:
        # What the agent's coming brought them, soon after they asked for it.
        time.sleep(1)
        list(pool.map(drain, lines))
    for line in lines:
        print(*line, file=file)

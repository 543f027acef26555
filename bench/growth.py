#!/usr/bin/env python3
"""growth.py start BINARY DATA | recover BINARY DATA GENERATOR AGENT PASSWORD | memory PROCESS | checkpoints DATA

start: starts the server; prints the seconds to the first token, and bytes of memory 2 s later.
recover: kills the server with SIGKILL while customers send; prints the seconds from the next start to the answer to a
customer's first poll.
memory: bytes of memory of a process, after 2 s.
checkpoints: how often the write-ahead log was begun anew; 0 while there is none.
"""

import os
import subprocess
import sys
import time

from shop import Shop, frontdesk, pss


def start(binary, data):
    server = frontdesk(binary, data)
    try:
        Shop(server.port)
        print("start", round(time.monotonic() - server.started, 4))
        time.sleep(2)
        print("rest", pss(server.process.pid))
    finally:
        server.stop()


def kill_under_load(binary, data, generator, agent, password):
    server = frontdesk(binary, data)
    try:
        url = f"http://127.0.0.1:{server.port}"
        load = subprocess.Popen(
            [generator, "send", "--url", url, "--agent", agent, "--password", password, "--rate", "500", "--seconds", "60"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        try:
            said = load.stderr.readline()
            if "everybody is there" not in said:
                raise SystemExit(f"no load: {said}")
            time.sleep(2)
            if load.poll() is not None:
                raise SystemExit("the load ended before the server was killed")
            server.process.kill()
            server.process.wait(30)
        finally:
            load.kill()
            load.wait(30)
            load.stderr.close()
    finally:
        server.process.kill()
        server.stop()


def recover(binary, data, generator, agent, password):
    kill_under_load(binary, data, generator, agent, password)
    server = frontdesk(binary, data)
    try:
        shop = Shop(server.port)
        shop.drain(shop.token("past-1"))
        print(round(time.monotonic() - server.started, 4))
    finally:
        server.stop()


def memory(process):
    time.sleep(2)
    print(pss(process))


def checkpoints(data):
    # SQLite's format: the fourth number of the header counts them.
    path = f"{data}/frontdesk.db-wal"
    if not os.path.exists(path):
        return print(0)
    with open(path, "rb") as file:
        print(int.from_bytes(file.read(16)[12:], "big"))


_, what, *arguments = sys.argv
{"start": start, "recover": recover, "memory": memory, "checkpoints": checkpoints}[what](*arguments)

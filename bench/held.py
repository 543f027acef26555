#!/usr/bin/env python3
"""held.py frontdesk BINARY DATA CUSTOMERS | held.py nchan CONFIG PORT COUNT

Starts the server, opens one held poll per customer or channel, and prints the memory grown for each, in bytes.
"""

import select
import socket
import subprocess
import sys
import time

from shop import MESSAGING, frontdesk, pss

WARM_UP = 100


def opened(port, requests):
    sockets = []
    for request in requests:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request.encode())
        sockets.append(connection)
    # Until the last one is held as well.
    time.sleep(2 + len(requests) / 5000)
    return sockets


def grown(pid, port, requests):
    for connection in opened(port, requests[:WARM_UP]):
        connection.close()
    time.sleep(1)
    before = pss(pid)
    began = time.monotonic()
    sockets = opened(port, requests)
    took = time.monotonic() - began
    after = pss(pid)
    poller = select.poll()
    for connection in sockets:
        poller.register(connection, select.POLLIN)
    answered = {descriptor for descriptor, _ in poller.poll(0)}
    first = next((connection.recv(1024) for connection in sockets if connection.fileno() in answered), None)
    for connection in sockets:
        connection.close()
    if answered:
        raise SystemExit(f"{len(answered)} of {len(sockets)} polls were not held {took:.0f} s after the first began: {first}")
    return round((after - before) / len(sockets))


def of_customer(line):
    _, access, token = line.split()
    return (
        f"GET {MESSAGING}/poll?wait=50 HTTP/1.1\r\nHost: localhost\r\nx-app-key: demo-app\r\n"
        f"Authorization: Bearer {access}\r\nccmessaging-token: {token}\r\n\r\n"
    )


if sys.argv[1] == "frontdesk":
    server = frontdesk(sys.argv[2], sys.argv[3])
    try:
        with open(sys.argv[4]) as file:
            print(grown(server.process.pid, server.port, [of_customer(line) for line in file]))
    finally:
        server.stop()
else:
    nginx = subprocess.Popen(["nginx", "-c", sys.argv[2]], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        names = range(int(sys.argv[4]))
        print(grown(nginx.pid, int(sys.argv[3]), [f"GET /held/h{name} HTTP/1.1\r\nHost: localhost\r\n\r\n" for name in names]))
    finally:
        nginx.terminate()
        nginx.wait(30)

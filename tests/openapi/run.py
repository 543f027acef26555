#!/usr/bin/env python3
"""Starts the demonstration and lets Schemathesis loose on it: run.py FRONTDESK DOCUMENT [argument of `st run` ...]"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def main():
    binary, document, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "FRONTDESK_MESSAGING_POLL_HOLD_MS": "100",
            "FRONTDESK_MESSAGING_AGENT_GATEWAY_POLL_HOLD_MS": "100",
            "FRONTDESK_MESSAGING_AGENT_GATEWAY_TENANT": "demo",
            "FRONTDESK_LOG_FILTER": "warn",
        }
        serve = [binary, "serve", "--demo", "--listen", "127.0.0.1:0", "--internal-listen", "off"]
        log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        server = subprocess.Popen(
            [*serve, "--data-dir", os.path.join(folder, "data")],
            env=environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )
        try:
            url = server.stdout.readline().rsplit(" ", 1)[-1].strip()
            failed = test(url, document, arguments, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            ended = server.wait(60)
        log.seek(0)
        logged = log.read()
    for line in logged.splitlines():
        if "ERROR" in line or "panicked" in line:
            print(f"logged: {line}")
            failed = True
    if ended != 0:
        print(f"the server ended with {ended}")
        failed = True
    return 1 if failed else 0


def test(url, document, arguments, folder):
    """Runs it; whether something is wrong."""
    counts = os.path.join(folder, "counted")
    st = os.path.join(os.path.dirname(sys.executable), "st")
    command = [st, "--config-file", str(HERE / "schemathesis.toml"), "run", document, "--url", url, *arguments]
    environment = os.environ | {
        "FRONTDESK_URL": url,
        "FRONTDESK_COUNTED": counts,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
    }
    status = subprocess.run(command, env=environment, check=False).returncode
    with open(counts, encoding="utf-8") as file:
        counted = json.load(file)
    return not reached(counted) or status != 0


def reached(counted):
    """Says how far the run got; whether far enough for it to have shown something."""
    requests = sum(sum(each.values()) for each in counted.values())
    good = {name for name, each in counted.items() if any(status.startswith("2") for status in each)}
    refused = sum(each.get("401", 0) for each in counted.values())
    print(f"{requests} requests to {len(counted)} operations, {refused} of them refused as unknown callers")
    for name in sorted(set(counted) - good):
        print(f"  never succeeded: {name} {counted[name]}")
    if len(good) < 0.8 * len(counted):
        print("too few operations ever succeeded")
    return len(good) >= 0.8 * len(counted)


if __name__ == "__main__":
    sys.exit(main())

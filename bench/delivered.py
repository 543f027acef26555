#!/usr/bin/env python3
"""delivered.py GENERATOR URL AGENT PASSWORD CUSTOMERS RATE SECONDS POSTMASTER NODE…

Has RATE messages of an agent a second delivered to held polls, for SECONDS and one more, and prints a line for each figure:
`p50` and `p99`, from sending until the poll was answered, in milliseconds; `nodes`, `database` and `all`, microseconds of
the processor for each message, of the processes NODE… and of PostgreSQL, whose first process is POSTMASTER.

The processor's time is taken while messages come at that rate, without what goes before and after: a server that keeps up
delivers as many in that time as are sent.
"""

import os
import subprocess
import sys
import time

# The first message is sent 2 s after everybody is there and connected; a second later the measurement begins.
BEFORE = 3.5
# How long before the last message it ends, in seconds.
MARGIN = 0.5
# A server whose median is beyond this, in milliseconds, does not keep up, and its figures say nothing.
KEEPS_UP = 200

TICK = 1e6 / os.sysconf("SC_CLK_TCK")


def used(pid, with_ended=False):
    """Microseconds of the processor that a process has used; with those of its children that have ended."""
    with open(f"/proc/{pid}/stat") as file:
        # The second field is a name in brackets, in which there may be anything.
        fields = file.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15 if with_ended else 13])) * TICK


def used_by_database(postmaster):
    with open(f"/proc/{postmaster}/task/{postmaster}/children") as file:
        children = file.read().split()
    total = used(postmaster, with_ended=True)
    for child in children:
        try:
            total += used(child)
        except FileNotFoundError:
            # It has just ended; the next look finds it with its parent.
            pass
    return total


def look(postmaster, nodes):
    return time.monotonic(), sum(map(used, nodes)), used_by_database(postmaster)


def main():
    generator, url, agent, password, customers, rate, seconds, postmaster, *nodes = sys.argv[1:]
    command = [generator, "deliver", "--url", url, "--agent", agent, "--password", password, "--customers", customers]
    command += ["--rate", rate, "--seconds", seconds]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
        said = load.stderr.readline()
        if "everybody is there" not in said:
            raise SystemExit(said + load.stderr.read())
        time.sleep(BEFORE)
        before = look(postmaster, nodes)
        time.sleep(int(seconds) + 1 + 2 - BEFORE - MARGIN)
        after = look(postmaster, nodes)
        out, failed = load.communicate()
    if load.returncode != 0:
        raise SystemExit(failed)
    figures = dict(line.split() for line in out.splitlines())
    if float(figures["p50"]) > KEEPS_UP:
        raise SystemExit(f"the servers do not keep up with {rate} messages a second: half of them take {figures['p50']} ms")
    messages = (after[0] - before[0]) * int(rate)
    of_nodes, of_database = ((after[part] - before[part]) / messages for part in (1, 2))
    for name in ("p50", "p99"):
        print(name, figures[name])
    for name, value in (("nodes", of_nodes), ("database", of_database), ("all", of_nodes + of_database)):
        print(name, round(value, 2))


main()

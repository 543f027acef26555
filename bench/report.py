#!/usr/bin/env python3
"""report.py RESULTS PAGE WRITE PAIRS SECONDS HELD DISK

Prints the table of a run and, unless WRITE is 0, puts it between the two markers of PAGE.
"""

import os
import statistics
import sys

import page

# What the figures of a peer are compared with: measure, peer, its name, the ratio wanted, and whether more is better.
RATIOS = [
    ("poll", "nchan", "nchan interval-poll", 1.1, True),
    ("poll", "hyper", "bare hyper server", 0.9, True),
    ("stored", "nchan", "nchan long poll of a stored message", 1.1, True),
    ("send", "redis", "Redis `XADD`, `appendfsync always`", 1.2, True),
    ("send", "postgresql", "PostgreSQL `INSERT` by pgbench", 2.0, True),
    ("held", "nchan", "nchan long poll", 0.6, False),
    ("deliver-p50", "nchan-and-sync", "nchan publish to long poll, and one fdatasync", 1.0, False),
    ("deliver-p99", "nchan", "nchan publish to long poll", 3.0, False),
]
TITLES = {
    "poll": "P1: empty polls, requests/s",
    "stored": "P2: polls answered with a message of 300 bytes, requests/s",
    "send": "P3: durable `send` to an agent, requests/s",
    "held": "P4: memory for each held poll, KiB",
    "deliver-p50": "P5: agent's send to held poll answered, p50, ms",
    "deliver-p99": "P5: agent's send to held poll answered, p99, ms",
}
# How figures are shown that are not whole numbers of a second.
UNITS = {
    "held": {"decimals": 1, "divisor": 1024},
    "deliver-p50": {"decimals": 2},
    "deliver-p99": {"decimals": 2},
}
# Measure, its name, unit, divisor, decimals, and the most that is wanted.
ABSOLUTE = [
    ("first-start", "P7: first start (seeds the demonstration) to first token", "s", 1, 2, None),
    ("second-start", "P7: second start to first token", "s", 1, 2, 0.2),
    ("idle", "P7: memory at rest, second start", "MiB", 1 << 20, 1, 25),
    ("after-chinese", "P7: memory after the first Chinese question", "MiB", 1 << 20, 1, None),
]


def table(results):
    yield "| what | Frontdesk: median (min to max) | peer | peer: median (min to max) | ratio, median of pairs (min to max) | target | |"
    yield "|---|---|---|---|---|---|---|"
    for measure, peer, name, wanted, more in RATIOS:
        ours, theirs = results[measure, "frontdesk"], results[measure, peer]
        if not ours or not theirs:
            yield f"| {TITLES[measure]} | | {name} | not measured | | | |"
            continue
        ratios = [one / other for one, other in zip(ours, theirs)]
        median = statistics.median(ratios)
        met = median >= wanted if more else median <= wanted
        unit = UNITS.get(measure, {})
        yield (
            f"| {TITLES[measure]} | {page.spread(ours, **unit)} | {name} | {page.spread(theirs, **unit)} | {page.spread(ratios, 2)} "
            f"| {'≥' if more else '≤'} {wanted} | {'reached' if met else 'not reached'} |"
        )
    for measure, name, unit, divisor, decimals, most in ABSOLUTE:
        values = results[measure, "frontdesk"]
        met = "" if most is None else "reached" if statistics.median(values) / divisor < most else "not reached"
        target = "" if most is None else f"< {most} {unit}"
        yield f"| {name}, {unit} | {page.spread(values, decimals, divisor)} | | | | {target} | {met} |"


def peers():
    postgres = sorted(os.listdir("/usr/lib/postgresql"))[-1]
    yield f"- {page.first_line('nginx', '-v').removeprefix('nginx version: ')} with Debian's nchan, " \
        f"{' '.join(page.first_line('redis-server', '-v').split()[:3])}, PostgreSQL {postgres}"


def main():
    path, where, write, pairs, seconds, held, disk = sys.argv[1:]
    results = page.read(path)
    sync = page.spread(results["sync", "disk"], 2)
    lines = [
        *page.machine(disk),
        *peers(),
        f"- writing 4 KiB with fdatasync: {sync} ms",
        f"- {pairs} pairs, {seconds} s for each load, {int(held):,} held polls",
        "",
        *table(results),
    ]
    page.publish(where, "run", lines, write)


main()

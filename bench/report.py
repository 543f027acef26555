#!/usr/bin/env python3
"""report.py RESULTS PAGE WRITE PAIRS SECONDS HELD DISK

Prints the table of a run and, unless WRITE is 0, puts it between the two markers of PAGE.
"""

import os
import platform
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timezone

BEGIN, END = "<!-- run: begin -->", "<!-- run: end -->"
# What the figures of a peer are compared with: measure, peer, its name, the ratio wanted, and whether more is better.
RATIOS = [
    ("poll", "nchan", "nchan interval-poll", 1.1, True),
    ("poll", "hyper", "bare hyper server", 0.9, True),
    ("send", "redis", "Redis `XADD`, `appendfsync always`", 1.2, True),
    ("send", "postgresql", "PostgreSQL `INSERT` by pgbench", 2.0, True),
    ("held", "nchan", "nchan long poll", 0.6, False),
]
TITLES = {
    "poll": "P1: empty polls, requests/s",
    "send": "P3: durable `send` to an agent, requests/s",
    "held": "P4: memory for each held poll, KiB",
}
# Measure, its name, unit, divisor, decimals, and the most that is wanted.
ABSOLUTE = [
    ("first-start", "P7: first start (seeds the demonstration) to first token", "s", 1, 2, None),
    ("second-start", "P7: second start to first token", "s", 1, 2, 0.2),
    ("idle", "P7: memory at rest, second start", "MiB", 1 << 20, 1, 25),
    ("after-chinese", "P7: memory after the first Chinese question", "MiB", 1 << 20, 1, None),
]


def shown(value, decimals):
    return f"{value:,.{decimals}f}"


def spread(values, decimals=0, divisor=1):
    values = [value / divisor for value in values]
    low, high = shown(min(values), decimals), shown(max(values), decimals)
    return f"{shown(statistics.median(values), decimals)} ({low} to {high})"


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
        unit = {"decimals": 1, "divisor": 1024} if measure == "held" else {}
        yield (
            f"| {TITLES[measure]} | {spread(ours, **unit)} | {name} | {spread(theirs, **unit)} | {spread(ratios, 2)} "
            f"| {'≥' if more else '≤'} {wanted} | {'reached' if met else 'not reached'} |"
        )
    for measure, name, unit, divisor, decimals, most in ABSOLUTE:
        values = results[measure, "frontdesk"]
        met = "" if most is None else "reached" if statistics.median(values) / divisor < most else "not reached"
        target = "" if most is None else f"< {most} {unit}"
        yield f"| {name}, {unit} | {spread(values, decimals, divisor)} | | | | {target} | {met} |"


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().split("\n")[0]


def machine(disk):
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.M)
    with open("/proc/meminfo") as file:
        memory = int(file.read().split()[1]) / (1 << 20)
    low, middle, _ = (f"{load:.1f}" for load in os.getloadavg())
    postgres = sorted(os.listdir("/usr/lib/postgresql"))[-1]
    yield f"- {datetime.now(timezone.utc):%Y-%m-%d}, commit {first_line('git', 'rev-parse', '--short', 'HEAD')}"
    yield f"- {os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, {memory:.0f} GiB of memory"
    yield f"- Linux {platform.release()}, disk {disk}"
    yield f"- load average at the end of the run: {low} (1 minute), {middle} (5 minutes), the run itself included"
    yield f"- {first_line('nginx', '-v').removeprefix('nginx version: ')} with Debian's nchan, " \
        f"{' '.join(first_line('redis-server', '-v').split()[:3])}, PostgreSQL {postgres}"


def main():
    path, page, write, pairs, seconds, held, disk = sys.argv[1:]
    results = defaultdict(list)
    with open(path) as file:
        for line in file:
            measure, who, value = line.split()
            results[measure, who].append(float(value))
    lines = [*machine(disk), f"- {pairs} pairs, {seconds} s for each load, {int(held):,} held polls", "", *table(results)]
    text = "\n".join(lines)
    print(text)
    if write != "0":
        with open(page) as file:
            before, _, rest = file.read().partition(BEGIN)
        _, _, after = rest.partition(END)
        with open(page, "w") as file:
            file.write(f"{before}{BEGIN}\n{text}\n{END}{after}")


main()

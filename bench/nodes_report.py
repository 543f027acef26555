#!/usr/bin/env python3
"""nodes_report.py RESULTS PAGE WRITE PAIRS SECONDS RATE LOADED DISK

Prints the tables of a run of nodes.sh and, unless WRITE is 0, puts them between the two markers of PAGE.
"""

import os
import statistics
import sys

import page

# Measure, its name, decimals, the most that is wanted of the ratio, the most that is wanted of two nodes.
OF_NODES = [
    ("nodes", "P8: processor time of the nodes for each delivered message, µs", 0, 1.15, None),
    ("database", "PostgreSQL's processor time for each of these, µs", 0, None, None),
    ("all", "both together, µs", 0, None, None),
    ("p50", "P8: sent on the first node until the poll held on the last is answered, p50, ms", 2, None, 50),
    ("p99", "the same, p99, ms", 2, None, None),
]
SENDS = 0.8


def ratios(some, others):
    return [one / other for one, other in zip(some, others, strict=True)]


def reached(met):
    return "reached" if met else "not reached"


def of_nodes(results):
    yield "| what: median (min to max) | one node | two nodes | ratio, median of pairs (min to max) | target | |"
    yield "|---|---|---|---|---|---|"
    for measure, title, decimals, most_ratio, most in OF_NODES:
        one, two = results[measure, "1"], results[measure, "2"]
        times = ratios(two, one)
        target = met = ""
        if most_ratio is not None:
            target, met = f"≤ {most_ratio} ×", reached(statistics.median(times) <= most_ratio)
        if most is not None:
            target, met = f"≤ {most} ms with two", reached(statistics.median(two) <= most)
        yield f"| {title} | {page.spread(one, decimals)} | {page.spread(two, decimals)} | {page.spread(times, 2)} | {target} | {met} |"


def of_stores(results):
    ours, embedded = results["send", "postgresql"], results["send", "embedded"]
    times = ratios(ours, embedded)
    met = reached(statistics.median(times) >= SENDS)
    yield "| what: median (min to max) | on PostgreSQL | embedded store | ratio, median of pairs (min to max) | target | |"
    yield "|---|---|---|---|---|---|"
    yield (
        f"| P9: durable `send` to an agent, requests/s | {page.spread(ours)} | {page.spread(embedded)} "
        f"| {page.spread(times, 2)} | ≥ {SENDS} × | {met} |"
    )


def main():
    path, where, write, pairs, seconds, rate, loaded, disk = sys.argv[1:]
    results = page.read(path)
    postgres = sorted(os.listdir("/usr/lib/postgresql"), key=int)[-1]
    lines = [
        *page.machine(disk),
        f"- PostgreSQL {postgres}, {page.first_line('nginx', '-v').removeprefix('nginx version: ')} in front of the nodes",
        f"- writing 4 KiB with fdatasync: {page.spread(results['sync', 'disk'], 2)} ms",
        f"- {pairs} pairs; {rate} messages a second for {loaded} s; {seconds} s for each load of sends",
        "",
        *of_nodes(results),
        "",
        *of_stores(results),
    ]
    page.publish(where, "nodes", lines, write)


main()

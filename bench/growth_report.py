#!/usr/bin/env python3
"""growth_report.py RESULTS PAGE WRITE PAIRS SECONDS RATE TAIL SIZES DISK

Prints the table of a run of growth.sh and, unless WRITE is 0, puts it between the two markers of PAGE. SIZES are
CUSTOMERS:MESSAGES with commas in between.
"""

import statistics
import sys

import page

WITHIN = 0.8
RATES = [
    ("poll", "P1: empty polls, requests/s"),
    ("stored", "P2: polls answered with a message of 300 bytes, requests/s"),
    ("send", "P3: durable `send` to an agent, requests/s"),
]
# Measure, its name, divisor, decimals.
FIGURES = [
    ("start", "start to first token, s", 1, 2),
    ("recovery", "P7: start after `kill -9` to a customer's first poll, s", 1, 2),
    ("rest", "memory at rest, MiB", 1 << 20, 1),
    ("looked-in", "memory for each further customer who has polled once, bytes", 1, 0),
    ("database", "database for each message, bytes", 1, 0),
    ("fill", "filling the store, s", 1, 0),
    ("catch-up", "search index and reports of all of it, s", 1, 0),
]
RECOVERED_WITHIN = 1


class Table:
    def __init__(self, results, sizes):
        self.results, self.sizes = results, sizes

    def of_small(self, measure):
        """What was measured of the small stores that stood beside the others."""
        return [value for size in self.sizes for value in self.results[measure, f"small-{size}"]]

    def row(self, title, small, large, target=""):
        return f"| {title} | {small} | {' | '.join(large)} | {target} |"

    def rate(self, measure, title):
        shown, ratios = [], []
        for size in self.sizes:
            small, large = self.results[measure, f"small-{size}"], self.results[measure, str(size)]
            ratios.append(statistics.median(one / other for one, other in zip(large, small, strict=True)))
            shown.append(f"{page.spread(large)}; {ratios[-1]:.2f} ×")
        met = "reached" if min(ratios) >= WITHIN else "not reached"
        return self.row(title, page.spread(self.of_small(measure)), shown, f"≥ {WITHIN} × the small one: {met}")

    def tail(self, measure, title):
        def shown(values):
            if not values("p50"):
                return ""
            figures = [statistics.median(values(name)) for name in ("p50", "p99", "p99.9")]
            return " / ".join(f"{figure:.1f}" for figure in [*figures, max(values("max"))])

        large = [shown(lambda name, size=size: self.results[f"{measure}-{name}", str(size)]) for size in self.sizes]
        return self.row(title, shown(lambda name: self.of_small(f"{measure}-{name}")), large)

    def figure(self, measure, title, divisor=1, decimals=0):
        def shown(values):
            return page.spread(values, decimals, divisor) if len(values) > 1 else "".join(
                page.shown(value / divisor, decimals) for value in values
            )

        target = ""
        if measure == "recovery":
            most = max(statistics.median(self.results[measure, str(size)]) for size in self.sizes)
            target = f"< {RECOVERED_WITHIN} s: {'reached' if most < RECOVERED_WITHIN else 'not reached'}"
        large = [shown(self.results[measure, str(size)]) for size in self.sizes]
        return self.row(title, shown(self.of_small(measure)), large, target)

    def for_each_idle(self, small_customers):
        """What a start takes of each customer in the store."""
        def grown(size):
            small = statistics.median(self.results["rest", f"small-{size}"])
            return (statistics.median(self.results["rest", str(size)]) - small) / (size - small_customers)

        return self.row("memory for each customer who is only stored, bytes", "", [f"{grown(size):.1f}" for size in self.sizes])

    def lines(self, messages, small_customers):
        heads = [f"{size:,} customers, {count:,} messages" for size, count in zip(self.sizes, messages, strict=True)]
        yield f"| what: median (min to max) | {small_customers:,} customers, {small_customers * 10:,} messages " \
            f"| {' | '.join(heads)} | target |"
        yield "|---" * (len(heads) + 3) + "|"
        for measure, title in RATES:
            yield self.rate(measure, title)
        yield self.tail("tail", "`send` at a fixed rate, ms: p50 / p99 / p99.9 / longest")
        yield self.figure("tail-checkpoints", "checkpoints during that")
        yield self.tail("retention", "the same while retention removes half of everything")
        yield self.figure("retention-rows", "rows that it removed in each second of that")
        for measure, title, divisor, decimals in FIGURES:
            yield self.figure(measure, title, divisor, decimals)
            if measure == "rest":
                yield self.for_each_idle(small_customers)


def main():
    path, where, write, pairs, seconds, rate, tail, asked, disk = sys.argv[1:]
    sizes, messages = zip(*(map(int, size.split(":")) for size in asked.split(",")))
    table = Table(page.read(path), sizes)
    lines = [
        *page.machine(disk),
        f"- {pairs} pairs, {seconds} s for each load; {rate} sends a second for {tail} s",
        "",
        *table.lines(messages, 1_000),
    ]
    page.publish(where, "growth", lines, write)


main()

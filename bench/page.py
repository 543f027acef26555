"""What the tables of docs/performance.md have in common."""

import os
import platform
import re
import statistics
import subprocess
from collections import defaultdict
from datetime import datetime, timezone


def read(path):
    """The figures of a run, in order: by measure and whose they are."""
    results = defaultdict(list)
    with open(path) as file:
        for line in file:
            measure, who, value = line.split()
            results[measure, who].append(float(value))
    return results


def shown(value, decimals):
    return f"{value:,.{decimals}f}"


def spread(values, decimals=0, divisor=1):
    values = [value / divisor for value in values]
    low, high = shown(min(values), decimals), shown(max(values), decimals)
    return f"{shown(statistics.median(values), decimals)} ({low} to {high})"


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().split("\n")[0]


def machine(disk):
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.M)
    with open("/proc/meminfo") as file:
        memory = int(file.read().split()[1]) / (1 << 20)
    low, middle, _ = (f"{load:.1f}" for load in os.getloadavg())
    yield f"- {datetime.now(timezone.utc):%Y-%m-%d}, commit {first_line('git', 'rev-parse', '--short', 'HEAD')}"
    yield f"- {os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, {memory:.0f} GiB of memory"
    yield f"- Linux {platform.release()}, disk {disk}"
    yield f"- load average at the end of the run: {low} (1 minute), {middle} (5 minutes), the run itself included"


def publish(page, name, lines, write):
    """Prints the lines of a run and, unless `write` is 0, puts them between the two markers of that name on a page."""
    print("\n".join(lines))
    if write == "0":
        return
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    with open(page) as file:
        before, found, rest = file.read().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{page} has no place for {name}")
    with open(page, "w") as file:
        file.write("\n".join([f"{before}{begin}", *lines, f"{end}{after}"]))

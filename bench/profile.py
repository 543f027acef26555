#!/usr/bin/env python3
"""profile.py BINARY [SECONDS]

Where the time of one poll and of one send goes: starts the demonstration, has it answer empty polls and then durable sends
from 200 customers over 64 connections, and samples it by `perf` (Debian: linux-perf) meanwhile. Prints microseconds of
processor time for each request, by what they were spent on. Needs a build with line tables, as release builds are.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from shop import frontdesk

HERE = Path(__file__).parent
# The first that occurs in a sample's frames counts, from the innermost frame outwards; what is named first goes before.
SPENT_ON = {
    "store-writer": [
        ("copying the log into the database (checkpoint)", r"sqlite3_wal_checkpoint|walCheckpoint|sqlite3WalDefaultHook"),
        ("waiting for the disk (fdatasync, processor time alone)", r"unixSync"),
        ("writing pages into the log (commit)", r"pagerWalFrames|sqlite3PagerCommitPhaseOne"),
        ("search index", r"sqlite::search"),
        ("numbers of reports", r"sqlite::reports"),
        ("rows of messages", r"sqlite::commit|sqlite::entries"),
        ("telling whoever waits", r"Job>::answer|oneshot"),
        ("the rest of the writer", r""),
    ],
    "store-reader": [("reading back for search and reports", r"")],
    "tokio-rt-worker": [
        ("credentials", r"frontdesk_server::extract|frontdesk_server::limit|jsonwebtoken"),
        ("making the search index and reports", r"frontdesk_server::work"),
        ("JSON", r"serde_json|frontdesk_server::extract::json"),
        ("reading from sockets", r"__x64_sys_recvfrom|__x64_sys_read"),
        ("writing to sockets", r"writev|__x64_sys_sendto|__x64_sys_write"),
        ("waiting for sockets", r"__x64_sys_epoll|epoll_wait"),
        ("changing threads", r"__x64_sys_futex|schedule$|__schedule$"),
        ("HTTP", r"^hyper|^http|httparse"),
        ("looking for messages, deciding, handing over", r"frontdesk_"),
        ("the runtime", r"tokio"),
        ("the rest of the workers", r""),
    ],
}


def sampled(pid, seconds, data):
    subprocess.run(
        ["perf", "record", "-q", "-F", "997", "--call-graph", "dwarf,16384", "-p", str(pid), "-o", data, "--", "sleep", str(seconds)],
        check=True, stderr=subprocess.DEVNULL,
    )
    script = subprocess.run(
        ["perf", "script", "--no-inline", "-i", data, "-F", "comm,ip,sym"], check=True, capture_output=True, text=True,
        errors="replace",
    ).stdout
    for sample in script.split("\n\n"):
        thread, *frames = sample.strip("\n").split("\n")
        yield thread.strip(), [frame.strip().partition(" ")[2] for frame in frames]


def spent_on(thread, frames):
    rules = next((rules for name, rules in SPENT_ON.items() if thread.startswith(name)), None)
    if rules is None:
        return f"other threads ({thread})"
    return next(what for what, pattern in rules if any(re.search(pattern, frame) for frame in frames) or not pattern)


def ticks(pid):
    """Processor time of each thread so far, in seconds."""
    spent = Counter()
    for task in Path(f"/proc/{pid}/task").iterdir():
        name, fields = re.search(r"\((.*)\) . (.*)", (task / "stat").read_text()).groups()
        fields = fields.split()
        spent[name] += (int(fields[10]) + int(fields[11])) / 100
    return spent


def load(port, seconds, *what):
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{port}", "--", *map(str, what)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def answered(running):
    _, rate, count, failed, *_ = next(line for line in running.communicate()[0].split("\n") if line.startswith("RESULT")).split()
    if int(failed):
        raise SystemExit(f"{failed} of {count} answers failed")
    return int(rate), int(count)


def main(binary, seconds):
    with tempfile.TemporaryDirectory(dir=HERE.parent / "target") as directory:
        data, customers = f"{directory}/data", f"{directory}/customers"
        server = frontdesk(binary, data)
        try:
            admin = [binary, "admin", "--data-dir", data]
            subprocess.run([*admin, "channel", "--tenant", "demo", "1011577355744904195", "--session-silence", "3600"], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(
                [*admin, "agent", "--tenant", "demo", "150", "--nickname", "Bench", "--queue", "support", "--capacity", "1000", "--password-stdin"],
                check=True, input="bench-password\n", text=True, stdout=subprocess.DEVNULL,
            )
            subprocess.run([sys.executable, HERE / "customers.py", str(server.port), "200", customers, "--agent", "150", "bench-password"], check=True)
            pid = server.process.pid
            for name, what in (("poll", ("poll", customers)), ("send", ("send", customers, 300))):
                # Once without perf for what a request costs, once with it for what that goes into.
                before = ticks(pid)
                rate, count = answered(load(server.port, seconds, *what))
                after = ticks(pid)
                cost = {thread: (after[thread] - before[thread]) * 1e6 / count for thread in after}
                running = load(server.port, seconds + 2, *what)
                samples = [(thread, spent_on(thread, frames)) for thread, frames in sampled(pid, seconds, f"{directory}/perf") if thread]
                answered(running)
                whole = Counter(thread for thread, _ in samples)
                print(f"\n{name}: {rate:,} a second, {sum(cost.values()):.1f} µs of processor time each")
                parts = Counter()
                for thread, what_for in samples:
                    parts[what_for] += cost.get(thread, 0.0) / whole[thread]
                for what_for, micros in parts.most_common():
                    print(f"  {micros:6.1f} µs  {what_for}")
        finally:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4)

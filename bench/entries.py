#!/usr/bin/env python3
"""entries.py DATA CUSTOMERS

Prints how many entries the logs of these customers have together.
"""

import sqlite3
import sys

with open(sys.argv[2]) as file:
    users = [line.split()[0] for line in file]
database = sqlite3.connect(f"file:{sys.argv[1]}/frontdesk.db?mode=ro", uri=True, timeout=30)
database.execute("CREATE TEMP TABLE asked (user TEXT PRIMARY KEY)")
database.executemany("INSERT INTO asked VALUES (?)", [(user,) for user in users])
# A log's numbers have no holes.
last = "SELECT max(number) FROM entry WHERE entry.log_key = log.log_key"
print(database.execute(f"SELECT sum(({last})) FROM log WHERE user IN (SELECT user FROM asked)").fetchone()[0])

#!/usr/bin/env bash
# Measures how what Frontdesk costs grows with what it stores, and writes the result into docs/performance.md.
#
#   CUSTOMERS="100000 1000000"  sizes that are measured beside a small store of 1,000 customers, one after the other
#   MESSAGES=                   messages in each of them; otherwise ten for each customer
#   PAIRS=3    how often each is measured, in turn    SECONDS_EACH=4  length of one load    TAIL=20  of one at a fixed rate
#   WRITE=1    0: only print                          BINARIES=       a folder with both programs, so that nothing is built
#
# A million customers with ten million messages take about 8 GB of disk, removed afterwards.
cd "$(dirname "$0")/.."
. bench/common.sh

CUSTOMERS=${CUSTOMERS:-100000 1000000}
PAIRS=${PAIRS:-3}
TAIL=${TAIL:-20}
SMALL=1000
# Customers who poll and send; as many in each store.
ACTIVE=1000
RATE=500
# How long it may take until what follows the commits in the background is done, in seconds.
CATCH_UP=${CATCH_UP:-7200}
BYTES_OF_A_MESSAGE=800

need wrk -- sh -c 'command -v wrk'
install_missing
prepare

messages_of() { echo "${MESSAGES:-$(($1 * 10))}"; }
for size in $CUSTOMERS; do
  wanted=$(($(messages_of "$size") * BYTES_OF_A_MESSAGE))
  free=$(df --output=avail -B1 "$work" | tail -n 1)
  [ "$free" -gt $((wanted + (1 << 30))) ] || { echo "$size customers need $wanted bytes of disk, $free are free" >&2; exit 1; }
done

caught_up() {
  python3 - "$1/frontdesk.db" << 'END'
import sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=30)
waits = database.execute("SELECT 1 FROM pending WHERE purpose IN ('search', 'reports') LIMIT 1").fetchone()
sys.exit(1 if waits else 0)
END
}

# make_store DATA NAME CUSTOMERS MESSAGES: seeds, fills, and lets the server do what follows in the background.
make_store() {
  local data=$1 name=$2 customers=$3 messages=$4 empty began until
  serve "$data"
  configure "$data"
  stop "$server"
  empty=$(stat -c %s "$data/frontdesk.db")
  began=$(date +%s)
  "$generator" fill "$data" --customers "$customers" --messages "$messages"
  note fill "$name" $(($(date +%s) - began))
  serve "$data"
  began=$(date +%s)
  until=$((began + CATCH_UP))
  until caught_up "$data"; do
    kill -0 "$server" || { echo "the server ended" >&2; exit 1; }
    [ "$(date +%s)" -lt $until ] || { echo "the background work was not done in $CATCH_UP s" >&2; exit 1; }
    sleep 1
  done
  note catch-up "$name" $(($(date +%s) - began))
  stop "$server"
  note database "$name" $((($(stat -c %s "$data/frontdesk.db") - empty) / messages))
}

# started DATA NAME: start to first token, and memory at rest.
started() {
  local what value
  for _ in $(seq "$PAIRS"); do
    python3 bench/growth.py start "$frontdesk" "$1" > "$work/figures"
    while read -r what value; do note "$what" "$2" "$value"; done < "$work/figures"
  done
}

# tail_of PORT DATA NAME MEASURE: latencies of sends at a fixed rate, and the checkpoints meanwhile.
tail_of() {
  local before what
  before=$(python3 bench/growth.py checkpoints "$2")
  "$generator" send --url "http://127.0.0.1:$1" --agent $AGENT --password $PASSWORD --customers 200 --senders 64 \
    --rate $RATE --seconds "$TAIL" > "$work/figures"
  for what in p50 p99 p99.9 max; do note "$4-$what" "$3" "$(figure $what "$work/figures")"; done
  note "$4-checkpoints" "$3" $(($(python3 bench/growth.py checkpoints "$2") - before))
}

# people PORT NAME OF: customers who poll and send, from all over the store.
people() {
  python3 bench/customers.py "$1" $ACTIVE "$work/$2-customers" --agent $AGENT $PASSWORD --spread-over "$3"
}

loads() {
  local size=$1 small=$work/small large=$work/large small_port large_port large_server pair
  serve "$small"
  small_port=$port
  serve "$large"
  large_port=$port large_server=$server
  people "$small_port" small $SMALL
  people "$large_port" large "$size"
  for pair in $(seq "$PAIRS"); do
    note poll "small-$size" "$(load "$small_port" poll "$work/small-customers" | rate)"
    note poll "$size" "$(load "$large_port" poll "$work/large-customers" | rate)"
  done
  python3 bench/messages.py frontdesk "$small_port" "$work/small-customers" "$work/small-stored" $AGENT $PASSWORD $BYTES
  python3 bench/messages.py frontdesk "$large_port" "$work/large-customers" "$work/large-stored" $AGENT $PASSWORD $BYTES
  for pair in $(seq "$PAIRS"); do
    note stored "small-$size" "$(stored_load "$small_port" stored "$work/small-stored")"
    note stored "$size" "$(stored_load "$large_port" stored "$work/large-stored")"
  done
  for pair in $(seq "$PAIRS"); do
    note send "small-$size" "$(send "$small_port" "$small" "$work/small-customers")"
    note send "$size" "$(send "$large_port" "$large" "$work/large-customers")"
  done
  for pair in $(seq "$PAIRS"); do
    tail_of "$small_port" "$small" "small-$size" tail
    tail_of "$large_port" "$large" "$size" tail
  done
  stop_servers
}

# looked_in DATA NAME SIZE: memory for each customer who has polled once. Those who come first fill what is bounded.
looked_in() {
  local some=$(($3 / 4)) before
  [ $some -le 20000 ] || some=20000
  serve "$1"
  python3 bench/customers.py "$port" $some /dev/null --past 0 --looks-in
  before=$(python3 bench/growth.py memory "$server")
  python3 bench/customers.py "$port" $some /dev/null --past $some --looks-in
  note looked-in "$2" $((($(python3 bench/growth.py memory "$server") - before) / some))
  stop_servers
}

recoveries() {
  local pair
  for pair in $(seq "$PAIRS"); do
    note recovery "$2" "$(python3 bench/growth.py recover "$frontdesk" "$1" "$generator" $AGENT $PASSWORD)"
  done
}

# What the server whose metrics are at $metrics has removed; fails before it has removed anything.
removed() { curl -sf "$metrics" | sed -n 's/^frontdesk_retention_removed_total{class="conversations"} //p' | grep .; }

# retention DATA NAME: the tail while half of everything is being removed.
retention() {
  local before began metrics
  echo '{"retention": {"conversations": 150}}' | "$frontdesk" admin --data-dir "$1" set --tenant demo tenant demo - > /dev/null
  serve "$1" 127.0.0.1:0
  metrics=$(sed -n 's|^health and metrics on \(http://[^ ]*\) .*|\1/metrics|p' "$1.out")
  wait_for 20 removed
  before=$(removed)
  began=$(date +%s)
  tail_of "$port" "$1" "$2" retention
  note retention-rows "$2" $((($(removed) - before) / ($(date +%s) - began)))
  stop_servers
}

for size in $CUSTOMERS; do
  echo "== $size customers, $(messages_of "$size") messages, and beside them $SMALL" >&2
  make_store "$work/small" "small-$size" $SMALL $((SMALL * 10))
  make_store "$work/large" "$size" "$size" "$(messages_of "$size")"
  started "$work/small" "small-$size"
  started "$work/large" "$size"
  loads "$size"
  looked_in "$work/large" "$size" "$size"
  recoveries "$work/small" "small-$size"
  recoveries "$work/large" "$size"
  retention "$work/large" "$size"
  rm -rf "$work/small" "$work/large"
done

disk=$(df --output=source,fstype "$work" | tail -n 1 | tr -s ' ')
sizes=$(for size in $CUSTOMERS; do echo "$size:$(messages_of "$size")"; done | paste -sd ,)
python3 bench/growth_report.py "$results" docs/performance.md "${WRITE:-1}" "$PAIRS" "$SECONDS_EACH" "$RATE" "$TAIL" "$sizes" "$disk"

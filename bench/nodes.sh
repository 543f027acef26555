#!/usr/bin/env bash
# Measures Frontdesk on PostgreSQL, as one node and as two, and beside the embedded store, and writes the result into
# docs/performance.md.
#
#   PAIRS=5      how often each is measured, in turn      SECONDS_EACH=4  length of one load of durable sends
#   RATE=500     messages delivered each second while the processor's time is taken, and LOADED=10 for how many seconds
#   WRITE=1      0: only print                            BINARIES=       a folder with both programs, so that nothing is built
cd "$(dirname "$0")/.."
. bench/common.sh

PAIRS=${PAIRS:-5}
RATE=${RATE:-500}
LOADED=${LOADED:-10}
CUSTOMERS=${CUSTOMERS:-200}
DELIVERED_TO=${DELIVERED_TO:-300}
# Messages a second while only the way from node to node is looked at, as in P5.
CALM=100

need nginx -- sh -c 'command -v nginx'
need wrk -- sh -c 'command -v wrk'
need postgresql -- sh -c 'ls /usr/lib/postgresql/*/bin/initdb'
install_missing
prepare
start_postgresql
postmaster=$(head -n 1 "$work/postgresql/data/postmaster.pid")
database_pids=("${pids[@]}")
pids=()
trap 'stop_servers; stop "${database_pids[@]}"; rm -rf "$work"' EXIT

# database NAME: makes one and leaves its URL in $FRONTDESK_STORE_URL, which every server reads that is started then.
database() {
  "$postgresql/createdb" -h 127.0.0.1 -p "$postgresql_port" -U postgres --encoding=UTF8 --template=template0 "$1"
  export FRONTDESK_STORE_URL=postgres://postgres@127.0.0.1:$postgresql_port/$1
}

# nodes COUNT: starts so many servers on the database, and the load balancer in front of them.
nodes() {
  local number ports=() servers=''
  processes=()
  for number in $(seq "$1"); do
    serve "$work/node-$number"
    ports+=("$port")
    processes+=("$server")
    servers+="server 127.0.0.1:$port; "
  done
  any=$(free_port) apart=$(free_port)
  sed "s|DIR|$work|; s|ANY|$any|; s|APART|$apart|; s|FIRST|${ports[0]}|; s|SECOND|${ports[-1]}|; s|NODES|$servers|" \
    bench/nodes.conf > "$work/nodes.conf"
  nginx -c "$work/nodes.conf" 2> /dev/null &
  pids+=($!)
  wait_for 5 curl -s -o /dev/null "http://127.0.0.1:$any/"
  # Nodes hear of each other within two beats.
  sleep 3
}

# delivered PORT RATE SECONDS: figures of messages that were delivered, in $work/figures.
delivered() {
  python3 bench/delivered.py "$generator" "http://127.0.0.1:$1" $AGENT $PASSWORD $DELIVERED_TO "$2" "$3" "$postmaster" \
    "${processes[@]}" > "$work/figures"
}

echo "== one node and two: processor time for each delivered message (µs), from sending until delivered (ms)" >&2
database delivered
export FRONTDESK_STORE_FILES=$work/files
serve "$work/node-1"
configure "$work/node-1"
stop_servers
for pair in $(seq "$PAIRS"); do
  for count in 1 2; do
    nodes $count
    delivered "$any" "$RATE" "$LOADED"
    for what in nodes database all; do note "$what" $count "$(figure $what "$work/figures")"; done
    delivered "$apart" $CALM "$LOADED"
    for what in p50 p99; do note $what $count "$(figure $what "$work/figures")"; done
    stop_servers
  done
done

echo "== durable sends on PostgreSQL and on the embedded store: requests a second" >&2
database sent
serve "$work/on-database"
on_database=$port
configure "$work/on-database"
python3 bench/customers.py "$on_database" $CUSTOMERS "$work/customers" --agent $AGENT $PASSWORD
url=$FRONTDESK_STORE_URL
unset FRONTDESK_STORE_URL FRONTDESK_STORE_FILES
serve "$work/embedded"
embedded=$port
configure "$work/embedded"
python3 bench/customers.py "$embedded" $CUSTOMERS "$work/embedded-customers" --agent $AGENT $PASSWORD
for pair in $(seq "$PAIRS"); do
  note send postgresql "$(send "$on_database" "$url" "$work/customers")"
  note send embedded "$(send "$embedded" "$work/embedded" "$work/embedded-customers")"
done
"$generator" disk "$work" > "$work/disk"
note sync disk "$(figure p50 "$work/disk")"

disk=$(df --output=source,fstype "$work" | tail -n 1 | tr -s ' ')
python3 bench/nodes_report.py "$results" docs/performance.md "${WRITE:-1}" "$PAIRS" "$SECONDS_EACH" "$RATE" "$LOADED" "$disk"

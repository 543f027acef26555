#!/usr/bin/env bash
# Measures Frontdesk and its peers in turn on this machine and writes the result into docs/performance.md.
#
#   PAIRS=5      how often each is measured, in turn      SECONDS_EACH=4  length of one load
#   HELD=5000    polls held for the memory figure         WRITE=1         0: only print
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

PAIRS=${PAIRS:-5}
SECONDS_EACH=${SECONDS_EACH:-4}
HELD=${HELD:-5000}
CUSTOMERS=200
CONNECTIONS=64
BYTES=300

install_peers() {
  local missing=()
  command -v nginx > /dev/null && [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || missing+=(nginx libnginx-mod-nchan)
  command -v redis-server > /dev/null && command -v redis-benchmark > /dev/null || missing+=(redis-server redis-tools)
  command -v wrk > /dev/null || missing+=(wrk)
  ls /usr/lib/postgresql/*/bin/pgbench > /dev/null 2>&1 || missing+=(postgresql)
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}" ||
    { "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; }
}

install_peers
${CARGO:-cargo} build --release --locked -p frontdesk -p frontdesk-bench
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
frontdesk=$target/release/frontdesk
postgresql=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
export PYTHONDONTWRITEBYTECODE=1
ulimit -n "$(ulimit -Hn)"

# On the same disk as the repository: what fsync costs is part of the figures.
work=$(mktemp -d "$target/bench.XXXXXX")
results=$work/results
pids=()
stop_all() {
  local pid
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# wait_for SECONDS COMMAND…: until it succeeds.
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || { echo "not in time: $*" >&2; exit 1; }
    sleep 0.1
  done
}
# note MEASURE WHO VALUE; a measurement that failed has no value.
note() {
  [ -n "${3-}" ] || { echo "no figure: $1 $2" >&2; exit 1; }
  printf '%s\t%s\t%s\n' "$@" | tee -a "$results" >&2
}

# The PostgreSQL server refuses to run as root.
as_postgres=()
[ "$(id -u)" -ne 0 ] || as_postgres=(runuser -u postgres --)

start_frontdesk() {
  "$frontdesk" serve --demo --listen 127.0.0.1:0 --internal-listen off --data-dir "$work/frontdesk" > "$work/frontdesk.out" 2> "$work/frontdesk.log" &
  pids+=($!)
  wait_for 20 grep -q listening "$work/frontdesk.out"
  frontdesk_port=$(sed -n '1s/.*://p' "$work/frontdesk.out")
  local channel=1011577355744904195
  "$frontdesk" admin --data-dir "$work/frontdesk" channel --tenant demo $channel --session-silence 3600 > /dev/null
  echo bench-password | "$frontdesk" admin --data-dir "$work/frontdesk" agent --tenant demo 150 --nickname Bench \
    --queue support --capacity 1000 --password-stdin > /dev/null
  python3 bench/customers.py "$frontdesk_port" $CUSTOMERS "$work/customers" --agent 150 bench-password
}

start_bare_hyper() {
  "$target/release/frontdesk-bench" > "$work/hyper.out" &
  pids+=($!)
  wait_for 5 grep -q listening "$work/hyper.out"
  hyper_port=$(sed -n '1s/.*://p' "$work/hyper.out")
}

start_nchan() {
  nchan_port=$(free_port)
  sed "s|DIR|$work|; s|PORT|$nchan_port|" bench/nginx.conf > "$work/nginx.conf"
  # nginx as root drops to another user, who must reach its directory.
  chmod 711 "$work"
  nginx -c "$work/nginx.conf" 2> /dev/null &
  pids+=($!)
  wait_for 5 curl -s -o /dev/null "http://127.0.0.1:$nchan_port/poll/c1"
}

start_redis() {
  redis_port=$(free_port)
  mkdir "$work/redis"
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --save '' --appendonly yes --appendfsync always \
    --auto-aof-rewrite-percentage 0 > /dev/null &
  pids+=($!)
  wait_for 5 redis-cli -p "$redis_port" ping
}

start_postgresql() {
  postgresql_port=$(free_port)
  mkdir "$work/postgresql"
  [ "$(id -u)" -ne 0 ] || chown postgres "$work/postgresql"
  "${as_postgres[@]}" "$postgresql/initdb" -D "$work/postgresql/data" -U postgres -A trust > /dev/null
  "${as_postgres[@]}" "$postgresql/postgres" -D "$work/postgresql/data" -p "$postgresql_port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= 2> /dev/null &
  pids+=($!)
  wait_for 20 "$postgresql/pg_isready" -h 127.0.0.1 -p "$postgresql_port" -U postgres
  "$postgresql/psql" -q -h 127.0.0.1 -p "$postgresql_port" -U postgres -c \
    'CREATE TABLE message (id bigserial PRIMARY KEY, customer integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), body text NOT NULL)'
  printf '\\set customer random(1, %s)\nINSERT INTO message (customer, body) VALUES (:customer, %s);\n' \
    $CUSTOMERS "'$(printf 'x%.0s' $(seq $BYTES))'" > "$work/insert.sql"
}

# load PORT WHAT…: requests a second; fails if any answer was an error.
load() {
  local port=$1 rate answered failed
  shift
  read -r _ rate answered failed < <(
    wrk -t1 -c$CONNECTIONS -d"${SECONDS_EACH}s" -s bench/load.lua "http://127.0.0.1:$port" -- "$@" | grep '^RESULT')
  [ "$failed" -eq 0 ] || { echo "$failed of $answered answers failed: $*" >&2; exit 1; }
  echo "$rate" "$answered"
}

stored() {
  python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM entry").fetchone()[0])' \
    "$work/frontdesk/frontdesk.db"
}

# send: the rate, after counting that every acknowledged message is stored.
send() {
  local before rate answered grown
  before=$(stored)
  read -r rate answered < <(load "$frontdesk_port" send "$work/customers" $BYTES)
  grown=$(($(stored) - before))
  [ "$grown" -ge "$answered" ] || { echo "$answered sends acknowledged, $grown stored" >&2; exit 1; }
  echo "$rate"
}

xadd() {
  redis-benchmark -p "$redis_port" -c $CONNECTIONS -n $((20000 * SECONDS_EACH)) -r $CUSTOMERS -q \
    XADD s:__rand_int__ '*' m "$(printf 'x%.0s' $(seq $BYTES))" |
    tr '\r' '\n' | sed -n 's/.*: \([0-9]*\)[0-9.]* requests per second.*/\1/p' | tail -n 1
}

insert() {
  PGOPTIONS='-c synchronous_commit=on' "$postgresql/pgbench" -h 127.0.0.1 -p "$postgresql_port" -U postgres -n -M prepared \
    -c $CONNECTIONS -j 1 -T "$SECONDS_EACH" -f "$work/insert.sql" postgres 2> /dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

rate() { cut -d ' ' -f 1; }

echo "== empty polls and durable sends: requests a second" >&2
start_frontdesk
start_bare_hyper
start_nchan
start_redis
start_postgresql
for pair in $(seq "$PAIRS"); do
  note poll frontdesk "$(load "$frontdesk_port" poll "$work/customers" | rate)"
  note poll nchan "$(load "$nchan_port" nchan $CUSTOMERS | rate)"
  note poll hyper "$(load "$hyper_port" poll "$work/customers" | rate)"
done
for pair in $(seq "$PAIRS"); do
  note send frontdesk "$(send)"
  note send redis "$(xadd)"
  note send postgresql "$(insert)"
done
for pid in "${pids[@]}"; do kill -TERM "$pid"; done
for pid in "${pids[@]}"; do wait "$pid" || true; done
pids=()

echo "== memory for each held poll: bytes" >&2
"$frontdesk" serve --demo --listen 127.0.0.1:0 --internal-listen off --data-dir "$work/held" > "$work/held.out" 2> /dev/null &
pids+=($!)
wait_for 20 grep -q listening "$work/held.out"
python3 bench/customers.py "$(sed -n '1s/.*://p' "$work/held.out")" "$HELD" "$work/held-customers"
kill -TERM "${pids[0]}"
wait "${pids[0]}" || true
pids=()
for pair in $(seq "$PAIRS"); do
  note held frontdesk "$(python3 bench/held.py frontdesk "$frontdesk" "$work/held" "$work/held-customers")"
  note held nchan "$(python3 bench/held.py nchan "$work/nginx.conf" "$nchan_port" "$HELD")"
done

echo "== start (seconds) and memory (bytes)" >&2
for pair in $(seq "$PAIRS"); do
  python3 bench/start.py "$frontdesk" "$work/start-$pair" > "$work/start"
  while read -r what value; do note "$what" frontdesk "$value"; done < "$work/start"
  rm -rf "$work/start-$pair"
done

disk=$(df --output=source,fstype "$work" | tail -n 1 | tr -s ' ')
python3 bench/report.py "$results" docs/performance.md "${WRITE:-1}" "$PAIRS" "$SECONDS_EACH" "$HELD" "$disk"

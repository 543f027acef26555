#!/usr/bin/env bash
# Measures Frontdesk and its peers in turn on this machine and writes the result into docs/performance.md.
#
#   PAIRS=5      how often each is measured, in turn      SECONDS_EACH=4  length of one load
#   HELD=15000   polls held for the memory figure         WRITE=1         0: only print
#   BINARIES=    a folder with frontdesk and frontdesk-bench, so that nothing is built
cd "$(dirname "$0")/.."
. bench/common.sh

PAIRS=${PAIRS:-5}
HELD=${HELD:-15000}
CUSTOMERS=200
DELIVERED_TO=300

need nginx libnginx-mod-nchan -- sh -c 'command -v nginx && test -e /usr/lib/nginx/modules/ngx_nchan_module.so'
need redis-server redis-tools -- sh -c 'command -v redis-server && command -v redis-benchmark'
need wrk -- sh -c 'command -v wrk'
need postgresql -- sh -c 'ls /usr/lib/postgresql/*/bin/pgbench'
install_missing
prepare
[ "$(ulimit -n)" -ge $((HELD + 1000)) ] || { echo "HELD=$HELD needs more open files than the $(ulimit -n) allowed here" >&2; exit 1; }

start_frontdesk() {
  serve "$work/frontdesk"
  frontdesk_port=$port
  configure "$work/frontdesk"
  python3 bench/customers.py "$frontdesk_port" $CUSTOMERS "$work/customers" --agent $AGENT $PASSWORD
}

start_bare_hyper() {
  "$generator" bare > "$work/hyper.out" &
  pids+=($!)
  wait_for 5 grep -q listening "$work/hyper.out"
  hyper_port=$(sed -n '1s/.*://p' "$work/hyper.out")
}

configure_nchan() {
  nchan_port=$(free_port)
  sed "s|DIR|$work|; s|PORT|$nchan_port|" bench/nginx.conf > "$work/nginx.conf"
}

start_nchan() {
  configure_nchan
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

start_peer_postgresql() {
  start_postgresql
  "$postgresql/psql" -q -h 127.0.0.1 -p "$postgresql_port" -U postgres -c \
    'CREATE TABLE message (id bigserial PRIMARY KEY, customer integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), body text NOT NULL)'
  printf '\\set customer random(1, %s)\nINSERT INTO message (customer, body) VALUES (:customer, %s);\n' \
    $CUSTOMERS "'$(printf 'x%.0s' $(seq $BYTES))'" > "$work/insert.sql"
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

# delivered: from an agent's sending until the customer's held poll is answered, and the same of nchan. As nchan keeps
# nothing, one sync of the disk is added to its median.
delivered() {
  local to=$DELIVERED_TO nchan sync
  "$generator" deliver --url "http://127.0.0.1:$frontdesk_port" --agent $AGENT --password $PASSWORD --customers $to \
    --seconds "$SECONDS_EACH" > "$work/delivered"
  "$generator" deliver-nchan --url "http://127.0.0.1:$nchan_port" --channels $to --seconds "$SECONDS_EACH" > "$work/nchan"
  "$generator" disk "$work" > "$work/disk"
  nchan=$(figure p50 "$work/nchan")
  sync=$(figure p50 "$work/disk")
  note sync disk "$sync"
  note deliver-p50 frontdesk "$(figure p50 "$work/delivered")"
  note deliver-p50 nchan-and-sync "$(python3 -c "print(round($nchan + $sync, 4))")"
  note deliver-p99 frontdesk "$(figure p99 "$work/delivered")"
  note deliver-p99 nchan "$(figure p99 "$work/nchan")"
}

echo "== polls and durable sends: requests a second" >&2
start_frontdesk
start_bare_hyper
start_nchan
start_redis
start_peer_postgresql
for pair in $(seq "$PAIRS"); do
  note poll frontdesk "$(load "$frontdesk_port" poll "$work/customers" | rate)"
  note poll nchan "$(load "$nchan_port" nchan poll $CUSTOMERS | rate)"
  note poll hyper "$(load "$hyper_port" poll "$work/customers" | rate)"
done
python3 bench/messages.py frontdesk "$frontdesk_port" "$work/customers" "$work/stored" $AGENT $PASSWORD $BYTES
python3 bench/messages.py nchan "$nchan_port" $CUSTOMERS $BYTES
for pair in $(seq "$PAIRS"); do
  note stored frontdesk "$(stored_load "$frontdesk_port" stored "$work/stored")"
  note stored nchan "$(stored_load "$nchan_port" nchan stored $CUSTOMERS)"
done
for pair in $(seq "$PAIRS"); do
  note send frontdesk "$(send "$frontdesk_port" "$work/frontdesk" "$work/customers")"
  note send redis "$(xadd)"
  note send postgresql "$(insert)"
done

echo "== from sending until a held poll is answered: milliseconds" >&2
for pair in $(seq "$PAIRS"); do delivered; done
stop_servers

echo "== memory for each held poll: bytes" >&2
serve "$work/held"
configure "$work/held"
python3 bench/customers.py "$port" "$HELD" "$work/held-customers"
stop_servers
for pair in $(seq "$PAIRS"); do
  note held frontdesk "$(python3 bench/held.py frontdesk "$frontdesk" "$work/held" "$work/held-customers")"
  # A port that was free before 15,000 connections were opened may be the near end of one now.
  configure_nchan
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

# What run.sh, growth.sh and nodes.sh share: building, a folder to work in, servers that end with the script, loads. Sourced by them.
set -euo pipefail
shopt -s inherit_errexit

SECONDS_EACH=${SECONDS_EACH:-4}
CONNECTIONS=64
BYTES=300
AGENT=150
PASSWORD=bench-password
CHANNEL=1011577355744904195

# need PACKAGE… -- COMMAND…: installs Debian's packages if the command fails.
missing=()
need() {
  local packages=()
  while [ "$1" != -- ]; do packages+=("$1"); shift; done
  shift
  "$@" > /dev/null 2>&1 || missing+=("${packages[@]}")
}
install_missing() {
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}" ||
    { "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; }
}

# prepare: builds, unless BINARIES names a folder where frontdesk and frontdesk-bench lie already.
prepare() {
  if [ -z "${BINARIES:-}" ]; then
    ${CARGO:-cargo} build --release --locked -p frontdesk -p frontdesk-bench
  fi
  target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
  binaries=$(realpath "${BINARIES:-$target/release}")
  frontdesk=$binaries/frontdesk
  generator=$binaries/frontdesk-bench
  export PYTHONDONTWRITEBYTECODE=1
  ulimit -n "$(ulimit -Hn)"
  # On the same disk as the repository: what fsync costs is part of the figures.
  mkdir -p "$target"
  work=$(mktemp -d "$target/bench.XXXXXX")
  # Servers that do not run as root must reach what they have in it.
  chmod 711 "$work"
  results=$work/results
  trap stop_all EXIT
  trap 'exit 130' INT TERM
}

pids=()
# stop PID…: ends servers that were started here, those that do not end in time by force.
stop() {
  local pid
  for pid in "$@"; do kill -TERM "$pid" 2> /dev/null || true; done
  for pid in "$@"; do
    for _ in $(seq 600); do
      kill -0 "$pid" 2> /dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2> /dev/null && echo "process $pid did not end by itself" >&2
    wait "$pid" 2> /dev/null || true
  done
}
stop_servers() {
  stop "${pids[@]}"
  pids=()
}
stop_all() {
  stop_servers
  rm -rf "$work"
}

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

# serve DATA [INTERNAL]: starts the demonstration on a data directory; its port is in $port and its process in $server.
serve() {
  # What an earlier server said must not be taken for this one's.
  rm -f "$1.out"
  "$frontdesk" serve --demo --listen 127.0.0.1:0 --internal-listen "${2:-off}" --data-dir "$1" > "$1.out" 2> "$1.log" &
  server=$!
  pids+=("$server")
  wait_for 60 grep -q listening "$1.out"
  port=$(sed -n '1s/.*://p' "$1.out")
}

# start_postgresql: as initdb makes it, so that it syncs what it commits; leaves $postgresql and $postgresql_port.
start_postgresql() {
  # It refuses to run as root.
  local as_postgres=()
  [ "$(id -u)" -ne 0 ] || as_postgres=(runuser -u postgres --)
  postgresql=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  postgresql_port=$(free_port)
  mkdir "$work/postgresql"
  [ "$(id -u)" -ne 0 ] || chown postgres "$work/postgresql"
  "${as_postgres[@]}" "$postgresql/initdb" -D "$work/postgresql/data" -U postgres -A trust > /dev/null
  "${as_postgres[@]}" "$postgresql/postgres" -D "$work/postgresql/data" -p "$postgresql_port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= 2> /dev/null &
  pids+=($!)
  wait_for 20 "$postgresql/pg_isready" -h 127.0.0.1 -p "$postgresql_port" -U postgres
}

# configure DATA: an agent for everybody, who stays reachable without a desk, and customers who may stay silent.
configure() {
  "$frontdesk" admin --data-dir "$1" channel --tenant demo $CHANNEL --session-silence 3600 > /dev/null
  echo $PASSWORD | "$frontdesk" admin --data-dir "$1" agent --tenant demo $AGENT --nickname Bench --queue support \
    --capacity 10000 --password-stdin > /dev/null
  echo '{"always_reachable": true}' | "$frontdesk" admin --data-dir "$1" set --tenant demo agent $AGENT - > /dev/null
}

# load PORT WHAT…: requests a second, requests answered, bytes of one answer; fails if any answer was an error.
load() {
  local port=$1 rate answered failed bytes
  shift
  read -r _ rate answered failed bytes < <(
    wrk -t1 -c$CONNECTIONS -d"${SECONDS_EACH}s" -s bench/load.lua "http://127.0.0.1:$port" -- "$@" | grep '^RESULT')
  [ "$failed" -eq 0 ] || { echo "$failed of $answered answers failed: $*" >&2; exit 1; }
  [ "$answered" -gt 0 ] || { echo "nothing was answered: $*" >&2; exit 1; }
  echo "$rate" "$answered" "$bytes"
}

rate() { cut -d ' ' -f 1; }

# stored_load PORT WHAT…: the rate of polls that are each answered with the stored message.
stored_load() {
  local rate answered bytes
  read -r rate answered bytes < <(load "$@")
  [ "$bytes" -ge $BYTES ] || { echo "answers of $bytes bytes hold no message of $BYTES: $*" >&2; exit 1; }
  echo "$rate"
}

# entries DATA CUSTOMERS: how many entries their logs have, in a data directory, or of all customers in a database.
entries() {
  case $1 in
    postgres://*) "$postgresql/psql" -X -q -A -t -c "SELECT sum(number) FROM log WHERE user_id LIKE 'bench-%'" "$1" ;;
    *) python3 bench/entries.py "$@" ;;
  esac
}

# send PORT DATA CUSTOMERS: the rate of sends, after counting that every acknowledged message is stored.
send() {
  local before rate answered grown
  before=$(entries "$2" "$3")
  read -r rate answered _ < <(load "$1" send "$3" $BYTES)
  grown=$(($(entries "$2" "$3") - before))
  [ "$grown" -ge "$answered" ] || { echo "$answered sends acknowledged, $grown stored" >&2; exit 1; }
  echo "$rate"
}

# figure NAME FILE: one of the lines that the generator writes.
figure() { sed -n "s/^$1 //p" "$2"; }

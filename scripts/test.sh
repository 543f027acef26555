#!/usr/bin/env bash
# Runs every suite and says at the end that each has run. Installs what it needs.
set -uo pipefail
cd "$(dirname "$0")/.."

summary=()
failures=()
logs=target/test-logs
mkdir -p "$logs"
suite() {
  local name=$1 log
  shift
  log=$logs/${name// /-}.log
  echo
  echo "== $name"
  local started=$SECONDS
  if "$@" 2>&1 | tee "$log"; then
    summary+=("passed  $name ($((SECONDS - started)) s)")
  else
    summary+=("FAILED  $name ($((SECONDS - started)) s)")
    failures+=("$log")
  fi
}

# The lines of a log that name what failed, as each kind of runner writes them.
what_failed() {
  echo
  echo "== what failed: $1"
  sed 's/\x1b\[[0-9;]*m//g' "$1" |
    grep -E '^test .* FAILED$|panicked at |^error|^ *FAIL |^ +[0-9]+\) |Error: |^\[warn\]|^ +[0-9]+:[0-9]+ +error|flaky' |
    awk '!seen[$0]++' | cut -c1-200 | head -12
}

suite "what is needed" ./scripts/setup.sh
# What browsers load is embedded into the binary, and several suites start that.
suite "build of the pages" ./scripts/web.sh
suite "build" cargo build --workspace --locked
# Always of the whole workspace, so that what several suites need is compiled once.
mapfile -t of_crates < <(
  find crates/*/tests -maxdepth 1 -name '*.rs' -printf '%f\n' | sed 's/\.rs$//'
  find crates/*/tests -mindepth 2 -name main.rs -printf '%h\n' | xargs -n 1 basename
)
suite "unit and property tests" cargo test --workspace --locked --lib --bins "${of_crates[@]/#/--test=}"
suite "examples in documentation" cargo test --workspace --locked --doc
for name in store simulated_nodes api access audit delivery push backup crash conformance security overload fuzz cost examples; do
  suite "$name" cargo test --workspace --locked --test "$name"
done
suite "store on PostgreSQL, several nodes" cargo test --workspace --locked --test store_postgres
suite "chaos" cargo test --workspace --locked --test chaos -- --nocapture
# The same suites as above, with servers that keep their data in PostgreSQL; of the interfaces a choice, since each test
# makes a database of its own.
on_postgres() { FRONTDESK_TEST_STORE=postgres cargo test --workspace --locked "$@"; }
citus=${FRONTDESK_TEST_CITUS_URL:-}
unset FRONTDESK_TEST_CITUS_URL
suite "delivery on PostgreSQL" on_postgres --test delivery
suite "api on PostgreSQL" on_postgres --test api -- \
  api::chat api::customers api::files api::history api::idempotency api::knowledge_editing api::knowledge_learning \
  api::labels api::presence api::queue api::reports api::restart api::routing api::search api::tickets api::timers \
  api::transfer
# The same on a cluster of Citus, whose coordinator's database the variable names; CONTRIBUTING.md says what it must be like.
on_citus() {
  local name=$1
  shift
  if [ -n "$citus" ]; then
    FRONTDESK_TEST_CITUS_URL=$citus suite "$name" on_postgres "$@"
  else
    summary+=("not run: no FRONTDESK_TEST_CITUS_URL  $name")
  fi
}
on_citus "store on Citus" --test citus
on_citus "delivery on Citus" --test delivery
on_citus "api on Citus" --test api -- api::chat api::customers api::history api::idempotency api::knowledge_editing \
  api::labels api::queue api::reports api::routing api::search api::tickets api::timers api::transfer
suite "storage of files of the tests" ./scripts/object-storage.sh
suite "files in object storage" cargo test --workspace --locked --test object_storage
suite "files in object storage on PostgreSQL" on_postgres --test object_storage
suite "identity provider of the tests" ./scripts/identity-provider.sh
suite "signin" cargo test -p frontdesk-tests --locked --test signin
suite "OpenAPI document by Schemathesis" ./scripts/schemathesis.sh
suite "TypeScript client" ./scripts/test-web.sh
suite "pages in Chromium" ./scripts/test-pages.sh
suite "lint" ./scripts/lint.sh
suite "deployment" ./scripts/deploy.sh
suite "bill of materials" ./scripts/sbom.py target/frontdesk.cdx.json
suite "webhook signatures in JavaScript and Python" ./scripts/webhooks.sh

echo
echo "== summary"
printf '%s\n' "${summary[@]}"
for log in "${failures[@]}"; do
  what_failed "$log"
done
exit $((${#failures[@]} > 0))

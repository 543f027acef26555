#!/usr/bin/env bash
# Runs every suite and says at the end that each has run. Installs what it needs.
set -uo pipefail
cd "$(dirname "$0")/.."

summary=()
failed=0
suite() {
  local name=$1
  shift
  echo
  echo "== $name"
  local started=$SECONDS
  if "$@"; then
    summary+=("passed  $name ($((SECONDS - started)) s)")
  else
    summary+=("FAILED  $name ($((SECONDS - started)) s)")
    failed=1
  fi
}

suite "what is needed" ./scripts/setup.sh
# What browsers load is embedded into the binary, and several suites start that.
suite "build of the pages" ./scripts/web.sh
suite "build" cargo build --workspace --locked
suite "unit and property tests" cargo test --workspace --exclude frontdesk-tests --locked
for name in store api access delivery push backup crash conformance examples; do
  suite "$name" cargo test -p frontdesk-tests --locked --test "$name"
done
suite "TypeScript client" ./scripts/test-web.sh
suite "pages in Chromium" ./scripts/test-pages.sh
suite "lint" ./scripts/lint.sh
suite "webhook signatures in JavaScript and Python" ./scripts/webhooks.sh

echo
echo "== summary"
printf '%s\n' "${summary[@]}"
exit "$failed"

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

suite "lint" ./scripts/lint.sh
# The binary first: the crash suite starts it.
suite "build" cargo build --workspace --locked
suite "unit, property, contract, API, access and crash tests" cargo test --workspace --locked
suite "TypeScript client" ./scripts/test-web.sh

suite "webhook signatures in JavaScript and Python" ./scripts/webhooks.sh

echo
echo "== summary"
printf '%s\n' "${summary[@]}"
exit "$failed"

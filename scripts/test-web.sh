#!/usr/bin/env bash
# Lints, builds and tests what is under web/, except for what needs a browser. Needs Node 20.19 or later and the binary:
# FRONTDESK_BIN, else the debug build.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export FRONTDESK_BIN=${FRONTDESK_BIN:-$target/debug/frontdesk}
[ -x "$FRONTDESK_BIN" ] || { echo "no $FRONTDESK_BIN; build it: cargo build -p frontdesk" >&2; exit 1; }

./scripts/web.sh
cd web
npm run lint
npm run typecheck
npm run size --workspaces --if-present
npm test

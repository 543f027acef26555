#!/usr/bin/env bash
# Tests the pages in Debian's Chromium (CHROMIUM, else /usr/bin/chromium) against the binary: FRONTDESK_BIN, else the
# debug build, which must have been built after the pages. Arguments go to Playwright.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export FRONTDESK_BIN=${FRONTDESK_BIN:-$target/debug/frontdesk}
[ -x "$FRONTDESK_BIN" ] || { echo "no $FRONTDESK_BIN; build it: make web && cargo build -p frontdesk" >&2; exit 1; }
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || { echo "no Chromium; ./scripts/setup.sh installs it" >&2; exit 1; }

./scripts/web.sh
cd web
npm run e2e --workspace @frontdesk/e2e -- "$@"

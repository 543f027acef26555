#!/usr/bin/env bash
# Lints, builds and tests what is under web/. Needs Node 20.19 or later and the binary: FRONTDESK_BIN, else the debug
# build.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export FRONTDESK_BIN=${FRONTDESK_BIN:-$target/debug/frontdesk}
[ -x "$FRONTDESK_BIN" ] || { echo "no $FRONTDESK_BIN; build it: cargo build -p frontdesk" >&2; exit 1; }
command -v npm > /dev/null || { echo "no npm; install Node 20.19 or later" >&2; exit 1; }
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  { echo "Node $(node --version) is too old; 20.19 or later is needed" >&2; exit 1; }

cd web
# Installing takes longer than the tests: once is enough as long as nothing that decides it has changed.
stamp=node_modules/.frontdesk-installed
now=$( (node --version; cat package-lock.json package.json */package.json) | sha256sum)
if [ "$(cat "$stamp" 2> /dev/null)" != "$now" ]; then
  npm ci --no-audit --no-fund
  echo "$now" > "$stamp"
fi

npm run lint
npm run build
npm run typecheck
npm run size --workspaces --if-present
npm test

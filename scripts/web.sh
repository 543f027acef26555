#!/usr/bin/env bash
# Builds what browsers load and puts it where the server's build embeds it. Quick when nothing has changed.
# Needs Node 20.19 or later.
set -euo pipefail
cd "$(dirname "$0")/../web"

command -v npm > /dev/null || { echo "no npm; install Node 20.19 or later" >&2; exit 1; }
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  { echo "Node $(node --version) is too old; 20.19 or later is needed" >&2; exit 1; }

# Installing takes longer than building: once is enough as long as nothing that decides it has changed.
installed=node_modules/.frontdesk-installed
now=$( (node --version; cat package-lock.json package.json */package.json) | sha256sum)
if [ "$(cat "$installed" 2> /dev/null)" != "$now" ]; then
  npm ci --no-audit --no-fund
  echo "$now" > "$installed"
fi

built=node_modules/.frontdesk-built
now=$( (node --version; find . \( -name node_modules -o -name dist -o -path ./e2e \) -prune -o -type f -print0 |
  sort -z | xargs -0 sha256sum) | sha256sum)
if [ "$(cat "$built" 2> /dev/null)" != "$now" ] || [ ! -e ../crates/server/pages/demo/en.html ] || [ ! -e client/dist/index.js ]; then
  npm run build
  node scripts/pack.mjs
  echo "$now" > "$built"
fi

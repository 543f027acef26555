#!/usr/bin/env bash
# Schemathesis makes requests out of docs/openapi.json, single ones and chains of them, and compares every answer of a
# demonstration with the document. SCHEMATHESIS_EXAMPLES: how many for each operation (4). SCHEMATHESIS_SEED: the seed (1).
set -euo pipefail
cd "$(dirname "$0")/.."

needed=$PWD/tests/openapi/requirements.txt
tools=$PWD/target/schemathesis
now=$( (python3 --version; cat "$needed") | sha256sum)
if [ "$(cat "$tools/installed" 2> /dev/null)" != "$now" ]; then
  rm -rf "$tools/venv"
  python3 -m venv "$tools/venv"
  "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$needed"
  echo "$now" > "$tools/installed"
fi

cargo build --quiet --locked -p frontdesk
document=$PWD/docs/openapi.json
binary=$PWD/target/debug/frontdesk
cd "$tools"
exec venv/bin/python ../../tests/openapi/run.py "$binary" "$document" --seed "${SCHEMATHESIS_SEED:-1}" \
  --max-examples "${SCHEMATHESIS_EXAMPLES:-4}" --no-shrink

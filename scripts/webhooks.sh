#!/usr/bin/env bash
# The published verifiers of Standard Webhooks in JavaScript and Python accept our signatures, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/webhooks
mkdir -p "$tools"
[ -d "$tools/node_modules/standardwebhooks" ] ||
  npm install --silent --no-audit --no-fund --no-save --prefix "$tools" standardwebhooks@1.1.1
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/python" -c 'import standardwebhooks' 2>/dev/null ||
  "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0

signed=$(cargo run --quiet --locked -p frontdesk-tests --example signed_webhook)

NODE_PATH="$tools/node_modules" node - "$signed" <<'EOF'
const { Webhook } = require("standardwebhooks");
const { secret, body, headers } = JSON.parse(process.argv[2]);
new Webhook(secret).verify(body, headers);
let refused = false;
try { new Webhook(secret).verify(body.replace("1}", "2}"), headers); } catch { refused = true; }
if (!refused) throw new Error("a forged body was accepted");
console.log("JavaScript: fine");
EOF

"$tools/venv/bin/python" - "$signed" <<'EOF'
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

signed = json.loads(sys.argv[1])
webhook = Webhook(signed["secret"])
webhook.verify(signed["body"], signed["headers"])
try:
    webhook.verify(signed["body"].replace("1}", "2}"), signed["headers"])
except WebhookVerificationError:
    print("Python: fine")
else:
    sys.exit("a forged body was accepted")
EOF

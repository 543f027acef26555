# One verb for each thing a developer does; CI calls the same.

CARGO ?= cargo

.PHONY: help run web test lint openapi bench

help: ## Lists the verbs.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: web ## Builds and starts the demonstration on 127.0.0.1:8080, data in ./data.
	$(CARGO) build --release -p frontdesk
	./target/release/frontdesk serve --demo --data-dir data

web: ## Builds what browsers load; the next build of Frontdesk embeds it. Quick when nothing has changed.
	./scripts/web.sh

test: ## Runs everything that CI runs and installs what it needs.
	./scripts/test.sh

lint: ## Checks formatting, lints and who uses whom.
	./scripts/lint.sh

openapi: ## Writes docs/openapi.json anew from the code.
	UPDATE_OPENAPI=1 $(CARGO) test -p frontdesk-server --test openapi

bench: ## Measures Frontdesk and its peers in turn and writes docs/performance.md; installs the peers. PAIRS=1 is quick.
	./bench/run.sh

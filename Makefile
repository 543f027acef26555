# One verb for each thing a developer does; CI calls the same.

CARGO ?= cargo

.PHONY: help run web test lint openapi bench bench-growth bench-nodes fuzz fuzz-guided sbom schemathesis crash chaos sim

help: ## Lists the verbs.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

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

fuzz: ## Feeds every parser of outside bytes with rubbish, FUZZ_SECONDS for each (60).
	FUZZ_SECONDS=$${FUZZ_SECONDS:-60} $(CARGO) test -p frontdesk-tests --locked --test fuzz

fuzz-guided: ## The same with cargo-fuzz, guided by the code that an input reaches, FUZZ_SECONDS for each (60); TARGETS="wire cursors" for some.
	./scripts/fuzz.sh $(TARGETS)

schemathesis: ## Tests the server against docs/openapi.json, SCHEMATHESIS_EXAMPLES requests for each operation (50), chains too.
	SCHEMATHESIS_EXAMPLES=$${SCHEMATHESIS_EXAMPLES:-50} ./scripts/schemathesis.sh

crash: ## Kills the server under load KILLS times (100), half as often with torn pages too; fills its disk.
	FRONTDESK_TEST_KILLS=$${KILLS:-100} $(CARGO) test -p frontdesk-tests --locked --test crash -- --nocapture

chaos: ## Kills servers on PostgreSQL under load, restarts it and cuts them off from it, ROUNDS times (5); SEED=… repeats the order.
	FRONTDESK_TEST_CHAOS_ROUNDS=$${ROUNDS:-5} $(if $(SEED),FRONTDESK_TEST_CHAOS_SEED=$(SEED)) \
	  $(CARGO) test -p frontdesk-tests --locked --test chaos -- --nocapture

sim: ## Simulates nodes with seeds that are new each time, for SIM_SECONDS (600); SEED=… runs one, TRACE=1 shows all its steps.
ifdef SEED
	$(if $(TRACE),FRONTDESK_SIM_TRACE=1) FRONTDESK_SIM_SEED=$(SEED) $(CARGO) test --workspace --locked \
	  --test simulated_nodes -- --exact simulation::suite::one_seed --ignored --nocapture
else
	FRONTDESK_SIM_SECONDS=$${SIM_SECONDS:-600} $(CARGO) test --workspace --locked \
	  --test simulated_nodes -- --exact simulation::suite::the_rules_hold_for_long --ignored --nocapture
endif

sbom: ## Writes the bill of materials of the binary, target/frontdesk.cdx.json (CycloneDX).
	./scripts/sbom.py target/frontdesk.cdx.json

bench: ## Measures Frontdesk and its peers in turn and writes docs/performance.md; installs the peers. PAIRS=1 is quick.
	./bench/run.sh

bench-growth: ## Measures how cost grows with what is stored and writes it there, too. CUSTOMERS=100000 MESSAGES=1000000 is quicker.
	./bench/growth.sh

bench-nodes: ## Measures one node and two on PostgreSQL, and it beside the embedded store, and writes it there, too. PAIRS=1 is quick.
	./bench/nodes.sh

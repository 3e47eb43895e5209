# Every target sets up what it lacks (scripts/setup.sh). `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test test-containers bench soak fuzz lint fmt setup

FUZZ_SECONDS ?= 600
SOAK_ROUNDS ?= 500
GROUPS_WANTED ?= run test
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
	  sed -nE 's/^([a-z-]+):.*## (.*)/  make \1  \2/p' $(MAKEFILE_LIST)

run: ## build fieldgrade and do the main job on samples/
	@scripts/setup.sh run
	cargo build --release --locked -p fieldgrade-cli
	@scripts/run-samples.sh

test: ## every test; ends with what was skipped and why (CI=1: a skip is a failure)
	@scripts/test.sh

test-containers: ## the image and deploy/compose.yaml, in real containers (podman)
	@scripts/test-containers.sh

bench: ## speed, as ratios against openssl, cp, restic and unzip on this machine
	@scripts/setup.sh bench
	@scripts/bench.sh

# The nextest profile `soak` has no time limit for one test.
soak: ## the random durability test for SOAK_ROUNDS (500) rounds
	@scripts/setup.sh test
	cargo build --profile ci --locked -p fieldgrade-cli
	FIELDGRADE_BIN=$(TARGET)/ci/fieldgrade FIELDGRADE_ROUNDS=$(SOAK_ROUNDS) \
	  cargo nextest run --profile soak --cargo-profile ci --locked -p fieldgrade-tests --test durability random

# RUSTC_BOOTSTRAP opens the sanitizers on a stable compiler; nothing else is built with it. A finding in one target
# does not keep the others from running.
fuzz: ## every fuzz target for FUZZ_SECONDS (600) each
	@scripts/setup.sh fuzz
	@fuzz/seed.sh
	@set -e; cd fuzz; export RUSTC_BOOTSTRAP=1; status=0; targets=$$(cargo fuzz list); \
	for target in $$targets; do \
	  echo "==> fuzz $$target $(FUZZ_SECONDS) s"; \
	  cargo fuzz run "$$target" -- -max_total_time=$(FUZZ_SECONDS) || status=1; \
	done; exit $$status

lint: ## formatting, clippy and, where cargo-deny is present, licences and sources
	@scripts/setup.sh lint
	cargo fmt --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check bans licenses sources; fi

fmt: ## format the sources
	@scripts/setup.sh lint
	cargo fmt

setup: ## install what GROUPS_WANTED ("run test"; also bench, fuzz, lint, containers) need
	@scripts/setup.sh $(GROUPS_WANTED)

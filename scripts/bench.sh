#!/usr/bin/env bash
# Builds the release program and measures it against tools that everybody has: docs/benchmarks.md says how to read it.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked -q -p fieldgrade-cli
exec python3 scripts/bench.py "${CARGO_TARGET_DIR:-target}/release/fieldgrade" "$@"

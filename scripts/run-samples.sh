#!/usr/bin/env bash
# The main job on the samples: capture, seal, verify, find again. May be run again: what is there already is reported.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
fieldgrade=$target/release/fieldgrade
# A demonstration never writes into the data root of the person who tries it.
export FG_DATA_DIR=${FG_DATA_DIR:-$target/sample-data}
query=inspection

"$fieldgrade" run samples --label "Sample inspection"
echo
echo "\$ fieldgrade search $query"
"$fieldgrade" search "$query"
echo
echo "To go on: $fieldgrade --data-dir '$FG_DATA_DIR' documents   (or: show 1, bundles, ledger --verify, --help)"
echo "To serve it: $fieldgrade --data-dir '$FG_DATA_DIR' serve --embedded-worker   (then docs/api.md)"

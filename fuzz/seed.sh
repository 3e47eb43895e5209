#!/usr/bin/env bash
# Fills fuzz/corpus/ with seeds from the vectors: whole bundles for `reader`, and their members, one line or file a seed,
# for the other targets. The corpus is not kept in the repository; what fuzzing adds to it stays on this machine.
set -euo pipefail
cd "$(dirname "$0")"

vectors=../tests/vectors
for target in reader manifest dsse policy canonical_json provenance_line; do
    mkdir -p "corpus/$target"
done
seed() { # TARGET: standard input, named by its digest
    local bytes
    bytes=$(mktemp)
    cat >"$bytes"
    if [ -s "$bytes" ]; then
        mv "$bytes" "corpus/$1/$(sha256sum "$bytes" | cut -c1-16)"
    else
        rm "$bytes"
    fi
}

find "$vectors" -name '*.zip' -size -64k | while read -r bundle; do
    seed reader <"$bundle"
    case $bundle in */good/*) ;; *) continue ;; esac
    unzip -p "$bundle" manifest.json 2>/dev/null | seed manifest || true
    for member in attestation.json attestation.dsse.json sbom/bom.dsse.json signer/card.json policy.json; do
        unzip -p "$bundle" "$member" 2>/dev/null | seed canonical_json || true
    done
    for member in attestation.dsse.json sbom/bom.dsse.json; do
        unzip -p "$bundle" "$member" 2>/dev/null | seed dsse || true
    done
    { unzip -p "$bundle" provenance.jsonl 2>/dev/null || true; } | while IFS= read -r line; do
        printf '%s' "$line" | seed provenance_line
        printf '%s' "$line" | seed canonical_json
    done
done
while IFS= read -r line; do
    printf '%s' "$line" | seed provenance_line
done <"$vectors/ours/main-ledger.jsonl"
find "$vectors" -name '*.yaml' | while read -r file; do
    seed policy <"$file"
done

#!/usr/bin/env bash
# Every test, in stages. A stage that fails does not keep the later ones from running; the status says so at the end.
# Logs stay in target/test-logs/. A test that cannot run here prints `SKIPPED name: reason` and passes: it is counted
# and shown as skipped, and with CI=1 it is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
[[ $target == /* ]] || target=$PWD/$target
logs=$target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
skips=$logs/skips
stages=$logs/stages
junit=$target/nextest/default/junit.xml
rm -f "$junit" # one of an earlier run must not speak for this one
failed_stages=()

stage() { # NAME COMMAND…
    local name=$1 begin=$SECONDS status=0 mark=''
    shift
    echo "==> stage $name"
    "$@" 2>&1 | tee "$logs/$name.log" || status=$?
    if [ "$status" != 0 ]; then
        failed_stages+=("$name")
        mark=" FAILED ($status)"
    fi
    echo "<== stage $name $((SECONDS - begin)) s$mark" | tee -a "$stages"
}

# Adds up the numbers in what PATTERN finds in FILE; 0 when there is neither.
sum() { # PATTERN FILE
    { grep -oE "$1" "$2" 2>/dev/null || true; } | { grep -oE '[0-9]+' || true; } | awk '{ n += $1 } END { print n + 0 }'
}

stage setup scripts/setup.sh test
# The tests' python3, for the last stages and for Rust tests that call it.
if ! python3 -c 'import yaml, cryptography, schemathesis, tusclient' 2>/dev/null; then
    export PATH=$target/venv/bin:$PATH
fi
stage fmt cargo fmt --check
stage clippy cargo clippy --workspace --all-targets --locked -- -D warnings
# End-to-end tests use this one binary: debug builds hash forty times slower.
stage build-e2e cargo build --profile ci --locked -p fieldgrade-cli
export FIELDGRADE_BIN=$target/ci/fieldgrade
stage rust-tests cargo nextest run --workspace --locked --no-fail-fast
stage doc-tests cargo test --doc --workspace --locked -q
stage python-compat python3 -m unittest discover -s tests/compat -v
stage python-api python3 -W ignore::ResourceWarning -m unittest discover -s tests/api -v
stage containers scripts/test-containers.sh

# Rust: nextest hides what passing tests print, its JUnit file keeps it. One line a test, and none for a failed one.
# The text in brackets, `(1 slow)`, is dropped from the summary: it is part of the number before it.
{ grep -E '^ *Summary \[' "$logs/rust-tests.log" || true; } | tail -n 1 >"$logs/summary"
sed 's/([^)]*)//g' "$logs/summary" >"$logs/counts"
[ ! -f "$junit" ] || awk '
    /<testcase /            { failed = 0; skip = "" }
    /<(failure|error)[ >]/  { failed = 1 }
    skip == "" && match($0, /SKIPPED [^ <]+: [^<]*/) { skip = substr($0, RSTART + 8, RLENGTH - 8) }
    /<\/testcase>/          { if (skip != "" && !failed) print skip }
' "$junit" | sed "s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g" >"$logs/rust-skips"
touch "$logs/rust-skips"
cat "$logs/rust-skips" >>"$skips"
rust_said=$(wc -l <"$logs/rust-skips")
rust_ignored=$(sum '[0-9]+ skipped' "$logs/counts")
if [ "$rust_ignored" != 0 ]; then
    { cargo nextest list --workspace --locked --run-ignored only -T oneline 2>/dev/null || true; } |
        sed 's/$/: marked #[ignore]/' >>"$skips"
fi

grep -E '^test result:' "$logs/doc-tests.log" >"$logs/doc-results" || true
doc_ignored=$(sum '[0-9]+ ignored' "$logs/doc-results")
[ "$doc_ignored" = 0 ] || echo "doc tests: $doc_ignored marked \`ignore\`" >>"$skips"

# Python: unittest's own skips, and the line that every other test uses.
python_passed=0 python_failed=0 python_skipped=0
for python_log in "$logs"/python-compat.log "$logs"/python-api.log; do
    { grep -oE 'SKIPPED [^ ]+: .*' "$python_log" || true; } | sed 's/^SKIPPED //' >"$logs/python-skips"
    cat "$logs/python-skips" >>"$skips"
    said=$(wc -l <"$logs/python-skips")
    sed -nE "s/^(.*[^ ]) \.\.\. skipped '?([^']*)'?\$/\1: \2/p" "$python_log" >>"$skips"
    grep -E '^(OK|FAILED)( \(|$)' "$python_log" | tail -n 1 >"$logs/python-result" || true
    skips_here=$(sum 'skipped=[0-9]+' "$logs/python-result")
    failed_here=$(sum '(failures|errors|unexpected successes)=[0-9]+' "$logs/python-result")
    passed_here=$(($(sum '^Ran [0-9]+ test' "$python_log") - failed_here - skips_here - said))
    # A class that fails to set up is an error of no test; one test may fail several times.
    [ "$passed_here" -lt 0 ] || python_passed=$((python_passed + passed_here))
    python_failed=$((python_failed + failed_here))
    python_skipped=$((python_skipped + skips_here + said))
done

# The containers: one test, which says that it passed, or why it could not run.
{ grep -oE '^SKIPPED containers: .*' "$logs/containers.log" || true; } | sed 's/^SKIPPED //' >"$logs/container-skips"
cat "$logs/container-skips" >>"$skips"
containers_skipped=$(wc -l <"$logs/container-skips")
containers_passed=$(grep -c ' PASSED$' "$logs/containers.log" || true)
containers_failed=$((1 - containers_passed - containers_skipped))

passed=$((containers_passed + $(sum '[0-9]+ passed' "$logs/counts") - rust_said + $(sum '[0-9]+ passed' "$logs/doc-results") + python_passed))
failed=$((containers_failed + $(sum '[0-9]+ (failed|timed out|exec failed)' "$logs/counts") + $(sum '[0-9]+ failed' "$logs/doc-results") + python_failed))
skipped=$((containers_skipped + rust_said + rust_ignored + doc_ignored + python_skipped))

echo
echo "Stages"
sed 's/^<== stage /  /' "$stages"
echo "Skipped tests"
if [ -s "$skips" ]; then
    sort -u "$skips" | awk '{ i = index($0, ": "); printf "  %-48s  %s\n", substr($0, 1, i - 1), substr($0, i + 2) }'
else
    echo "  none"
fi

status=0
echo "All stages: $SECONDS s"
if [ ${#failed_stages[@]} -gt 0 ]; then
    echo "Failed stages: ${failed_stages[*]}"
    status=1
fi
if [[ ${CI:-} == 1 || ${CI:-} == true ]] && [ "$skipped" != 0 ]; then
    echo "With CI=$CI a skipped test is a failure."
    status=1
fi
cat "$logs/summary"
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"

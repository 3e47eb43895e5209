#!/usr/bin/env bash
# The image and deploy/compose.yaml as people use them: two containers that share five volumes, files that come in with
# curl, a worker that is killed in the middle of a run, and everything started anew.
#
# FIELDGRADE_BIN is the program that goes into the image; without it the `ci` build. Where containers cannot run it
# prints `SKIPPED containers: reason` and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
[[ $target == /* ]] || target=$PWD/$target
work=$target/containers
project=fieldgrade-test-$$
base=localhost/fieldgrade-test-base
mkdir -p "$work"
scratch=$(mktemp -d "$work/run.XXXXXX")
begun= # whether there is something to clean up

step() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "SKIPPED containers: $*"; exit 0; }
last() { tail -n 1 "$1" | tr -d '\r'; }

cleanup() {
    local status=$?
    trap - EXIT
    set +e
    if [ -n "$begun" ]; then
        if [ "$status" != 0 ]; then
            podman ps -a --filter "label=io.podman.compose.project=$project"
            for name in $(podman ps -aq --filter "label=io.podman.compose.project=$project"); do
                echo "--- $(podman inspect --format '{{.Name}} {{.State.Status}} {{.State.ExitCode}}' "$name")"
                podman logs --tail 60 "$name"
            done
        fi >&2 2>&1
        compose down -v -t 0 >/dev/null 2>&1
        podman rmi -f "localhost/$project" >/dev/null 2>&1
    fi
    rm -rf "$scratch"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 3' INT TERM

# --- what is needed

scripts/setup.sh containers >"$work/setup.log" 2>&1 || {
    grep -v '^missing: ' "$work/setup.log" >&2 || true
    skip "not installed: $(sed -n 's/^missing: \(.*\) -- .*/\1/p' "$work/setup.log" | paste -sd ' ')"
}
export PATH=$PATH:$target/venv/bin
step "podman $(podman version --format '{{.Client.Version}}'), $(podman-compose --version 2>/dev/null | head -n 1)"

# A binary that was built here runs on the same Debian; elsewhere on the oldest that the program is made for.
suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME" || echo bookworm)
if ! podman image exists "$base:$suite"; then
    if [ ! -s "$work/$suite.tar" ]; then
        step "a base image of Debian $suite"
        rm -f "$work/$suite.part"
        mmdebstrap --quiet --variant=minbase "$suite" - >"$work/$suite.part" 2>"$work/mmdebstrap.log" ||
            skip "no base image: $(last "$work/mmdebstrap.log")"
        mv "$work/$suite.part" "$work/$suite.tar"
    fi
    podman import --quiet "$work/$suite.tar" "$base:$suite" >"$work/import.log" 2>&1 ||
        skip "podman cannot store images: $(last "$work/import.log")"
fi

# As podman is set up; else with what helps where limits may not be raised and crun finds no cgroups.
try() { podman run --rm --pull=never --network=none "$base:$suite" true >"$work/try.log" 2>&1; }
if ! try; then
    printf '%s\n' '[containers]' 'default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]' \
        '[engine]' 'runtime = "runc"' >"$work/containers.conf"
    export CONTAINERS_CONF=$work/containers.conf
    try || skip "podman cannot run a container: $(last "$work/try.log")"
    step "podman runs containers with runc and lower limits only; so does this test"
fi

program=${FIELDGRADE_BIN:-}
if [ -z "$program" ]; then
    step "the program"
    cargo build --quiet --profile ci --locked -p fieldgrade-cli
    program=$target/ci/fieldgrade
fi
begun=yes

# --- the image

step "the image"
mkdir "$scratch/context"
cp "$program" "$scratch/context/fieldgrade"
podman build --quiet --network=host --pull=never --build-arg "BASE_IMAGE=$base:$suite" \
    -f deploy/Dockerfile --target runtime-prebuilt -t "localhost/$project" "$scratch/context" >/dev/null
inside() { podman run --rm --pull=never --network=none --entrypoint sh "localhost/$project" -c "$1"; }
[ "$(inside 'id -u')" = 10001 ] || fail "the image does not run as its own user"
inside '! command -v curl && ! command -v wget' || fail "the image has programs that it does not need"
inside 'touch /data/termite_fieldpack/runtime/x' || fail "the volumes are not the user's"

# --- two containers

export FG_IMAGE=localhost/$project FG_KEY_PASSPHRASE='a passphrase for a test'
FG_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export FG_PORT
url=http://127.0.0.1:$FG_PORT
token=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
printf 'Authorization: Bearer %s\n' "$token" >"$scratch/token"

file=deploy/compose.yaml
compose() { FG_API_TOKEN=$token podman-compose -p "$project" -f "$file" "$@"; }
quietly() { "$@" >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2; fail "$*"; } }
container() { # SERVICE
    podman ps -aq --filter "label=io.podman.compose.project=$project" \
        --filter "label=com.docker.compose.service=$1" | head -n 1
}
healthy() { # SERVICE
    local tries
    for tries in $(seq 60); do
        ! podman healthcheck run "$(container "$1")" >"$scratch/said" 2>&1 || return 0
        sleep 0.5
    done
    cat "$scratch/said" >&2
    fail "$1 does not become healthy in 30 seconds (asked $tries times)"
}
ask() {
    curl --silent --show-error --fail-with-body --max-time 300 -H "@$scratch/token" -o "$scratch/answer" "$@" || {
        cat "$scratch/answer" >&2
        fail "curl ${*: -1}"
    }
    cat "$scratch/answer"
}
field() { python3 -c 'import json, sys; v = json.load(sys.stdin)
for key in sys.argv[1].split("."): v = v[int(key)] if key.isdigit() else v[key]
print(v)' "$1"; }
state() { ask "$url/api/v1/runs/$1" | field state; }
ended() { # RUN
    local tries
    for tries in $(seq 600); do
        case $(state "$1") in
        succeeded) return ;;
        failed | canceled) ask "$url/api/v1/runs/$1" >&2; fail "the run $1 did not succeed" ;;
        esac
        sleep 0.2
    done
    fail "the run $1 does not end (asked $tries times)"
}
bundle_of() { ask "$url/api/v1/runs/$1" | field result.seal.sha256; }
checked() { # BUNDLE: downloads it, and checks it outside with the program of the host
    ask "$url/api/v1/bundles/$1/content" >"$scratch/$1.zip"
    [ "$(sha256sum <"$scratch/$1.zip")" = "$1  -" ] || fail "the package that came is not the one that was sealed"
    quietly "$program" --data-dir "$scratch/receiver" verify "$scratch/$1.zip" --fingerprint "$fingerprint"
}

if podman-compose -p "$project" -f deploy/compose.yaml config >"$scratch/said" 2>&1; then
    fail "deploy/compose.yaml starts without a token"
fi
grep -q FG_API_TOKEN "$scratch/said" || fail "deploy/compose.yaml does not ask for the token"
step "web and worker, at $url"
quietly compose up -d --no-build
healthy web
healthy worker
[ "$(curl --silent -o "$scratch/said" -w '%{http_code}' "$url/api/v1/documents")" = 401 ] ||
    fail "somebody without the token was let in"
if podman exec "$(container worker)" fieldgrade serve --check 2>"$scratch/said"; then
    fail "a server was found where none is"
fi
grep -q not_ready "$scratch/said" || fail "$(cat "$scratch/said")"
if podman exec "$(container web)" touch /anywhere 2>/dev/null; then fail "the container can be written into"; fi

step "three files are uploaded, captured and sealed"
printf 'a crack of 3 mm, bearing north\n' >"$scratch/Größe.txt"
printf 'one,two\n1,2\n' >"$scratch/table.csv"
head -c 5M /dev/urandom >"$scratch/photo.bin"
ask -F "file=@$scratch/Größe.txt" -F "file=@$scratch/table.csv" -F "file=@$scratch/photo.bin" \
    "$url/api/v1/runs/upload?kind=pipeline&label=first" >"$scratch/run.json"
first=$(field id <"$scratch/run.json")
ended "$first"
first_bundle=$(bundle_of "$first")
fingerprint=$(podman exec "$(container worker)" fieldgrade keys list --json | field items.0.fingerprint)
step "the package is downloaded and checked outside"
checked "$first_bundle"

step "300 MB are uploaded, and the worker is killed while it works on them"
head -c 300M /dev/urandom >"$scratch/large.bin"
large=$(sha256sum <"$scratch/large.bin" | cut -d ' ' -f 1)
killed=$(container worker)
# Paused, it cannot have done it before anybody looks.
podman pause "$killed" >/dev/null
ask -F "file=@$scratch/large.bin" "$url/api/v1/runs/upload?kind=pipeline&label=second" >"$scratch/run.json"
second=$(field id <"$scratch/run.json")
rm "$scratch/large.bin"
podman unpause "$killed" >/dev/null
until [ "$(state "$second")" != queued ]; do sleep 0.02; done
quietly podman kill --signal KILL "$killed"
now=$(state "$second")
[ "$now" = running ] || fail "the run was $now before the worker could be killed"
quietly podman rm -f "$killed"
step "another worker takes over"
quietly compose up -d --no-build worker
[ "$(container worker)" != "$killed" ] || fail "it is the same container"
healthy worker
ended "$second"
ask "$url/api/v1/runs/$second" >"$scratch/run.json"
[ "$(field attempts <"$scratch/run.json")" -ge 2 ] || fail "nobody had begun it before: $(cat "$scratch/run.json")"
second_bundle=$(bundle_of "$second")
checked "$second_bundle"

step "everything is taken down and started anew"
quietly compose down
quietly compose up -d --no-build
healthy web
healthy worker
for run in "$first" "$second"; do [ "$(state "$run")" = succeeded ] || fail "the run $run is gone"; done
checked "$first_bundle"
checked "$second_bundle"
ask "$url/api/v1/search?q=bearing" >"$scratch/said"
grep -q 'Größe.txt' "$scratch/said" || fail "nothing is found: $(cat "$scratch/said")"
[ "$(ask "$url/api/v1/documents/4/content" | sha256sum | cut -d ' ' -f 1)" = "$large" ] ||
    fail "the large file is not what was uploaded"
quietly podman exec "$(container worker)" fieldgrade ledger --verify
quietly podman exec "$(container worker)" fieldgrade doctor --read-data
if grep folder_exposed "$scratch/said"; then fail "the volumes are open to others"; fi

step "one container takes over from the two"
quietly compose down
file=deploy/compose.all-in-one.yaml
quietly compose up -d --no-build
healthy web
printf 'one more crack\n' >"$scratch/later.txt"
ask -F "file=@$scratch/later.txt" "$url/api/v1/runs/upload?kind=pipeline&label=third" >"$scratch/run.json"
third=$(field id <"$scratch/run.json")
ended "$third"
checked "$(bundle_of "$third")"

step "PASSED"

#!/usr/bin/env bash
# Installs what the named groups lack, quietly and once: scripts/setup.sh GROUP…
#
# Acts only on what a check finds missing. Needs root or a `sudo -n` that works for Debian packages and never asks
# for a password: what it cannot install it names, one line each with the command, and exits with 3.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    echo "usage: scripts/setup.sh run|test|bench|fuzz|lint|containers…" >&2
    exit 2
}
[ $# -gt 0 ] || usage

log=$(mktemp)
trap 'rm -f "$log"' EXIT
venv=${CARGO_TARGET_DIR:-target}/venv
imports='import yaml, cryptography, schemathesis, tusclient'
packages=(PyYAML cryptography schemathesis==4.32.5 tuspy==1.1.0)
debs=() crates=() components=() missing=()
want_python=
want_compose=

has() { command -v "$1" >/dev/null 2>&1; }
works() { "$@" >/dev/null 2>&1; }
add_deb() { case " ${debs[*]-} " in *" $1 "*) ;; *) debs+=("$1") ;; esac }
need() { has "$1" || add_deb "$2"; } # COMMAND PACKAGE
lacks() { missing+=("missing: $1 -- $2"); }
can_be_root() { [ "$(id -u)" = 0 ] || works sudo -n true; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Says what it does before it does it, and shows a tool's own output only when it failed.
quietly() { # WHAT COMMAND…
    local what=$1
    shift
    echo "setup: $what"
    "$@" >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; return 1; }
}

group() {
    case $1 in
    run)
        # No package: what distributions carry is often older than the Rust that the workspace asks for.
        has cargo || lacks cargo "curl -sSf https://sh.rustup.rs | sh"
        # A compiler without the C library's headers is as good as none.
        works cc -fsyntax-only -x c - <<<'#include <stdio.h>' || { add_deb gcc; add_deb libc6-dev; }
        ;;
    lint)
        # cargo-deny is used where it is present, never installed. The commands are tried, not looked up:
        # rustup puts a `cargo-fmt` in the path for components it does not have.
        works cargo fmt --version || components+=(rustfmt)
        works cargo clippy --version || components+=(clippy)
        ;;
    test)
        group run
        group lint
        works cargo nextest --version || crates+=(cargo-nextest)
        need strace strace
        need unzip unzip
        need 7z p7zip-full
        need bsdtar libarchive-tools
        need python3 python3
        if ! works python3 -c "$imports" && ! works "$venv/bin/python3" -c "$imports"; then
            want_python=1
            works python3 -c 'import ensurepip' || add_deb python3-venv
        fi
        ;;
    bench)
        group run
        need openssl openssl
        need restic restic
        need unzip unzip
        ;;
    fuzz)
        group run
        works cargo fuzz --version || crates+=(cargo-fuzz)
        need c++ g++ # libFuzzer is C++
        need unzip unzip
        ;;
    containers)
        group run
        need curl curl
        need python3 python3
        need podman podman
        need buildah buildah
        need runc runc
        need crun crun
        need mmdebstrap mmdebstrap
        need iptables iptables
        need catatonit catatonit
        # No commands of the path: podman finds them where the packages put them.
        for deb in netavark aardvark-dns; do [ -x "/usr/lib/podman/$deb" ] || add_deb "$deb"; done
        if ! has podman-compose && [ ! -x "$venv/bin/podman-compose" ]; then
            want_compose=1
            [ -x "$venv/bin/python3" ] || works python3 -c 'import ensurepip' || add_deb python3-venv
        fi
        ;;
    *) usage ;;
    esac
}
for name in "$@"; do group "$name"; done

install_debs() {
    quietly "apt-get update" as_root apt-get -qq update || return 1
    quietly "apt-get install ${debs[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${debs[@]}"
}
if [ ${#debs[@]} -gt 0 ]; then
    if ! has apt-get || ! can_be_root || ! install_debs; then
        for deb in "${debs[@]}"; do
            works dpkg -s "$deb" || lacks "$deb" "sudo apt-get install $deb"
        done
    fi
fi

for component in "${components[@]}"; do
    { has rustup && quietly "rustup component add $component" rustup component add "$component"; } ||
        lacks "$component" "rustup component add $component"
done
for crate in "${crates[@]}"; do
    { has cargo && quietly "cargo install $crate (some minutes)" cargo install --quiet --locked "$crate"; } ||
        lacks "$crate" "cargo install --locked $crate"
done

install_python() {
    has python3 && quietly "python3 -m venv $venv" python3 -m venv --clear "$venv" &&
        quietly "pip install ${packages[*]}" "$venv/bin/python3" -m pip install --quiet "${packages[@]}"
}
if [ -n "$want_python" ] && ! install_python; then
    lacks "${packages[*]}" "python3 -m venv $venv && $venv/bin/pip install ${packages[*]}"
fi

install_compose() {
    { [ -x "$venv/bin/python3" ] || quietly "python3 -m venv $venv" python3 -m venv "$venv"; } &&
        quietly "pip install podman-compose" "$venv/bin/python3" -m pip install --quiet podman-compose
}
if [ -n "$want_compose" ] && ! install_compose; then
    lacks podman-compose "python3 -m venv $venv && $venv/bin/pip install podman-compose"
fi

if [ ${#missing[@]} -gt 0 ]; then
    printf '%s\n' "${missing[@]}" | sort -u >&2
    exit 3
fi

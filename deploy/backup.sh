#!/usr/bin/env bash
# Backs up, proves the backup, and restores it once to see that it can be restored: one command, for cron as well.
#
#   deploy/backup.sh [--with-keys] FOLDER [COMMAND…]
#
# FOLDER/data is the backup, and brought up to date each time; FOLDER/drill is where it is restored, and goes again.
# COMMAND is how fieldgrade is run, `fieldgrade` without; it must see FOLDER under the same name. docs/deploy.md has
# the one for containers.
set -euo pipefail

keys=()
if [ "${1-}" = --with-keys ]; then
    keys=(--with-keys)
    shift
fi
[[ ${1-} == /* ]] || { echo "usage: deploy/backup.sh [--with-keys] /FOLDER [COMMAND…]" >&2; exit 2; }
folder=$1
shift
[ $# -gt 0 ] || set -- fieldgrade

say() { echo "==> $*"; }
rm -rf "$folder/drill"
say "backup"
"$@" backup "$folder/data" "${keys[@]}"
say "read all of it"
"$@" restore "$folder/data" --check
say "restore it into $folder/drill"
"$@" --data-dir "$folder/drill" restore "$folder/data" --reason "restore drill"
"$@" --data-dir "$folder/drill" ledger --verify
# Without its keys a restored root is not whole, and the doctor says so.
[ ${#keys[@]} = 0 ] || "$@" --data-dir "$folder/drill" doctor --read-data
rm -rf "$folder/drill"
say "the backup in $folder/data can be restored"

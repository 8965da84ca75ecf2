#!/usr/bin/env bash
# Tests against servers that others wrote: fetches what is missing, runs the tests, ends what was started.
# usage: tests/interop/run.sh [arguments of pytest]     with SOCIALDESK_INTEROP=FOLDER (default .interop)
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$PWD/.venv/bin/python
mkdir -p "${SOCIALDESK_INTEROP:=.interop}"
SOCIALDESK_INTEROP=$(cd "$SOCIALDESK_INTEROP" && pwd)
export SOCIALDESK_INTEROP

say() { echo "interop: $*" >&2; }

# One run at a time for each folder: the lock goes with this process, however it ends.
exec 9>"$SOCIALDESK_INTEROP/lock"
flock -n 9 || { say "another run uses $SOCIALDESK_INTEROP"; exit 1; }

packages="wordpress wordpress-theme-twentytwentythree mariadb-server php-cli php-mysql php-gd php-curl php-xml
  php-mbstring php-pgsql php-intl php-php-gettext php-psr-log phpqrcode postgresql gnome-keyring dbus g++ make"
missing=()
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  install=(apt-get install -y -qq --no-install-recommends "${missing[@]}")
  if [ "$(id -u)" != 0 ]; then
    say "these packages are missing; on Debian or Ubuntu: sudo ${install[*]}"
    exit 1
  fi
  say "installing ${missing[*]}"
  # Packages of servers start them at once, unless this file says that no service may be started now.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  "${install[@]}" >"$SOCIALDESK_INTEROP/apt.log" 2>&1 || { tail -20 "$SOCIALDESK_INTEROP/apt.log" >&2; exit 1; }
  [ "$(trap -p EXIT)" = "" ] || { rm -f "$policy"; trap - EXIT; }
fi

say "fetching the servers (the first time takes five minutes)"
"$python" -m tests.interop.rigs install "$SOCIALDESK_INTEROP"

# The tests stop what they start; this catches what they could not, for example when they were killed. Servers must not
# inherit the lock, or a server that was left over would hold it.
trap '"$python" -m tests.interop.rigs stop "$SOCIALDESK_INTEROP" 9>&-' EXIT
trap 'exit 130' INT TERM
"$python" -m pytest -m interop tests/interop "$@" 9>&-

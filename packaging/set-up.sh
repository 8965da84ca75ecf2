#!/usr/bin/env bash
# Makes the environment of a checkout: a virtual environment with the exact versions of constraints.txt, and the
# system libraries that Qt's window needs where this user can install them (else the one command is printed).
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
venv=${VENV:-.venv}

say() { echo "set-up: $*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "SocialDesk needs Python 3.11 or newer; $python is older."; exit 1; }

if [ ! -x "$venv/bin/python" ]; then
  say "making $venv"
  "$python" -m venv "$venv" || { say "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
fi
say "installing packages (the first time takes a minute or two)"
export PIP_DISABLE_PIP_VERSION_CHECK=1
# pip 23 stumbles over an extra that is asked for twice (lxml[html-clean] of readability-lxml)
"$venv/bin/python" -m pip install --quiet --constraint packaging/constraints.txt --upgrade pip
"$venv/bin/python" -m pip install --quiet --constraint packaging/constraints.txt --editable '.[dev]'

# Libraries that Qt loads but no Python package brings, by Debian's names.
if ! missing=$("$venv/bin/python" packaging/qt_libraries.py); then
  packages="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing the system libraries that Qt needs ($missing)"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
  else
    say "Qt lacks system libraries: $missing"
    say "On Debian or Ubuntu: sudo apt-get install $packages"
  fi
fi

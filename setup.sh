#!/usr/bin/env bash
# ./setup.sh [--class] [--report] [--cluster] [--dev] [COMMAND...]
#
# Prepares .venv beside this file (once; again when pyproject.toml changes) and
# runs COMMAND in it, from the folder you are in.  Without a COMMAND it only
# prepares, then lists what works on this machine.
#
#   --class    also what grading a class needs (reading exports, writing pages)
#   --report   also what the report needs (PyTorch, matplotlib; several GB)
#   --cluster  also Dask, for the commands that have an option --cluster
#   --dev      also what working on the project needs (ruff, mypy, ...)
#   PYTHON=... the Python to use, 3.10 or newer (default: the first one found)
#
# Written for bash 3.2, which is what macOS has.
set -eu

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
VENV=$ROOT/.venv

fail() { # one sentence, exit status 2
    echo "setup.sh: $1" >&2
    exit 2
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
        [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.10 or newer."
    done
    fail "no Python 3.10 or newer was found; install one, or name it: PYTHON=/path/to/python ./setup.sh"
}

# .venv/kit-GROUP holds what the group was installed from.  A folder that was
# moved or copied has another first line: scripts in .venv carry its old path.
recipe() {
    echo "$ROOT"
    cat "$ROOT/pyproject.toml"
}

is_ready() { # GROUP
    [ -f "$VENV/kit-$1" ] && [ -x "$PYTHON_IN_VENV" ] && recipe | cmp -s - "$VENV/kit-$1"
}

make_venv() {
    local python
    python=$(find_python)
    echo "Preparing $VENV (once, about a minute) ..." >&2
    "$python" -m venv --clear "$VENV" >/dev/null 2>&1 ||
        fail "$python cannot make a virtual environment; on Debian or Ubuntu: sudo apt-get install python3-venv"
    locate_venv
    "$PYTHON_IN_VENV" -m pip install --quiet --disable-pip-version-check "pip>=25.1" ||
        fail "pip could not be brought up to date (see above); is the network there?  Run the same command again."
}

install_group() { # GROUP
    if ! { [ -x "$PYTHON_IN_VENV" ] && [ -f "$VENV/kit-home" ] && [ "$(cat "$VENV/kit-home")" = "$ROOT" ]; }; then
        make_venv
        echo "$ROOT" >"$VENV/kit-home"
    fi
    "$PYTHON_IN_VENV" -m pip install --quiet --disable-pip-version-check --group "$ROOT/pyproject.toml:$1" ||
        fail "installing the group '$1' failed (see above); is the network there?  Run the same command again."
    recipe >"$VENV/kit-$1"
}

locate_venv() { # Windows has Scripts where the others have bin
    BIN=$VENV/bin
    [ ! -d "$VENV/Scripts" ] || BIN=$VENV/Scripts
    PYTHON_IN_VENV=$BIN/python
}

GROUPS_WANTED=grade
while [ $# -gt 0 ]; do
    case $1 in
    --class) GROUPS_WANTED="$GROUPS_WANTED class" ;;
    --report) GROUPS_WANTED="$GROUPS_WANTED report" ;;
    --cluster) GROUPS_WANTED="$GROUPS_WANTED cluster" ;;
    --dev) GROUPS_WANTED="$GROUPS_WANTED dev" ;;
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    -*) fail "unknown option $1; ./setup.sh --help lists them." ;;
    *) break ;;
    esac
    shift
done

locate_venv
for group in $GROUPS_WANTED; do
    is_ready "$group" || install_group "$group"
done

export VIRTUAL_ENV=$VENV PATH=$BIN:$PATH
export PYTHONPATH=$ROOT${PYTHONPATH:+:$PYTHONPATH}
[ $# -gt 0 ] || set -- python -m autograder doctor
exec "$@"

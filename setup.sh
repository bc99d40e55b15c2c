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

# Another shell reads no further than this; `return` ends a file that is sourced.
if [ -z "${BASH_VERSION:-}" ]; then
    echo "setup.sh: this needs bash; type: bash setup.sh" >&2
    return 2 2>/dev/null || exit 2
fi
if [ "${BASH_SOURCE[0]}" != "$0" ]; then
    echo "setup.sh: run it, do not source it; type: bash setup.sh" >&2
    return 2
fi
set -euo pipefail
unset CDPATH

fail() { # one sentence, exit status 2
    echo "setup.sh: $1" >&2
    exit 2
}

# This file may have been called by a link to it.
this_file=${BASH_SOURCE[0]}
while [ -L "$this_file" ]; do
    target=$(readlink "$this_file")
    case $target in
    /*) this_file=$target ;;
    *) this_file=$(dirname "$this_file")/$target ;;
    esac
done
ROOT=$(cd "$(dirname "$this_file")" && pwd -P)
VENV=$ROOT/.venv
LOCK=$ROOT/.venv.lock # a folder, since only one process can make it
LOG=$VENV/kit-log     # what pip said

# What a user, a cluster's modules or ROS set for other programs must not reach this one.
unset PYTHONHOME PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS PYTHONINSPECT PYTHONSAFEPATH PYTHONUSERBASE
unset PYTEST_ADDOPTS PYTEST_PLUGINS
export PYTHONPATH=$ROOT PYTHONNOUSERSITE=1

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
        [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.10 or newer."
    done
    fail "no Python 3.10 or newer was found; install one, or say where it is: PYTHON=/path/to/python ./setup.sh"
}

locate_venv() { # Windows has Scripts where the others have bin
    BIN=$VENV/bin
    [ ! -d "$VENV/Scripts" ] || BIN=$VENV/Scripts
    PYTHON_IN_VENV=$BIN/python
    # A Python that was upgraded or removed leaves an environment without its packages.
    VERSION=$("$PYTHON_IN_VENV" -c 'import sys; print("Python %d.%d" % tuple(sys.version_info[:2]))' 2>/dev/null) ||
        VERSION=none
}

# .venv/kit-GROUP holds what the group was installed from, and is written last.  A folder
# that was moved or copied has another first line: scripts in .venv carry its old path.
recipe() {
    echo "$ROOT"
    echo "$VERSION"
    cat "$ROOT/pyproject.toml"
}

is_ready() { # GROUP
    [ -f "$VENV/kit-$1" ] && recipe | cmp -s - "$VENV/kit-$1"
}

can_take_packages() { # there is an environment, all of it, made here by this Python
    [ -f "$VENV/kit-home" ] && [ "$(cat "$VENV/kit-home")" = "$ROOT $VERSION" ] &&
        "$PYTHON_IN_VENV" -m pip --version >/dev/null 2>&1
}

# One set-up at a time.

is_running() { # PROCESS
    kill -0 "$1" 2>/dev/null || ps -p "$1" >/dev/null 2>&1 || [ -d "/proc/$1" ]
}

take_lock() {
    local owner host waited=0
    until mkdir "$LOCK" 2>/dev/null; do
        [ -d "$LOCK" ] || fail "you cannot write to $ROOT; copy the kit to a folder of your own."
        read -r owner host 2>/dev/null <"$LOCK/process" || owner=''
        # Killed before it could write who it is, or afterwards.
        if [ -z "$owner" ] && [ "$waited" -ge 5 ] ||
            { [ -n "$owner" ] && [ "$host" = "${HOSTNAME:-here}" ] && ! is_running "$owner"; }; then
            rm -rf "$LOCK"
            continue
        fi
        [ "$waited" -ne 1 ] || echo "Another set-up is running here (process ${owner:-unknown}; $LOCK); waiting for it ..." >&2
        waited=$((waited + 1))
        sleep 1
    done
    trap release_lock EXIT
    echo "$$ ${HOSTNAME:-here}" >"$LOCK/process"
}

release_lock() {
    rm -rf "$LOCK"
    trap - EXIT
}

make_venv() {
    local python said
    case $ROOT in *:*) fail "the name of the folder $ROOT contains a colon, which Python's environments do not allow; rename it." ;; esac
    python=$(find_python)
    echo "Preparing $VENV with $("$python" --version 2>&1)(only once; it takes about a minute) ..." >&2
    if ! said=$("$python" -m venv --clear "$VENV" 2>&1); then
        "$python" -c 'import ensurepip' >/dev/null 2>&1 || fail_without_ensurepip "$python"
        fail "$python could not create $VENV: $(last_words "$said")"
    fi
    locate_venv
    install "pip" "pip>=25.1"
    echo "$ROOT $VERSION" >"$VENV/kit-home"
}

fail_without_ensurepip() { # PYTHON
    local name
    name=$("$1" -c 'import sys; print("python%d.%d-venv" % tuple(sys.version_info[:2]))')
    fail "$1 comes without ensurepip and cannot create an environment; on Debian or Ubuntu, run: sudo apt-get install $name"
}

install_group() { # GROUP
    can_take_packages || make_venv
    echo "Installing the group '$1' of pyproject.toml ..." >&2
    install "the group '$1'" --group "$ROOT/pyproject.toml:$1"
    recipe >"$VENV/kit-$1"
}

# pip.

# How pip reaches an index is for the user to say; where and what it installs is not.
SETTINGS_KEPT="index-url extra-index-url find-links no-index trusted-host proxy cert client-cert
    cache-dir no-cache-dir timeout default-timeout retries keyring-provider use-feature"

install() { # WHAT, ARGUMENTS of pip install...
    local what=$1
    shift
    pip_alone install "$@" 2>&1 | tee "$LOG" | show_progress || fail_as_pip_says "$what"
}

pip_alone() {
    (
        settings=$(pip_settings)
        # shellcheck disable=SC2086 # a list of names
        unset ${!PIP_*}
        eval "$settings"
        export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off
        exec "$PYTHON_IN_VENV" -m pip "$@"
    )
}

pip_settings() { # as commands of the shell; what stands in the environment wins
    "$PYTHON_IN_VENV" -m pip config list 2>/dev/null | "$PYTHON_IN_VENV" -c '
import ast, shlex, sys

found = {}
for line in sys.stdin:
    key, _, value = line.strip().partition("=")
    section, _, name = key.rpartition(".")
    if section in ("global", "install", ":env:") and name in sys.argv[1].split():
        found[("global", "install", ":env:").index(section), name] = str(ast.literal_eval(value))
for (_, name), value in sorted(found.items()):
    print("export PIP_%s=%s" % (name.replace("-", "_").upper(), shlex.quote(" ".join(value.split()))))
' "$SETTINGS_KEPT"
}

show_progress() { # what is large, as pip comes to it, and how many packages there are
    local line count
    while IFS= read -r line; do
        case $line in
        *Downloading*" MB)"* | *Downloading*" GB)"*) echo "  downloading ${line##*Downloading }" ;;
        "Installing collected packages: "*)
            count=$(echo "$line" | tr ',' '\n' | wc -l | tr -d ' ')
            [ "$count" = 1 ] && echo "  installing 1 package ..." || echo "  installing $count packages ..."
            ;;
        esac
    done >&2
}

last_words() { # the last line that says something
    echo "$1" | grep -v '^[[:space:]]*$' | tail -n 1
}

fail_as_pip_says() { # WHAT
    local said again="Run the same command again."
    if grep -qiE 'no space left|disk quota' "$LOG"; then
        fail "$1 could not be installed: the disk is full; free some space.  Then run the same command again."
    fi
    said=$(grep -E '^ERROR' "$LOG" | tail -n 1 || true)
    if grep -qiE 'NewConnectionError|NameResolution|name resolution|connection (refused|reset|broken|aborted|timed)|network is unreachable|max retries|connecttimeout|read timed out|proxyerror|sslerror|from versions: none' "$LOG"; then
        fail "$1 could not be installed: is there a network connection?  $again  pip says: $(last_words "${said:-$(cat "$LOG")}")"
    fi
    fail "$1 could not be installed; pip says: $(last_words "${said:-$(cat "$LOG")}")"
}

GROUPS_WANTED=grade
while [ $# -gt 0 ]; do
    case $1 in
    --class) GROUPS_WANTED="$GROUPS_WANTED class" ;;
    --report) GROUPS_WANTED="$GROUPS_WANTED report" ;;
    --cluster) GROUPS_WANTED="$GROUPS_WANTED cluster" ;;
    --dev) GROUPS_WANTED="$GROUPS_WANTED dev" ;;
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$this_file"
        exit 0
        ;;
    -*) fail "unknown option $1; ./setup.sh --help lists them." ;;
    *) break ;;
    esac
    shift
done

locate_venv
for group in $GROUPS_WANTED; do
    if ! is_ready "$group"; then
        take_lock
        locate_venv # somebody else may have prepared it while this one waited
        is_ready "$group" || install_group "$group"
        release_lock
    fi
done

export VIRTUAL_ENV=$VENV PATH=$BIN:$PATH
[ $# -gt 0 ] || set -- python -m autograder doctor
exec "$@"

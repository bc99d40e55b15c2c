#!/usr/bin/env bash
# Gradescope runs this once, as root and with a network, when it builds the image.
#
# It makes a virtual environment beside the kit, closes the kit to everybody but root, and
# then grades the reference and the template: an image that gets them wrong, or that cannot
# isolate a submission, is not built.  Running it again does no harm.
set -eu
umask 022 # a submission runs as a user of its own, who must be able to read the environment

AUTOGRADER_ROOT=${AUTOGRADER_ROOT:-/autograder}
SOURCE=$AUTOGRADER_ROOT/source
VENV=$AUTOGRADER_ROOT/venv

fail() { # one sentence; the build ends here
    echo "setup.sh: $1" >&2
    exit 1
}

make_venv() {
    python3 -m venv --clear "$VENV" >/dev/null 2>&1
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "this image has no Python 3.10 or newer; choose Ubuntu 22.04 or newer as its base."

if ! make_venv; then # Ubuntu keeps a part of Python in a package of its own
    echo "setup.sh: python3 cannot make a virtual environment here; installing python3-venv."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    make_venv || fail "python3 cannot make a virtual environment, even with python3-venv."
fi

"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --only-binary :all: --require-hashes --requirement "$SOURCE/requirements.txt" ||
    fail "the packages could not be installed (see above); build the image again."

chmod -R go= "$SOURCE"
cd "$SOURCE"
"$VENV/bin/python" -s -m autograder.gradescope.smoke_test || fail "this image is not fit to grade (see above)."

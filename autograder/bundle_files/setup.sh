#!/usr/bin/env bash
# Runs once, when the bundle is built: Python packages in an environment of their own, a source
# that root alone can read, and a reference that gets full marks. Any failure ends the build.
set -uo pipefail

fail() {
    echo "setup.sh: $*" >&2
    exit 1
}

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || fail "the folder of this file cannot be entered"
base=$(dirname "$source")
venv=$base/venv
export OPENBLAS_NUM_THREADS=1 PIP_DISABLE_PIP_VERSION_CHECK=1

command -v python3 >/dev/null || fail "there is no python3: choose a base image that has one"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
    || fail "Python 3.10 or newer is needed, not $(python3 -V 2>&1): choose a newer base image"

# The system's own Python belongs to the platform and is left as it is.
if [ ! -x "$venv/bin/python" ] && ! python3 -m venv "$venv" >/dev/null 2>&1; then
    rm -rf "$venv"
    command -v apt-get >/dev/null \
        || fail "python3 makes no virtual environments here: install its venv module first"
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends python3-venv >/dev/null \
        || fail "python3-venv could not be installed"
    python3 -m venv "$venv" || fail "no virtual environment could be made in $venv"
fi
"$venv/bin/python" -m pip install --quiet --no-cache-dir --only-binary :all: \
    -r "$source/requirements.txt" \
    || fail "the packages in requirements.txt could not be installed (pip's reason is above)"

chmod -R u=rwX,go= "$source" || fail "$source could not be made readable by root only"
"$venv/bin/python" -m compileall -q "$source/autograder" || fail "the grader does not compile"
cd "$source" && "$venv/bin/python" -E -s -m autograder.gradescope --prove "$base" \
    || fail "the grader does not work on this machine (the reason is above)"
echo "setup.sh: done"

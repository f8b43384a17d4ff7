#!/bin/sh
# Sets Food Court up: a .venv from requirements.lock, and the system packages that no wheel carries.
#
#   scripts/setup.sh           what a learner needs
#   scripts/setup.sh --tests   what `make test` needs too (a browser)
#
# Two variables change what it does:
#   PYTHON=python3.12     the Python to make .venv with (default: python3)
#   SYSTEM_PACKAGES=no    leave the machine's package manager alone, only say what is missing
#
# It exits 0 when .venv is ready, whatever system package is missing, and 2 when .venv could not be made.
# Plain POSIX sh, since it has to run where there is no Python yet, and on macOS.
set -eu
cd "$(dirname "$0")/.."

done_file=.venv/.setup-done             # the folder and the checksum of what .venv was made from
unfinished_file=.venv/.setup-unfinished # the process id of a set-up that has not ended
log=.venv/setup.log

say() { printf '%s\n' "$*"; }

fail() {
    printf '\nSet-up stopped: %s\n' "$*" >&2
    exit 2
}

on_path() { command -v "$1" >/dev/null 2>&1; }

. scripts/system_packages.sh

made_from() { pwd && cat requirements.lock pyproject.toml scripts/setup.sh | cksum; }

is_ready() {
    [ -x .venv/bin/python ] && [ -x .venv/bin/foodcourt ] && [ ! -e "$unfinished_file" ] &&
        [ -f "$done_file" ] && [ "$(cat "$done_file")" = "$(made_from)" ]
}

# True when .venv may be brought up to date in place: it is whole, has pip, and lies where it was made (the
# scripts in it hold its path).
can_update() {
    [ ! -e "$unfinished_file" ] || return 1
    [ ! -f "$done_file" ] || [ "$(head -n 1 "$done_file")" = "$(pwd)" ] || return 1
    .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# A set-up that was killed leaves its process id behind, but no process.
refuse_a_second_setup() {
    [ -f "$unfinished_file" ] || return 0
    other=$(cat "$unfinished_file")
    # /proc on Linux, where ps may be missing; ps elsewhere
    if grep -qs setup.sh "/proc/$other/cmdline" || ps -p "$other" -o args= 2>/dev/null | grep -q setup.sh; then
        fail "another set-up is running here (process $other).
  Wait for it to end, then run the same command again."
    fi
    say "The last set-up did not end: starting again from an empty .venv."
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11 python3.14
    fi
    for candidate in "$@"; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            say "$candidate"
            return
        fi
    done
    return 1
}

explain_python() {
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="no Python"
    case $(package_manager) in
        apt-get) how="sudo apt-get install python3 python3-venv  (Debian 12, Ubuntu 24.04 or newer)" ;;
        brew) how="brew install python@3.12" ;;
        dnf) how="sudo dnf install python3.12" ;;
        pacman) how="sudo pacman -S python" ;;
        apk) how="sudo apk add python3" ;;
        *) how="see https://www.python.org/downloads/" ;;
    esac
    fail "Food Court needs Python 3.11 or newer, and found ${found}.
  Install one:           $how
  Or name one you have:  make setup PYTHON=/path/to/python3.12"
}

can_make_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

create_venv() {
    python=$(find_python) || explain_python
    if ! can_make_venvs "$python"; then
        # Debian and Ubuntu keep this part of Python in a package of its own.
        package=$(basename "$python")-venv
        [ "$(package_manager)" != apt-get ] || install_system_package "$package" || true
        can_make_venvs "$python" || fail "$("$python" --version) cannot make virtual environments here.
  On Debian and Ubuntu:       sudo apt-get install $package
  Or name another Python:     make setup PYTHON=/path/to/python3.12"
    fi
    say "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    mkdir .venv
    say $$ >"$unfinished_file"
    "$python" -m venv .venv || fail "$python -m venv .venv did not work; its message stands above."
}

# PIP_USER=0: where pip's configuration says `user = true`, pip would refuse to work in a virtual environment.
# PIP_NO_INPUT: an index that wants a password must not make us wait for one.
# TMPDIR: a pip that is killed leaves what it unpacked, and the next set-up clears .venv away.
pip_settings() {
    export PIP_USER=0 PIP_NO_INPUT=1 PIP_NO_DEPS=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
    TMPDIR=$(pwd)/.venv/.tmp
    export TMPDIR
}

# Prints the names of two files that hold half of the lock file each.
halves() {
    for half in 0 1; do
        awk "NR % 2 == $half" requirements.lock >".venv/.tmp/half$half"
        say ".venv/.tmp/half$half"
    done
}

# Sends pip's output to the log, prints a line now and then, and is true when pip succeeded.
show_progress() {
    count=0
    ended=1
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case $line in
            Collecting* | Processing*)
                count=$((count + 1))
                [ $((count % 25)) -ne 0 ] || say "  fetched $count of about $total"
                ;;
            "pip ended with "*) ended=${line#pip ended with } ;;
        esac
    done
    [ "$ended" -eq 0 ]
}

# The lock file names every package, the developers' tools among them, so pip has nothing to resolve (--no-deps),
# and what builds our own package is there by then (--no-build-isolation). The pip of an older Python takes twice as
# long as the one in the lock file, so that comes first. pip does one thing at a time, so two of them install half of
# the packages each, and --no-compile leaves modules to compileall, which uses every core.
install_python_packages() {
    total=$(grep -c == requirements.lock)
    say "Installing about $total Python packages into .venv: a minute or two the first time (log: $log) ..."
    : >"$log"
    {
        pip_settings
        pip=".venv/bin/python -m pip install"
        # shellcheck disable=SC2086 # these are words
        $pip "$(grep ^pip== requirements.lock)" && halves | xargs -n 1 -P 2 $pip --no-compile -r &&
            $pip --no-build-isolation --editable . && status=0 || status=$?
        say "pip ended with $status"
    } </dev/null 2>&1 | show_progress || {
        tail -n 15 "$log" >&2
        fail "pip could not install the packages (its last lines stand above, all of them in $log).
  Mend what it names, the network perhaps, and run the same command again."
    }
}

# Some packages carry files that are no Python 3 on purpose, so its exit status says nothing.
compile_modules() { .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true; }

prepare_venv() {
    refuse_a_second_setup
    if can_update; then
        say $$ >"$unfinished_file"
        rm -f "$done_file"
    else
        create_venv
    fi
    mkdir -p .venv/.tmp
    install_python_packages
    compile_modules
    made_from >"$done_file"
    rm -r .venv/.tmp "$unfinished_file"
    say "Python packages ready."
}

is_ready || prepare_venv
if [ "${1:-}" = --tests ]; then
    provide_system_packages rabbitmq-server bubblewrap chromium
else
    provide_system_packages rabbitmq-server bubblewrap
fi

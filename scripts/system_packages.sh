# The part of scripts/setup.sh that asks the machine's own package manager for what no wheel carries.
# Read by setup.sh, which brings `say` and `on_path`; packages go by their names in Debian.

tried_file=.venv/.setup-tried # packages that we tried to install, one a line

# True when the machine has it. Debian and Homebrew keep servers in folders that are not on everybody's PATH.
has_system_package() {
    case $1 in
        rabbitmq-server)
            on_path rabbitmq-server || [ -x /usr/sbin/rabbitmq-server ] ||
                [ -x /opt/homebrew/sbin/rabbitmq-server ] || [ -x /usr/local/sbin/rabbitmq-server ]
            ;;
        bubblewrap) on_path bwrap || [ "$(uname)" != Linux ] ;; # it sandboxes with Linux's namespaces
        chromium)
            on_path chromium || on_path chromium-browser || on_path google-chrome ||
                [ -d "/Applications/Google Chrome.app" ]
            ;;
    esac
}

purpose() {
    case $1 in
        rabbitmq-server) say "the RabbitMQ chapter" ;;
        bubblewrap) say "the sandbox for grading other people's work" ;;
        chromium) say "the tests that look at pages in a browser" ;;
    esac
}

package_manager() {
    for manager in apt-get dnf pacman apk brew; do
        if on_path "$manager"; then
            say "$manager"
            return
        fi
    done
    say none
}

# The same thing under the name that this package manager has for it.
local_name() {
    case $(package_manager):$1 in
        pacman:rabbitmq-server | brew:rabbitmq-server) say rabbitmq ;;
        brew:chromium) say google-chrome ;; # macOS refuses Homebrew's chromium: it is not signed
        *) say "$1" ;;
    esac
}

command_to_type() {
    names=
    for package in "$@"; do names="$names $(local_name "$package")"; done
    sudo="sudo "
    [ "$(id -u)" -ne 0 ] || sudo=
    case $(package_manager) in
        apt-get) say "${sudo}apt-get install$names" ;;
        dnf) say "${sudo}dnf install$names" ;;
        pacman) say "${sudo}pacman -S$names" ;;
        apk) say "${sudo}apk add$names" ;;
        brew) say "brew install$names" ;;
        none) say "install$names with your system's package manager" ;;
    esac
}

# Prints what to put before the package manager's command (nothing for root), or fails: no right to install.
right_to_install() {
    [ "${SYSTEM_PACKAGES:-yes}" != no ] || return 1
    if [ "$(package_manager)" = brew ]; then
        [ "$(id -u)" -ne 0 ] # Homebrew needs no rights, and refuses to work for root
    elif [ "$(id -u)" -ne 0 ]; then
        # -n: better to go without the package than to wait for a password
        on_path sudo && sudo -n true 2>/dev/null && say "sudo -n"
    fi
}

# apt's list of what there is gets fetched only where the one at hand does not do.
apt_install() {
    name=$1
    # shellcheck disable=SC2086  # $prefix is no word, or two
    set -- $prefix env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=60 -q -y
    "$@" install --no-install-recommends "$name" ||
        { "$@" update && "$@" install --no-install-recommends "$name"; }
}

run_package_manager() {
    case $(package_manager) in
        apt-get) apt_install "$1" ;;
        dnf) $prefix dnf install -y "$1" ;;
        pacman) $prefix pacman -S --needed --noconfirm "$1" ;;
        apk) $prefix apk add "$1" ;;
        brew) brew install "$1" ;;
        none) echo "no package manager that we know" && return 1 ;;
    esac
}

install_system_package() {
    prefix=$(right_to_install) || return 1
    say "Installing $(local_name "$1") with $(package_manager) ..."
    output=$(run_package_manager "$(local_name "$1")" </dev/null 2>&1) && return
    say "  that did not work:"
    printf '%s\n' "$output" | tail -n 3
    return 1
}

# Debian's package starts a broker, and Erlang's name server with it, now and at every boot. The workbook runs its
# own, so we undo that. What was on the machine before us stays as it was.
stop_system_broker() {
    if [ -d /run/systemd/system ]; then
        # shellcheck disable=SC2086  # several services
        $prefix systemctl disable --now $services
    elif [ -f /run/rabbitmq/pid ]; then
        $prefix /etc/init.d/rabbitmq-server stop
        $prefix epmd -kill # refuses while other Erlang programs need it
    fi >/dev/null 2>&1 || true
}

install_rabbitmq() {
    services=rabbitmq-server
    on_path epmd || services="$services epmd.socket epmd.service"
    install_system_package rabbitmq-server && stop_system_broker
}

# Each package is tried once and by itself: one that cannot be had neither keeps the others away nor slows every
# later run down.
try_to_install() {
    if grep -qx "$1" "$tried_file" 2>/dev/null || ! right_to_install >/dev/null; then return; fi
    say "$1" >>"$tried_file"
    case $1 in
        rabbitmq-server) install_rabbitmq ;;
        *) install_system_package "$1" ;;
    esac || true
}

# Installs what it may of the packages named, and says what will be missing; never fails.
provide_system_packages() {
    missing=
    for package in "$@"; do
        has_system_package "$package" || try_to_install "$package"
        has_system_package "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Food Court works on this machine, but without"
    for package in $missing; do say "  $package: $(purpose "$package")"; done
    # shellcheck disable=SC2086  # one argument a package
    say "To have it too:  $(command_to_type $missing)"
}

#!/bin/sh
# Installs the Debian packages named as arguments, as root, and sees to it that none of their services runs,
# neither now nor after the next boot. Called by install-servers.mjs.
set -eu

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
mark='# temporary, by the set-up of reanimator'

# One at a time, for they share that file.
exec 9>/run/reanimator-install.lock
flock 9

# invoke-rc.d asks this file whether a package may start its service; 101 means no.
# One that is there already belongs to somebody else, unless it is what a killed run of ours left behind.
if [ ! -e "$policy" ] || grep -qxF "$mark" "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi

# DPkg::Lock::Timeout waits for dpkg's lock but not for the one of the package lists: try that one again.
update() {
  attempt=0
  until apt-get -q update >"$lists" 2>&1; do
    cat "$lists"
    attempt=$((attempt + 1))
    if [ "$attempt" -ge 60 ] || ! grep -q 'Could not get lock' "$lists"; then return 1; fi
    sleep 5
  done
  cat "$lists"
}

install() {
  apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install -y --no-install-recommends "$@"
}

known() {
  for package in "$@"; do
    apt-cache policy "$package" | grep -q 'Candidate: [0-9]' || return 1
  done
}

lists=$(mktemp)
if known "$@"; then
  # The lists may be old, so that the archive no longer has the version they name.
  install "$@" || { update && install "$@"; }
else
  update
  install "$@"
fi
rm -f "$lists"

if [ -d /run/systemd/system ]; then
  for unit in mariadb redis-server; do
    case " $* " in *" $unit"*) systemctl disable --now "$unit" || true ;; esac
  done
fi

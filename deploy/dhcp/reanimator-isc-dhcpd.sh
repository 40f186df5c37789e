#!/bin/sh
# For ISC dhcpd's execute(): EVENT IP [MAC [VENDOR-CLASS [HOSTNAME [CLIENT-ID [RELAY]]]]], EVENT = commit | release | expire.
# dhcpd waits for its scripts, so this one must end at once. README.md has the dhcpd.conf that goes with it.

case $1 in
  commit | release | expire) ;;
  expiry) shift && set -- expire "$@" ;;
  *) exit 0 ;;
esac
case $2 in '' | *:*) exit 0 ;; esac

here=${0%/*}
# shellcheck source=reanimator-dhcp-lib.sh
. "$here/reanimator-dhcp-lib.sh"
load_config

# binary-to-ascii drops leading zeros: 0:c:29:1:2:3 is 00:0c:29:01:02:03.
padded() {
  case $1 in *[!0-9A-Fa-f:]* | '') printf %s "$1" && return ;; esac
  octets=
  rest=$1:
  while [ -n "$rest" ]; do
    octet=${rest%%:*}
    rest=${rest#*:}
    case $octet in ?) octet=0$octet ;; esac
    octets=${octets:+$octets:}$octet
  done
  printf %s "$octets"
}

mac=$(padded "${3-}")
# `hardware` begins with the hardware type (1: Ethernet) where the configuration does not cut it off.
case $mac in 01:??:??:??:??:??:??) mac=${mac#01:} ;; esac

spool_lease isc "$1" "$2" "$mac" "$(padded "${6-}")" "${5-}" "${4-}" '' "${7-}"
start_sender

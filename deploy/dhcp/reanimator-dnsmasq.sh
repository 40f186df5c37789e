#!/bin/sh
# For dnsmasq's --dhcp-script: add|old|del MAC IP [HOSTNAME], more in DNSMASQ_*.

case $1 in
  add | old) event=commit ;;
  del)
    # One word for both; a lease that still has time left was given back.
    event=expire
    case ${DNSMASQ_LEASE_EXPIRES-} in
      '' | *[!0-9]*) ;;
      *) [ "$DNSMASQ_LEASE_EXPIRES" -gt "$(date +%s)" ] && event=release ;;
    esac
    ;;
  *) exit 0 ;; # init, tftp, arp-add, arp-del, relay-snoop
esac
case $3 in '' | *:*) exit 0 ;; esac # DHCPv6

here=${0%/*}
# shellcheck source=reanimator-dhcp-lib.sh
. "$here/reanimator-dhcp-lib.sh"
load_config

spool_lease dnsmasq "$event" "$3" "$2" "${DNSMASQ_CLIENT_ID-}" "${4:-${DNSMASQ_SUPPLIED_HOSTNAME-}}" \
  "${DNSMASQ_VENDOR_CLASS-}" '' "${DNSMASQ_RELAY_ADDRESS-}"
start_sender

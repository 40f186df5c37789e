#!/bin/sh
# For Kea's libdhcp_run_script: the hook's name is the argument, the lease is in the environment.
# https://kea.readthedocs.io/en/latest/arm/hooks.html#run-script

case $1 in
  leases4_committed | lease4_release | lease4_expire | lease4_decline) ;;
  # lease4_renew is no proof of a renewal (it fires for a DISCOVER, too), and leases4_committed follows a real one.
  # lease4_recover, lease6_*: nothing that the hub wants to know.
  *) exit 0 ;;
esac

here=${0%/*}
# shellcheck source=reanimator-dhcp-lib.sh
. "$here/reanimator-dhcp-lib.sh"
load_config

# spool_at EVENT PREFIX: the prefix is ours, so that no foreign text gets into eval.
spool_at() {
  event=$1
  state=
  eval "ip=\${$2ADDRESS-} mac=\${$2HWADDR-} client=\${$2CLIENT_ID-} host=\${$2HOSTNAME-} subnet=\${$2SUBNET_ID-} state=\${$2STATE-}"
  # A declined or reclaimed address is nobody's.
  case $event-$state in commit-declined | commit-expired-reclaimed) event=release ;; esac
  # shellcheck disable=SC2154
  spool_lease kea "$event" "$ip" "$mac" "$client" "$host" '' "$subnet" "${QUERY4_GIADDR-}"
}

# spool_all EVENT PREFIX COUNT: one packet may commit or delete several leases.
spool_all() {
  case $3 in '' | *[!0-9]*) return ;; esac
  index=0
  while [ "$index" -lt "$3" ]; do
    spool_at "$1" "$2${index}_"
    index=$((index + 1))
  done
}

case $1 in
  leases4_committed)
    spool_all release DELETED_LEASES4_AT "${DELETED_LEASES4_SIZE-}"
    spool_all commit LEASES4_AT "${LEASES4_SIZE-}"
    ;;
  lease4_expire) spool_at expire LEASE4_ ;;
  *) spool_at release LEASE4_ ;;
esac
start_sender

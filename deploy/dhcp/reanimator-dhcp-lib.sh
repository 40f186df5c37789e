# shellcheck shell=sh
# Sourced by the reanimator-*.sh hooks beside it, which set `here`. POSIX sh (dash, busybox ash, bash).
# A hook only writes one small file per lease and starts the sender in the background: a DHCP server never waits for us.

# Kea runs its scripts with nothing in the environment but the lease, without even a PATH.
PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077

# Hooks have no terminal: syslog. The sender under cron or systemd sets SAY=stderr.
say() {
  if [ "${SAY:-syslog}" = syslog ] && logger -t reanimator-dhcp -p daemon.warning -- "$*" 2>/dev/null; then return; fi
  printf 'reanimator-dhcp: %s\n' "$*" >&2
}

# HUB_URL, SECRET_FILE and SPOOL_DIR, and what README.md lists besides. The file is shell: only root may write it.
load_config() {
  conf=${REANIMATOR_DHCP_CONF:-/etc/reanimator/dhcp.conf}
  if ! [ -r "$conf" ]; then
    say "cannot read $conf: nothing is sent"
    exit 1
  fi
  # shellcheck disable=SC1090
  . "$conf"
  : "${SPOOL_DIR:=/var/spool/reanimator-dhcp}"
}

# What the awk program below turns into one line of JSON. Host names and vendor classes come from whoever plugs a machine
# in: quotes, control characters and bytes that are not UTF-8 (these become U+FFFD) must not break the line. awk reads the
# values from its environment, since -v would interpret backslashes.
# lease_json SOURCE EVENT IP MAC CLIENT-ID HOSTNAME VENDOR-CLASS SUBNET-ID RELAY AT; empty is null
# shellcheck disable=SC2016
lease_awk='
function continuation(at) { return at > 127 && at < 192 }
function escaped(text,   out, i, n, a, b, c, d, size, bad) {
  out = ""; n = length(text)
  for (i = 1; i <= n; i += size) {
    a = ord[substr(text, i, 1)]; b = ord[substr(text, i + 1, 1)] + 0
    c = ord[substr(text, i + 2, 1)] + 0; d = ord[substr(text, i + 3, 1)] + 0
    size = 1; bad = 0
    if (a == 34 || a == 92) { out = out "\\" substr(text, i, 1); continue }
    if (a < 32 || a == 127) { out = out sprintf("\\u%04x", a); continue }
    if (a >= 194 && a < 224 && continuation(b)) size = 2
    else if (a >= 224 && a < 240 && continuation(b) && continuation(c)) {
      if ((a == 224 && b < 160) || (a == 237 && b > 159)) bad = 1; else size = 3
    } else if (a >= 240 && a < 245 && continuation(b) && continuation(c) && continuation(d)) {
      if ((a == 240 && b < 144) || (a == 244 && b > 143)) bad = 1; else size = 4
    } else if (a > 127) bad = 1
    out = out (bad ? "\\ufffd" : substr(text, i, size))
  }
  return out
}
BEGIN {
  for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i
  n = split("source event ip mac clientId hostname vendorClass subnetId relay at", names, " ")
  line = "{"
  for (i = 1; i <= n; i++) {
    value = ENVIRON["LEASE_" i]
    line = line (i > 1 ? "," : "") "\"" names[i] "\":" (value == "" ? "null" : "\"" escaped(value) "\"")
  }
  print line "}"
}'
lease_json() {
  LEASE_1=$1 LEASE_2=$2 LEASE_3=$3 LEASE_4=$4 LEASE_5=$5 LEASE_6=$6 LEASE_7=$7 LEASE_8=$8 LEASE_9=$9 LEASE_10=${10} \
    awk "$lease_awk" </dev/null
}

# What happened, into the spool: written aside, then renamed, so that the sender never sees half a file.
# spool_lease SOURCE EVENT IP MAC CLIENT-ID HOSTNAME VENDOR-CLASS SUBNET-ID RELAY
spooled=0
spool_lease() {
  stamp=$(date -u '+%s %N %Y-%m-%dT%H:%M:%S')
  seconds=${stamp%% *}
  nanos=${stamp#* }
  nanos=${nanos%% *}
  at=${stamp##* }
  case $nanos in
    *[!0-9]* | '') # busybox date has no %N; within one second the uptime keeps the order
      nanos=0
      if read -r nanos _ 2>/dev/null </proc/uptime; then nanos=$(printf '%012.2f' "$nanos"); fi
      ;;
    *) at=$at.${nanos%??????} ;;
  esac
  spooled=$((spooled + 1))
  name=$seconds.$nanos-$$-$spooled.json
  case $9 in 0.0.0.0) set -- "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" '' ;; esac
  if ! mkdir -p "$SPOOL_DIR/tmp" "$SPOOL_DIR/new" "$SPOOL_DIR/rejected" 2>/dev/null ||
    ! lease_json "$@" "${at}Z" 2>/dev/null >"$SPOOL_DIR/tmp/$name" ||
    ! mv "$SPOOL_DIR/tmp/$name" "$SPOOL_DIR/new/$name"; then
    say "cannot write to $SPOOL_DIR: $2 of $3 for $4 is lost"
    rm -f "$SPOOL_DIR/tmp/$name"
    exit 1
  fi
}

# Closes what the DHCP server had open: Kea 2.2 hands its sockets, lease file and lock files down to its scripts, and the
# sender may outlive it. dash can name descriptors of one digit only; bash and busybox ash can name all of them.
# shellcheck disable=SC2016
close_and_run='for fd in /proc/self/fd/*; do
  fd=${fd##*/}
  case $fd in
    0|1|2|*[!0-9]*) ;;
    *) if (eval "exec $fd>&-") 2>/dev/null; then eval "exec $fd>&-"; fi ;;
  esac
done
exec "$@"'

start_sender() {
  [ "$spooled" -gt 0 ] || return 0
  shell='sh'
  if command -v bash >/dev/null 2>&1; then shell='bash'; fi
  leader='setsid'
  if ! command -v setsid >/dev/null 2>&1; then leader='nohup'; fi
  # shellcheck disable=SC2154
  (
    exec </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    $leader $shell -c "$close_and_run" reanimator sh "$here/reanimator-dhcp-send.sh" --syslog &
  )
}

#!/bin/sh
# Sends what the hooks spooled, oldest first. Started by every hook, and by reanimator-dhcp-send.timer for what was left.
# Ends with 0 when nothing is left, 1 when something is (and says why).

case ${1-} in --syslog) SAY=syslog ;; *) SAY=stderr ;; esac
here=${0%/*}
# shellcheck source=reanimator-dhcp-lib.sh
. "$here/reanimator-dhcp-lib.sh"
load_config
: "${HUB_URL:=}" "${SECRET_FILE:=/etc/reanimator/dhcp.secret}" "${CA_FILE:=}" "${AUTH:=auto}"
: "${CONNECT_TIMEOUT:=3}" "${SEND_TIMEOUT:=10}" "${MAX_SPOOLED:=10000}"

give_up() {
  say "$1"
  exit 1
}

# --- one sender at a time -------------------------------------------------------------------------------------------

lock=$SPOOL_DIR/lock
# flock(1) where there is one: the kernel lets go when the holder dies.
if [ "${LOCK:-flock}" = flock ] && command -v flock >/dev/null 2>&1; then
  take_lock() {
    touch "$lock.flock" 2>/dev/null || give_up "cannot write to $SPOOL_DIR: run as the user of the DHCP server"
    exec 9>>"$lock.flock"
    flock -n 9
  }
  drop_lock() { exec 9>&-; }
  keep_lock() { :; }
else
  take_lock() {
    if mkdir "$lock" 2>/dev/null; then
      printf '%s\n' $$ >"$lock/pid"
      return 0
    fi
    # Its holder lives while the process does, and touches the lock before each file (so that a reused pid does not count).
    read -r holder 2>/dev/null <"$lock/pid" || holder=
    old=$(find "$lock" -mmin +5 2>/dev/null)
    if [ -z "$old" ] && { [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null; }; then return 1; fi
    # Only one may break a stale lock, or two could take it.
    find "$lock.breaking" -prune -mmin +5 -exec rmdir {} \; 2>/dev/null
    mkdir "$lock.breaking" 2>/dev/null || return 1
    read -r now 2>/dev/null <"$lock/pid" || now=
    if [ "$now" = "$holder" ]; then rm -rf "$lock"; fi
    rmdir "$lock.breaking"
    mkdir "$lock" 2>/dev/null && printf '%s\n' $$ >"$lock/pid"
  }
  drop_lock() { rm -rf "$lock"; }
  keep_lock() { touch "$lock" "$lock/pid"; }
fi

# --- the signature --------------------------------------------------------------------------------------------------

if command -v sha256sum >/dev/null 2>&1; then
  sha256() { sha256sum | cut -c 1-64; }
elif command -v openssl >/dev/null 2>&1; then
  sha256() { openssl dgst -sha256 -r | cut -c 1-64; }
else
  sha256() { return 1; }
fi

# hex in $1 (pairs, no spaces), xor'ed with $2, as printf escapes
octal() {
  rest=$1
  escapes=
  while [ -n "$rest" ]; do
    pair=${rest%"${rest#??}"}
    rest=${rest#??}
    byte=$((0x$pair ^ $2))
    escapes=$escapes\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))
  done
  printf %s "$escapes"
}

# RFC 2104 by hand: `openssl dgst -hmac` takes the key as an argument, where every user of the machine can read it.
prepare_hmac() {
  key=$(printf %s "$secret" | od -An -v -tx1 | tr -d ' \n')
  if [ "${#key}" -gt 128 ]; then key=$(printf %s "$secret" | sha256); fi
  while [ "${#key}" -lt 128 ]; do key=${key}00; done
  inner_pad=$(octal "$key" 0x36)
  outer_pad=$(octal "$key" 0x5c)
}

# signature FILE
# shellcheck disable=SC2059
signature() {
  time=$(date +%s)
  inner=$({ printf "$inner_pad" && printf '%s.' "$time" && cat "$1"; } | sha256)
  printf 't=%s,v1=%s' "$time" "$({ printf "$outer_pad" && printf "$(octal "$inner" 0)"; } | sha256)"
}

read_secret() {
  if [ -n "$(find -H "$SECRET_FILE" -prune -perm -004 2>/dev/null)" ]; then
    give_up "everybody can read $SECRET_FILE: chmod 0640 it"
  fi
  { IFS= read -r secret || [ -n "$secret" ]; } 2>/dev/null <"$SECRET_FILE" || give_up "cannot read a secret from $SECRET_FILE"
  if [ "$AUTH" = auto ]; then
    AUTH=hmac
    if [ -z "$(printf '' | sha256)" ]; then AUTH=bearer; fi
    case $AUTH$HUB_URL in
      bearerhttp:*) give_up "the secret does not go over plain HTTP: use https, or install sha256sum or openssl" ;;
    esac
  fi
  if [ "$AUTH" = hmac ]; then prepare_hmac; fi
}

# --- HTTP: each client prints the status, 000 where there was no answer ------------------------------------------------

# The secret reaches curl through a pipe, wget through a private file: arguments can be read by every user of the machine.
post_curl() {
  # curl's config file knows \\ and \" inside quotes.
  printf 'header = "%s"\n' "$(printf %s "$2" | sed 's/[\\"]/\\&/g')" |
    curl -q --config - --silent --output /dev/null --write-out '%{http_code}' --connect-timeout "$CONNECT_TIMEOUT" \
      --max-time "$SEND_TIMEOUT" ${CA_FILE:+--cacert "$CA_FILE"} --header 'Content-Type: application/json' \
      --data-binary "@$1" --url "$HUB_URL"
}

status_of() {
  status=$(sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | tail -n 1)
  printf %s "${status:-000}"
}

within() {
  if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift && "$@"; fi
}

post_wget() {
  printf 'header = %s\n' "$2" >"$SPOOL_DIR/tmp/wgetrc"
  within "$SEND_TIMEOUT" wget --config="$SPOOL_DIR/tmp/wgetrc" --tries=1 --max-redirect=0 \
    --connect-timeout="$CONNECT_TIMEOUT" --read-timeout="$SEND_TIMEOUT" ${CA_FILE:+--ca-certificate="$CA_FILE"} \
    --header='Content-Type: application/json' --post-file="$1" --server-response --output-document=/dev/null \
    "$HUB_URL" 2>&1 | status_of
  rm -f "$SPOOL_DIR/tmp/wgetrc"
}

# busybox takes headers as arguments only: a signature may be seen, the secret itself may not.
post_busybox() {
  within "$SEND_TIMEOUT" wget -S -O /dev/null --header "$2" --header 'Content-Type: application/json' --post-file "$1" \
    "$HUB_URL" 2>&1 | status_of
}

choose_client() {
  if [ "${CLIENT:-curl}" = curl ] && command -v curl >/dev/null 2>&1; then
    client=post_curl
  elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
    client=post_wget
  elif command -v wget >/dev/null 2>&1; then
    client=post_busybox
    if [ "$AUTH" = bearer ]; then give_up "this wget would show the secret in the process list: install curl"; fi
  else
    give_up 'neither curl nor wget is here: nothing can be sent'
  fi
}

# --- the spool --------------------------------------------------------------------------------------------------------

# keep_newest FOLDER: drops the oldest files over MAX_SPOOLED
keep_newest() {
  set -- "$1" "$1"/*.json
  folder=$1
  shift
  over=$(($# - MAX_SPOOLED))
  if [ "$over" -gt 0 ]; then
    say "more than $MAX_SPOOLED files in $folder: dropping the oldest $over"
    while [ "$over" -gt 0 ]; do
      rm -f "$1"
      shift
      over=$((over - 1))
    done
  fi
}

something_spooled() {
  for file in "$SPOOL_DIR"/new/*.json; do
    [ -e "$file" ] && return 0
  done
  return 1
}

send_all() {
  keep_newest "$SPOOL_DIR/new"
  for file in "$SPOOL_DIR"/new/*.json; do
    [ -e "$file" ] || continue
    keep_lock
    if [ "$AUTH" = hmac ]; then
      header="X-Reanimator-Signature: $(signature "$file")"
    else
      header="Authorization: Bearer $secret"
    fi
    status=$($client "$file" "$header" 9>&-)
    case $status in
      2??) rm -f "$file" ;;
      # Nothing wrong with the file, but with the way to the hub, its address, the secret or the clock: all others would
      # fail likewise.
      401 | 403 | 404 | 405 | 407 | 408 | 421 | 425 | 426 | 429) give_up "$HUB_URL answered $status: will try again" ;;
      4??)
        say "$HUB_URL answered $status to ${file##*/}: it is in $SPOOL_DIR/rejected now"
        mv "$file" "$SPOOL_DIR/rejected/"
        keep_newest "$SPOOL_DIR/rejected"
        ;;
      000 | '') give_up "no answer from $HUB_URL: will try again" ;;
      *) give_up "$HUB_URL answered $status: will try again" ;;
    esac
  done
}

# A hook that spools while we hold the lock counts on us, so look once more after letting go.
while something_spooled; do
  take_lock || exit 0
  trap drop_lock EXIT
  trap 'exit 1' HUP INT TERM
  if [ -z "${client-}" ]; then
    [ -n "$HUB_URL" ] || give_up "HUB_URL is not set in $conf"
    read_secret
    choose_client
  fi
  send_all
  trap - EXIT
  drop_lock
done

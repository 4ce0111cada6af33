#!/usr/bin/env bash
# curl or wget, which the first argument names, by hand: a form of one line, and the body of the answer.
set -euo pipefail
program=$1
grant=grant_type=client_credentials

post() { # PATH FORM [SECRET]
  local secret=${3:-$CLIENT_SECRET}
  case $program in
    curl) curl -sS --noproxy '*' -K - -d "$2" "$ISSUER$1" <<<"user = \"$CLIENT_ID:$secret\"" ;;
    wget)
      # It waits to be challenged, and ends with an error where it is refused.
      wget -q -O - --no-proxy --content-on-error --user="$CLIENT_ID" --password="$secret" \
        --post-data="$2" "$ISSUER$1" || true
      ;;
  esac
}

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
fetch() { post /oauth/token "$grant" | member access_token; }
is_active() { post /oauth/introspect "token=$1" | grep -q '"active":true' && echo true || echo false; }
say() { printf '{"step":"%s","%s":%s}\n' "$@"; }

granted() { # STEP ANSWER
  printf '{"step":"%s","account":"%s","lease":"%s"}\n' \
    "$1" "$(member account <<<"$2")" "$(member lease_id <<<"$2")"
  [ "$STEPS" != "$1" ] || exit 0
}

refused() { # STEP ANSWER
  printf '{"step":"%s","error":"%s","description":"%s"}\n' \
    "$1" "$(member error <<<"$2")" "$(member error_description <<<"$2")"
}

life() {
  local first token
  first=$(post /oauth/token "$grant")
  granted token "$first"
  granted again "$(post /oauth/token "$grant")"
  token=$(member access_token <<<"$first")
  say introspect active "$(is_active "$token")"
  say revoke ok "$(post /oauth/revoke "token=$token" | grep -q lease_id && echo true || echo false)"
  say ended active "$(is_active "$token")"
  granted renewed "$(post /oauth/token "$grant")"
  refused 'wrong secret' "$(post /oauth/token "$grant" wrong)"
  refused 'wrong account' "$(post /oauth/token "$grant&audience=sftpgo/nobody")"
}

expiry() {
  local first
  first=$(fetch)
  say kept ok "$([ "$(fetch)" = "$first" ] && echo true || echo false)"
  while [ "$(is_active "$first")" = true ]; do sleep 0.2; done
  say expired active "$(is_active "$(fetch)")"
}

if [ "$STEPS" = expiry ]; then expiry; else life; fi

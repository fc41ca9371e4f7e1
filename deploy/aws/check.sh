#!/usr/bin/env bash
# Walks a deployed hub: 40 requests through its gateway, then an alert that only the tick can open. What it makes it removes.
# usage: deploy/aws/check.sh STAGE URL KEY    the key has every scope; without KEY it is that of SIGNALBOX_API_KEY
#        TICK_WAIT_S=150                      for how many seconds it waits for the tick, which comes once a minute
# ends:  0 all is well   1 something is not   2 it could not begin: usage, address, or key
set -u

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
fi
stage=$1
url=${2%/}
key=${3:-${SIGNALBOX_API_KEY:-}}
tick_wait_s=${TICK_WAIT_S:-150}
stop() {
  echo "$1" >&2
  exit 2
}
[ -n "$key" ] || stop 'There is no key: give it as the third word, or in SIGNALBOX_API_KEY.'
command -v curl >/dev/null || stop 'This needs curl.'
case $url in
  https://*.execute-api.*/"$stage" | http://127.0.0.1* | http://localhost*) ;;
  https://*.execute-api.*) stop "$url is not the address of the stage $stage: that ends with /$stage." ;;
  https://*) ;;
  *) stop "$url is no address of a gateway: that begins with https://." ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# On the command line other users could read it.
printf 'Authorization: Bearer %s\n' "$key" >"$folder/key"
run=$(date +%s)-$$
machine=check/$run
number=0
failed=0
begun=$(date +%s)

# call METHOD PATH [word of curl…]: leaves status, body and headers
call() {
  local method=$1 path=$2 form=(-X "$1")
  shift 2
  [ "$method" = HEAD ] && form=(--head)
  status=$(curl --silent --show-error --max-time 35 --path-as-is -o "$folder/body" -D "$folder/headers" -w '%{http_code} %{time_total}' \
    "${form[@]}" "$@" "$url$path" 2>"$folder/problem") || status="000 0"
  seconds=${status#* }
  status=${status% *}
  [ "$method" != HEAD ] || : >"$folder/body"
}
ask() {
  local method=$1 path=$2
  shift 2
  call "$method" "$path" -H "@$folder/key" "$@"
}
send() {
  local method=$1 path=$2 body=$3
  shift 3
  ask "$method" "$path" -H 'Content-Type: application/json' --data "$body" "$@"
}
# follow PATH TEXT: a stream, until TEXT has come; a hub that runs does not end it, one on Lambda does after an event
follow() {
  local begun=$SECONDS
  : >"$folder/body"
  : >"$folder/headers"
  curl --silent --no-buffer --max-time 35 -o "$folder/body" -D "$folder/headers" -H "@$folder/key" "$url$1" 2>"$folder/problem" &
  while kill -0 $! 2>/dev/null && ! grep -aqF -- "$2" "$folder/body"; do sleep 0.2; done
  kill $! 2>/dev/null
  wait $! 2>/dev/null
  status=$(sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' "$folder/headers")
  status=${status:-000}
  seconds=$((SECONDS - begun))
}
# verdict NAME STATUS [text of the body] [pattern of a header]: what the last call must have given
verdict() {
  local problem=
  number=$((number + 1))
  if [ "$status" = 000 ]; then problem=$(head -n 1 "$folder/problem")
  elif [[ " $2 " != *" $status "* ]]; then problem="status $status and not ${2// / or }: $(head -c 200 "$folder/body" | tr -d '\n')"
  elif [ -n "${3:-}" ] && ! LC_ALL=C grep -aqF -- "$3" "$folder/body"; then problem="the answer lacks $3: $(head -c 200 "$folder/body" | tr -d '\0\n')"
  elif [ -n "${4:-}" ] && ! grep -aiqE -- "^$4" "$folder/headers"; then problem="no header $4"
  fi
  if [ -z "$problem" ]; then printf 'ok   %2d  %s (%s s)\n' "$number" "$1" "$seconds"
  else
    failed=$((failed + 1))
    printf 'FAIL %2d  %s: %s\n' "$number" "$1" "$problem"
  fi
}
begins() { [ "$(head -c "${#1}" "$folder/body" | tr -d '\0')" = "$1" ]; }

echo "$stage: $url"
call GET /health
[ "$status" != 000 ] || stop "$url cannot be reached: $(head -n 1 "$folder/problem")"
verdict 'health' 200 '"status"' 'content-type: application/json'
ask GET /api/whoami
case $status in
  401 | 403) stop "$url refuses the key ($status)." ;;
esac
verdict 'the key is known' 200 '"authenticated":true'
[[ $(cat "$folder/body") == *'"admin"'* ]] || stop 'The key lacks the scope admin: this needs a key with every scope.'

call GET /health/ready
verdict 'ready, with its database' 200
call GET /sessions
verdict 'without a key, refused' 401 '"error":"unauthorized"'
call GET /sessions -H "Authorization: Bearer wrong-$run"
verdict 'with a wrong key, refused' 401 '"error":"unauthorized"'
call GET /metrics -H 'X-Forwarded-For: 127.0.0.1' -H 'X-Forwarded-Host: localhost'
verdict 'as if from the machine of the hub, refused' 401
call GET /no/such/path
verdict 'an unknown path is answered as JSON' 404 '"error":"not_found"' 'content-type: application/json'

call GET /app
verdict 'the page' 200 '<title>' 'content-type: text/html'
script=$(grep -aoE 'assets/first-[A-Za-z0-9_-]+\.js' "$folder/body" | head -n 1)
call GET "/${script:-assets/none}" -H 'Accept-Encoding: identity'
verdict 'its script, as text' 200 'function' 'content-type: (text|application)/javascript'
etag=$(sed -n 's/^[Ee][Tt][Aa][Gg]: *//p' "$folder/headers" | tr -d '\r')
call GET "/${script:-assets/none}" -H 'Accept-Encoding: br'
verdict 'its script, compressed' 200 '' 'content-encoding: br'
call GET "/${script:-assets/none}" -H "If-None-Match: $etag"
verdict 'its script, unchanged' 304
call GET /icon-192.png
begins $'\x89PNG' || status="$status, in another encoding than bytes"
verdict 'an image, as bytes' 200 '' 'content-type: image/png'
call GET /app/sessions
verdict 'a page below it' 200 '<title>'
ask GET /api/docs/openapi.json -H 'Accept-Encoding: gzip'
begins $'\x1f\x8b' || status="$status, and not compressed"
verdict 'the document of the API, compressed' 200 '' 'content-encoding: gzip'

send POST /machines "{\"machine_id\":\"$machine\",\"hostname\":\"check ä\",\"docker_slots\":[1]}"
verdict 'a machine with a slash in its name' 201 "$machine"
ask GET "/machines/${machine/\//%2F}"
verdict 'the machine, by its name' 200 'check ä'
new="{\"project_id\":\"check ü+&\",\"machine_id\":\"$machine\",\"docker_slot\":1}"
send POST /sessions "$new" -H "Idempotency-Key: $run"
verdict 'a session' 201 "$machine"
session=$(grep -aoE '"session_id":"[^"]+"' "$folder/body" | head -n 1 | cut -d '"' -f 4)
session=${session:-none}
send POST /sessions "$new" -H "Idempotency-Key: $run"
verdict 'the session once more, which changes nothing' 201 "$session" 'idempotent-replayed: true'
send POST /sessions "{\"session_id\":\"$session\",${new#\{}"
verdict 'another session of the same id, refused' 409
send POST /sessions '{"project_id":'
verdict 'half of a body, refused' 400
ask GET "/sessions/$session"
verdict 'the session' 200 '"status":"active"'
ask HEAD "/sessions/$session"
verdict 'the session, by its headers' 200
ask GET '/sessions?status=failed&status=active&limit=100'
verdict 'sessions in one of two states' 200 "$session"
ask GET '/sessions?status=completed&status=archived&limit=1'
LC_ALL=C grep -aqF -- "$session" "$folder/body" && status="$status, with a session of another state"
verdict 'sessions in one of two other states' 200
ask GET /sessions/by-project/check%20%C3%BC%2B%26
verdict 'sessions of a project with special characters' 200 "$session"
ask GET "/sessions?session_id_prefix=${session:0:8}&limit=100"
verdict 'sessions by the beginning of their ids' 200 "$session"
send PUT "/sessions/$session" '{"metadata":{"from":"check.sh"}}'
verdict 'a change of the session' 200 check.sh
printf '{"session_id":"%s","task_name":"check the gateway"}' "$session" | gzip >"$folder/task.gz"
ask POST /tasks -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary "@$folder/task.gz"
verdict 'a task, sent compressed' 201 'check the gateway'
ask GET "/sessions/$session/tasks"
verdict 'the tasks of the session' 200 'check the gateway'
ask GET '/events?format=json&types=session.created&limit=100'
verdict 'the log of events' 200 "$session"
event=$(grep -aoE '"id":[0-9]+' "$folder/body" | head -n 1 | tr -dc 0-9)
follow "/events?types=session.created&after=$((${event:-1} - 1))" 'event: session.created'
verdict 'the stream of events' 200 'event: session.created' 'content-type: text/event-stream'
ask GET /api/claude-usage
verdict 'usage' 200
ask GET /api/claude/console-usage
verdict 'plan limits, or none yet' '200 404'
ask GET /api/alert-rules
verdict 'the rules of alerts' 200
ask GET /api/audit
verdict 'the audit log' 200
ask GET /metrics
verdict 'metrics' 200 signalbox_build_info
send POST /mcp '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"check","version":"1"}}}' \
  -H 'Accept: application/json, text/event-stream'
verdict 'the tools for models' 200 '"serverInfo"'
# As a browser would.
origin=$(printf %s "$url" | grep -oE '^https?://[^/]+')
printf '{"key":"%s"}' "$key" >"$folder/login"
sign_in() { call POST /api/login -H 'Content-Type: application/json' -H "Origin: $origin" --data "@$folder/login"; }
sign_in
# A gateway on this machine has no certificate, and says https to the hub as AWS does.
case "$status $url" in "403 http:"*) origin=https${origin#http} && sign_in ;; esac
verdict 'sign in' 200 '' 'set-cookie: .*HttpOnly'
cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: *\([^;]*\).*/\1/p' "$folder/headers" | head -n 1 | tr -d '\r')
call GET /api/whoami -H "Cookie: $cookie"
verdict 'the signed-in browser is known' 200 '"authenticated":true'
call POST /api/logout -H "Cookie: $cookie" -H "Origin: $origin"
verdict 'sign out' '200 204'

requests=$number
requests_failed=$failed

# Requests judge no alerts. The rule is about this machine only, and sends nothing to anyone.
send POST /api/alert-rules "{\"kind\":\"no_free_slot\",\"name\":\"check $run\",\"channels\":[],\"filter\":{\"machine_id\":[\"$machine\"]},\"parameters\":{\"after_ms\":0,\"of\":\"machine\"}}"
rule=$(grep -aoE '"rule_id":"[^"]+"' "$folder/body" | cut -d '"' -f 4)
if [ "$status" != 201 ]; then
  failed=$((failed + 1))
  echo "tick: FAIL, no rule of alerts could be made: status $status"
else
  echo "tick: waiting for it, for at most $tick_wait_s s …"
  asked=$(date +%s)
  alert=
  while [ -z "$alert" ] && [ $(($(date +%s) - asked)) -lt "$tick_wait_s" ]; do
    sleep 3
    ask GET "/api/alerts?rule_id=$rule"
    alert=$(grep -aoE '"alert_id":"[^"]+"' "$folder/body" | head -n 1)
  done
  if [ -n "$alert" ]; then echo "tick: ok, it has opened an alert within $(($(date +%s) - asked)) s"
  else
    failed=$((failed + 1))
    echo "tick: FAIL, no alert was opened. Is the schedule on, are ALERTS on, and what is in the log of the tick?"
  fi
  ask DELETE "/api/alert-rules/$rule"
fi

send PUT "/sessions/$session" '{"status":"completed"}'
send POST "/sessions/$session/archive" '{}'
ask DELETE "/sessions/$session/purge?confirm=true"
[ "$status" = 200 ] || echo "The session $session could not be removed ($status): remove it yourself." >&2
ask DELETE "/machines/${machine/\//%2F}/purge?confirm=true"
[ "$status" = 200 ] || echo "The machine $machine could not be removed ($status): remove it yourself." >&2

if command -v aws >/dev/null && [[ $url == https://* ]]; then
  if alarms=$(aws cloudwatch describe-alarms --alarm-name-prefix "signalbox-$stage-" --query 'MetricAlarms[].[AlarmName,StateValue]' --output text 2>/dev/null); then
    printf '%s\n' "${alarms:-no alarms}" | sed 's/^/alarm: /'
    if printf '%s\n' "$alarms" | grep -qE '\bALARM$'; then failed=$((failed + 1)); fi
  else
    echo 'alarms: not asked for, because aws has no rights here'
  fi
fi
echo "$((requests - requests_failed)) of $requests requests are right, in $(($(date +%s) - begun)) s with the tick"
[ "$failed" -eq 0 ]

#!/bin/sh
# Runs a command for each line of stdin as a task of one session; needs only curl.
#   printf 'fix the login\nwrite the changelog\n' | sh loop.sh claude -p
# The task's name is the last argument of the command. Hub: SIGNALBOX_URL and SIGNALBOX_API_KEY.
set -u
hub=${SIGNALBOX_URL:-http://127.0.0.1:4000}
project=${PROJECT:-shell-loop}
machine=${MACHINE_ID:-$(hostname)}

# The hub takes ids that a client has chosen, so nothing has to be read from its answers.
new_id() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr 'A-Z' 'a-z'; }

# call METHOD PATH [JSON]: a hub that is away must not stop the work. One that has given the session to another worker does.
call() {
  answer=$(curl --silent --show-error --max-time 10 --retry 2 --write-out ' %{http_code}' \
    --request "$1" --header 'Content-Type: application/json' \
    --header "Authorization: Bearer ${SIGNALBOX_API_KEY:-}" --data "${3:-{\}}" "$hub$2")
  case $answer in
    *' 2'??) ;;
    *attempt_superseded*)
      echo "the session was recovered and is another worker's now; stopping" >&2
      kill "${heartbeat:-}" 2>/dev/null
      exit 1 ;;
    *) echo "not reported: $1 $2" >&2 ;;
  esac
}

# A text as a JSON string.
quote() { printf '%s' "$1" | tr -d '\000-\037' | sed 's/["\\]/\\&/g; s/^/"/; s/$/"/'; }

session=$(new_id)
# A new session is at attempt 1. Each recovery begins another one; requests that name this one are refused from then on.
attempt='"attempt": 1'
call POST /sessions "{\"session_id\": \"$session\", \"project_id\": $(quote "$project"), \"machine_id\": $(quote "$machine"), \"heartbeat_interval_ms\": 30000}"
echo "session $session"

# The hub calls a session stalled that misses three heartbeats.
while sleep 30; do call POST "/sessions/$session/heartbeat" "{$attempt}"; done </dev/null >/dev/null 2>&1 &
heartbeat=$!

end() {
  kill "$heartbeat" 2>/dev/null
  if [ "$1" -eq 0 ]; then call DELETE "/sessions/$session?attempt=1"
  else call POST "/sessions/$session/mark-failed" "{$attempt, \"reason\": \"the loop ended with code $1\"}"; fi
  exit "$1"
}
trap 'end 130' INT
trap 'end 143' TERM

code=0
while IFS= read -r name; do
  task=$(new_id)
  call POST /tasks "{$attempt, \"session_id\": \"$session\", \"task_id\": \"$task\", \"task_name\": $(quote "$name")}"
  call POST "/tasks/$task/start" "{$attempt}"
  # The command must not read the list of tasks.
  if "$@" "$name" </dev/null; then call POST "/tasks/$task/complete" "{$attempt}"
  else
    code=$?
    call POST "/tasks/$task/fail" "{$attempt, \"error_message\": \"exit code $code\"}"
  fi
done
end "$code"

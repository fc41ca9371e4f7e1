#!/bin/sh
# A hook of Claude Code. Stores the event from stdin in the spool and makes sure that a sender runs.
# It prints nothing and always succeeds, because output or failure of a hook would become part of the session.
exec 2>/dev/null
umask 077
if ! command -v node >/dev/null; then
  # Claude Code might report a closed pipe.
  cat >/dev/null
  exit 0
fi
data=${SIGNALBOX_HOOK_DATA:-${CLAUDE_PLUGIN_DATA:-${XDG_STATE_HOME:-$HOME/.local/state}/signalbox/hooks}}
spool=$data/spool
[ -d "$spool" ] || mkdir -p "$spool" || exit 0
# A link leads to a folder that is not ours.
[ -h "$spool" ] && exit 0

# A process id is used again while an old event of that name may still be there.
name=$$
while [ -e "$spool/$name.event" ]; do name=$name-; done
if {
  printf '%s\n' "signalbox-hook 1" "$CLAUDE_PID" "$PPID" "$CLAUDE_CODE_ENTRYPOINT" "$CLAUDE_CODE_SESSION_KIND" "$CLAUDE_PROJECT_DIR"
  cat
} >"$spool/$name.part"; then
  mv -f "$spool/$name.part" "$spool/$name.event" || exit 0
else
  rm -f "$spool/$name.part"
  exit 0
fi

# The file `sender` has the process id of a running sender, and a time of change in the future until which it promises to run.
if [ -f "$data/sender" ] && read -r sender <"$data/sender" && kill -0 "$sender" && [ "$data/sender" -nt "$spool/$name.event" ]; then exit 0; fi
# Without a sender the spool does not shrink: whatever keeps senders from running, the spool stays bounded.
set -- "$spool"/*
[ $# -gt 5000 ] && rm -f "$spool/$name.event"
node "${0%/*}/../dist/sender.mjs" "$data" </dev/null >/dev/null &
exit 0

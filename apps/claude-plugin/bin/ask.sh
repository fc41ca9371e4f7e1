#!/bin/sh
# A hook of Claude Code for what a session asks. It does nothing unless `signalbox hooks answers on` was run on this machine: then
# the question can be answered from elsewhere, while the terminal asks too. Without an answer it prints nothing and always succeeds.
exec 2>/dev/null
case $XDG_CONFIG_HOME in
  /*) config=$XDG_CONFIG_HOME ;;
  *) config=$HOME/.config ;;
esac
if [ -f "$config/signalbox/answers.json" ] && command -v node >/dev/null; then exec node "${0%/*}/../dist/ask.mjs"; fi
# Claude Code might report a closed pipe.
cat >/dev/null
exit 0

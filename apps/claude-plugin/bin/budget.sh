#!/bin/sh
# A hook of Claude Code before each tool call. It does nothing unless `signalbox hooks budgets on` was run on this machine and a budget
# is near its line: then it asks the collector, by a file, whether the session may go on. It never waits for a network.
exec 2>/dev/null
case $XDG_CONFIG_HOME in
  /*) config=$XDG_CONFIG_HOME ;;
  *) config=$HOME/.config ;;
esac
if [ -f "$config/signalbox/budgets-folder" ] && read -r folder <"$config/signalbox/budgets-folder" && [ -f "$folder/near" ] && command -v node >/dev/null; then
  exec node "${0%/*}/../dist/budget.mjs"
fi
# Claude Code might report a closed pipe.
cat >/dev/null
exit 0

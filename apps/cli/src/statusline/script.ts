import path from 'node:path'
import { SPOOLED, STATUS_LINE_SPOOL, UNFINISHED } from '@signalbox/contract/status-line'

/** Files kept in the spool while no collector takes them. */
const MOST_FILES = 200
/** Bytes of a status line's JSON that are kept; Claude Code tells a few kilobytes. */
const LARGEST = 262_144

/** Where the script lies that stands before the former command. */
export const scriptOf = (dataDir: string) => path.join(dataDir, 'statusline', 'statusline.sh')
export const spoolOf = (dataDir: string) => path.join(dataDir, STATUS_LINE_SPOOL)

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * What stands before the status line command: it keeps the JSON for the collector and becomes the former command, in the shell
 * Claude Code has started, as the same process, with the same bytes on its standard input. Node starts only for our own line.
 * @param own the command that prints our own line
 */
export function scriptText(dataDir: string, own: readonly string[]): string {
  return `#!/bin/sh
# Written by \`signalbox statusline install\`; \`signalbox statusline uninstall\` takes it away.
# $1: the shell Claude Code has started. $2: the former status line command, where there was one.
# Nothing here may fail, delay or speak into a session: whatever goes wrong, the former command runs with all it was told.
spool=${quoted(spoolOf(dataDir))}
shell=$1
former=\${2-}

become() {
  if [ "$former" = '' ]; then
    [ -x ${quoted(own[0] ?? '')} ] || exit 0
    exec ${own.map(quoted).join(' ')} 2>/dev/null
  fi
  command -v "$shell" >/dev/null 2>&1 || shell=sh
  exec "$shell" -c "$former"
}

[ -t 0 ] && become

# Both into a file and into memory: a full disk must cost the former command nothing.
file=$spool/$$${UNFINISHED}
input=$(umask 077; if tee "$file" 2>/dev/null; then echo y; else echo n; fi)
case $input in
  *y) input=\${input%y} kept=y ;;
  *) input=\${input%n} kept=n ;;
esac

if [ "$kept" = n ] || ! [ -r "$file" ]; then
  rm -f "$file" 2>/dev/null
  # Nobody can become the other end of a pipe, so a cancelled run is handed on.
  printf '%s' "$input" | (become) &
  child=$!
  trap 'kill "$child" 2>/dev/null' TERM INT HUP
  wait "$child"
  code=$?
  # A signal ends the first wait before the child has ended.
  if [ "$code" -gt 128 ] && kill -0 "$child" 2>/dev/null; then
    wait "$child"
    code=$?
  fi
  exit "$code"
fi

exec <"$file"

case $input in
  *'"rate_limits"'*)
    if [ "\${#input}" -gt ${LARGEST} ]; then
      rm -f "$file" 2>/dev/null
    else
      session=\${input#*\\"session_id\\"}
      session=\${session#*\\"}
      session=\${session%%\\"*}
      case $session in
        '' | *[!A-Za-z0-9_-]*) session=session ;;
      esac
      [ "\${#session}" -gt 100 ] && session=session
      set -- "$spool"/*${SPOOLED}
      [ $# -gt ${MOST_FILES} ] && rm -f "$@" 2>/dev/null
      mv -f "$file" "$spool/$session${SPOOLED}" 2>/dev/null || rm -f "$file" 2>/dev/null
    fi
    ;;
  *) rm -f "$file" 2>/dev/null ;;
esac

become
`
}

/**
 * What stands in Claude Code's settings. It goes on without us where the script is gone, and names the former command itself,
 * so that nothing but the settings is needed to run it, or to put it back.
 */
export function wrapped(script: string, former: string | undefined): string {
  if (former === undefined) return `[ ! -r ${quoted(script)} ] || exec sh ${quoted(script)} "$0"`
  return `set -- ${quoted(former)}; [ -r ${quoted(script)} ] && exec sh ${quoted(script)} "\${0#-}" "$1"; exec "\${0#-}" -c "$1"`
}

/** The former command in a wrapped one: undefined when there was none, null when the command is not one of ours for this script. */
export function formerIn(command: string, script: string): string | undefined | null {
  if (command === wrapped(script, undefined)) return undefined
  const [, word] = /^set -- ('(?:[^']|'\\'')*');/.exec(command) ?? []
  if (word === undefined) return null
  const former = word.slice(1, -1).replaceAll("'\\''", "'")
  return command === wrapped(script, former) ? former : null
}

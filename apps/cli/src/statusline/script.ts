import path from 'node:path'
import { SPOOLED, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'
import { MOST_FILES } from './spool.ts'

/** Where the script lies that stands before the former command. */
export const scriptOf = (dataDir: string) => path.join(dataDir, 'statusline', 'statusline.sh')
export const spoolOf = (dataDir: string) => path.join(dataDir, STATUS_LINE_SPOOL)

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * What stands before the status line command. The shell that Claude Code has started reads it in: it keeps the JSON for the
 * collector, opens the same bytes again as standard input, and leaves the former command to what follows.
 * Node starts only for our own line.
 * @param own the command that prints our own line
 */
export function scriptText(dataDir: string, own: readonly string[]): string {
  return `# Written by \`signalbox statusline install\`; \`signalbox statusline uninstall\` takes it away.
# Read in by the status line command in Claude Code's settings. $1: the former command, where there was one.
# Nothing here may fail, delay or speak into a session: whatever goes wrong, the former command runs with all it was told.
[ -z "\${ZSH_VERSION-}" ] || emulate -R sh
signalbox_spool=${quoted(spoolOf(dataDir))}

signalbox_line() {
  [ -x ${quoted(own[0] ?? '')} ] || exit 0
  exec ${own.map(quoted).join(' ')} 2>/dev/null
}

# In a terminal there is nothing to keep.
if ! [ -t 0 ]; then
  signalbox_full() { [ $# -lt ${MOST_FILES} ] || rm -f "$@" 2>/dev/null; }
  signalbox_full "$signalbox_spool"/*${SPOOLED}

  # Both into a file and into memory: a full disk must cost the former command nothing.
  signalbox_file=$signalbox_spool/$PPID-$$${SPOOLED}
  # Some shells remark on zero bytes.
  { signalbox_input=$(umask 077; tee "$signalbox_file"; signalbox_code=$?; echo .; exit "$signalbox_code"); } 2>/dev/null
  if [ $? -eq 0 ] && [ -r "$signalbox_file" ] && command exec <"$signalbox_file"; then
    :
  else
    # Nothing could be kept. The former command is told from memory, through a file of another folder where there is room.
    signalbox_input=\${signalbox_input%.}
    signalbox_other=\${TMPDIR:-/tmp}/signalbox-$PPID-$$
    if (umask 077; set -C; printf '%s' "$signalbox_input" >"$signalbox_other") 2>/dev/null && command exec <"$signalbox_other"; then
      rm -f "$signalbox_file" "$signalbox_other" 2>/dev/null
    else
      rm -f "$signalbox_file" "$signalbox_other" 2>/dev/null
      printf '%s' "$signalbox_input" | if [ $# -gt 0 ]; then "\${0#-}" -c "$1"; else signalbox_line; fi
      exit $?
    fi
  fi
fi
[ $# -gt 0 ] || signalbox_line
`
}

/**
 * What stands in Claude Code's settings. It goes on without us where the script is gone, and names the former command itself,
 * so that nothing but the settings is needed to run it, or to put it back. The former command runs as it did before: in the
 * shell that Claude Code has started, as the process that Claude Code ends when it cancels a run.
 */
export function wrapped(script: string, former: string | undefined): string {
  if (former === undefined) return `set --; [ ! -r ${quoted(script)} ] || . ${quoted(script)}`
  return `set -- ${quoted(former)}; [ ! -r ${quoted(script)} ] || . ${quoted(script)}; exec "\${0#-}" -c "$1"`
}

/** The former command in a wrapped one: undefined when there was none, null when the command is not one of ours for this script. */
export function formerIn(command: string, script: string): string | undefined | null {
  if (command === wrapped(script, undefined)) return undefined
  const [, word] = /^set -- ('(?:[^']|'\\'')*');/.exec(command) ?? []
  if (word === undefined) return null
  const former = word.slice(1, -1).replaceAll("'\\''", "'")
  return command === wrapped(script, former) ? former : null
}

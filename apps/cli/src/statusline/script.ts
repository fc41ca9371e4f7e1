import path from 'node:path'
import { SPOOL_FILE_SUFFIX, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'
import { MAX_SPOOL_FILES } from './spool.ts'

/** The script that runs before the former command. */
export const scriptPath = (dataDir: string) => path.join(dataDir, 'statusline', 'statusline.sh')
export const spoolPath = (dataDir: string) => path.join(dataDir, STATUS_LINE_SPOOL)

/** Quotes a text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * The script that runs before the former command, sourced by the shell that Claude Code has started. It saves the JSON for the
 * collector, reopens the same bytes as standard input, and returns, so that the former command can run.
 * Node starts only for the Signalbox line.
 * @param own the command that prints the Signalbox line
 */
export function buildScript(dataDir: string, own: readonly string[]): string {
  return `# Written by \`signalbox statusline install\`; removed by \`signalbox statusline uninstall\`.
# Sourced by the status line command in Claude Code's settings. $1: the former command, if there was one.
# Nothing here may fail, delay or print: whatever goes wrong, the former command runs with its whole input.
[ -z "\${ZSH_VERSION-}" ] || emulate -R sh
signalbox_spool=${quoteForShell(spoolPath(dataDir))}

signalbox_line() {
  [ -x ${quoteForShell(own[0] ?? '')} ] || exit 0
  exec ${own.map(quoteForShell).join(' ')} 2>/dev/null
}

# On a terminal there is no input to save.
if ! [ -t 0 ]; then
  signalbox_full() { [ $# -lt ${MAX_SPOOL_FILES} ] || rm -f "$@" 2>/dev/null; }
  signalbox_full "$signalbox_spool"/*${SPOOL_FILE_SUFFIX}

  # Into a file and into memory: a full disk must not affect the former command.
  signalbox_file=$signalbox_spool/$PPID-$$${SPOOL_FILE_SUFFIX}
  # Some shells warn about zero bytes.
  { signalbox_input=$(umask 077; tee "$signalbox_file"; signalbox_code=$?; echo .; exit "$signalbox_code"); } 2>/dev/null
  if [ $? -eq 0 ] && [ -r "$signalbox_file" ] && command exec <"$signalbox_file"; then
    :
  else
    # Nothing was saved. The former command gets its input from memory, through a file in another folder if there is room.
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
 * The command in Claude Code's settings. It works without the script, and contains the former command, so that the settings
 * alone are enough to run it or to restore it. The former command runs as before: in the shell that Claude Code has started,
 * as the process that Claude Code stops when it cancels a run.
 */
export function wrapCommand(script: string, former: string | undefined): string {
  if (former === undefined) return `set --; [ ! -r ${quoteForShell(script)} ] || . ${quoteForShell(script)}`
  return `set -- ${quoteForShell(former)}; [ ! -r ${quoteForShell(script)} ] || . ${quoteForShell(script)}; exec "\${0#-}" -c "$1"`
}

/** The former command in a wrapped one: undefined when there was none, null when `command` is not wrapped with this script. */
export function unwrapCommand(command: string, script: string): string | undefined | null {
  if (command === wrapCommand(script, undefined)) return undefined
  const [, word] = /^set -- ('(?:[^']|'\\'')*');/.exec(command) ?? []
  if (word === undefined) return null
  const former = word.slice(1, -1).replaceAll("'\\''", "'")
  return command === wrapCommand(script, former) ? former : null
}

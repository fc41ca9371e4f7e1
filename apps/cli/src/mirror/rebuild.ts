import type { MirrorRebuildResult } from '@signalbox/contract/mirror'
import { printable } from '@signalbox/contract/printable'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { createRecordBar } from '../progress.ts'
import { runMirror } from './run-mirror.ts'

/** Rebuilds the files from the store. @returns the exit code */
export async function rebuild(io: Io, { json }: { json?: true }): Promise<number> {
  const bar = createRecordBar(io.stderr, 'Rebuilding', 'file')
  let rebuilt: MirrorRebuildResult | undefined
  try {
    const { code, errors, stopped } = await runMirror(io, 'rebuild', (message) => {
      if ('opened' in message) bar.open({ files: message.opened.versions })
      else if ('progress' in message) bar.report({ kind: 'files', rows: message.progress.done })
      else if ('done' in message) rebuilt = message.done
    })
    bar.end()
    if (rebuilt !== undefined) {
      if (json) printJson(io, rebuilt)
      else io.stdout.write(`${formatRebuilt(rebuilt)}\n`)
    }
    if (stopped && rebuilt?.finished !== true)
      io.stderr.write('Stopped. Files written so far are kept; run the same command to continue.\n')
    else io.stderr.write(errors)
    return code
  } finally {
    bar.end()
  }
}

function formatRebuilt({ folder, versions, written, unchanged, removed, aside, finished, ms }: MirrorRebuildResult): string {
  const head = `${finished ? 'Rebuilt' : 'Partly rebuilt'} ${printable(folder)} in ${(ms / 1000).toFixed(1)} s: `
  const counts = `${formatCount(versions, 'version')}, ${written} written, ${unchanged} unchanged, ${formatCount(removed, 'file')} deleted.`
  if (aside.length === 0) return head + counts
  return `${head}${counts}\nNot written, because something other than a file has their name, or it can be no name of a file: ${printable(aside.join(', '))}`
}

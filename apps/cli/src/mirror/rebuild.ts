import type { MirrorRebuilt } from '@signalbox/contract/mirror'
import { printJson } from '../hub/told.ts'
import { counted } from '../number.ts'
import { printable } from '../printable.ts'
import { progressBar } from '../store/progress.ts'
import { ask } from './ask.ts'

/** Makes the files what the store has. @returns the exit code */
export async function rebuild({ json }: { json?: true }): Promise<number> {
  const bar = progressBar(process.stderr, { verb: 'Rebuilding', noun: 'file' })
  let rebuilt: MirrorRebuilt | undefined
  try {
    const { code, words, told } = await ask('rebuild', (message) => {
      if ('opened' in message) bar.open({ files: message.opened.versions })
      else if ('progress' in message) bar.report({ kind: 'files', rows: message.progress.done })
      else if ('done' in message) rebuilt = message.done
    })
    bar.end()
    if (rebuilt !== undefined) {
      if (json) printJson(rebuilt)
      else process.stdout.write(`${sentence(rebuilt)}\n`)
    }
    if (told.stopped() && rebuilt?.finished !== true)
      process.stderr.write('Stopped. What is written stays; the same command goes on from there.\n')
    else process.stderr.write(words)
    return code
  } finally {
    bar.end()
  }
}

function sentence({ folder, versions, written, unchanged, removed, aside, finished, ms }: MirrorRebuilt): string {
  const what = `${finished ? 'Rebuilt' : 'Rebuilt a part of'} ${printable(folder)} in ${(ms / 1000).toFixed(1)} s: `
  const counts = `${counted(versions, 'version')}, ${written} written, ${unchanged} as they should be, ${counted(removed, 'file')} removed.`
  if (aside.length === 0) return what + counts
  return `${what}${counts}\nNot written, because something that is no file stands in their place: ${printable(aside.join(', '))}`
}

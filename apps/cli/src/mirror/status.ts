import type { MirrorStatus } from '@signalbox/contract/mirror'
import { type Detail, renderDetails } from '../details.ts'
import { printJson } from '../hub/told.ts'
import { bytes, counted, duration } from '../number.ts'
import { printable } from '../printable.ts'
import { terminalOf } from '../terminal.ts'
import { ask } from './ask.ts'

/** Says how the files stand to the store. @returns the exit code: 1 when they are not what it has */
export async function status({ json }: { json?: true }): Promise<number> {
  let found: MirrorStatus | undefined
  const { code, words } = await ask('status', (message) => {
    if ('status' in message) found = message.status
  })
  process.stderr.write(words)
  if (found === undefined) return code
  if (json) printJson(found)
  else process.stdout.write(renderDetails(described(found, Date.now()), terminalOf(process.stdout, process.env)))
  return found.inOrder || !found.kept ? code : 1
}

function described(found: MirrorStatus, now: number): Detail[] {
  const { folder, kept, because, versions, missing, damaged, leftOver, foreign, latest, latestIsRight, metadataIsRight, inOrder, free } =
    found
  const wrong: string[] = []
  if (missing.length > 0) wrong.push(`${counted(missing.length, 'version')} without a file, such as ${missing[0]}`)
  if (damaged.length > 0)
    wrong.push(`${counted(damaged.length, 'file')} that ${damaged.length === 1 ? 'holds' : 'hold'} something else, such as ${damaged[0]}`)
  if (leftOver.length > 0) wrong.push(`${counted(leftOver.length, 'file')} of versions that are gone, such as ${leftOver[0]}`)
  if (!latestIsRight) wrong.push('console-usage-synced.json is not the newest version')
  if (!metadataIsRight) wrong.push('_metadata.json does not say what the store has')
  return [
    ['Folder', `${printable(folder)}, ${bytes(free)} free`],
    ['Kept', kept ? 'yes' : `no: ${because}`],
    ['Store', counted(versions, 'version')],
    ['Latest', latest && `${latest.file}, ${duration(now - Date.parse(latest.lastUpdated))} old`],
    ['Others', foreign === 0 ? undefined : `${counted(foreign, 'file')} of others, left alone`],
    inOrder
      ? ['Files', 'as the store has it', 'green']
      : ['Files', `${wrong.join('; ')}. Make them right: signalbox mirror rebuild`, kept ? 'yellow' : 'dim'],
  ]
}

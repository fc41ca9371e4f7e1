import type { MirrorStatus } from '@signalbox/contract/mirror'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import { type Detail, renderDetails } from '../details.ts'
import { printJson } from '../hub/told.ts'
import { bytes, counted, duration } from '../number.ts'
import { printable } from '../printable.ts'
import { terminalOf } from '../terminal.ts'
import { ask } from './ask.ts'
import { askHubOf } from './hub.ts'

/** Says how the files stand to the store. @returns the exit code: 1 when they are not what it has */
export async function status({ json }: { json?: true }): Promise<number> {
  let found: MirrorStatus | undefined
  const { code, words } = await ask('status', (message) => {
    if ('status' in message) found = message.status
  })
  process.stderr.write(words)
  if (found === undefined) return code
  const hub = await askHubOf(found.store_id)
  if (json) printJson(hub === undefined ? found : { ...found, hub })
  else {
    const now = Date.now()
    const details = described(found, now)
    if (hub !== undefined) details.push(hubSays(hub, now))
    process.stdout.write(renderDetails(details, terminalOf(process.stdout, process.env)))
  }
  if (hub?.state === 'failing') return 1
  return found.inOrder || !(hub?.kept ?? found.kept) ? code : 1
}

/** What the disk does not show: whether somebody is at it, and what keeps him. */
function hubSays({ kept, state, since, waiting = 0, aside = [], problem }: MirrorState, now: number): Detail {
  const about = 'Hub'
  if (!kept) return [about, 'runs, and writes no files', 'dim']
  const age = since === undefined ? '' : ` for ${duration(now - Date.parse(since))}`
  const rest = [
    ...(waiting === 0 ? [] : [`${counted(waiting, 'change')} ${waiting === 1 ? 'waits' : 'wait'} to be written`]),
    ...(aside.length === 0 ? [] : [`something that is no file stands in the place of ${printable(aside.join(', '))}`]),
  ]
  if (state === 'failing') {
    const why = problem === undefined ? 'it does not say why' : `${problem.message}. ${problem.suggestion}`
    return [about, [`cannot write them${age}: ${printable(why)}`, ...rest].join('; '), 'red']
  }
  const how = state === 'behind' ? `has not caught up yet, since ${duration(now - Date.parse(since ?? ''))}` : `follows the store${age}`
  return [about, [how, ...rest].join('; '), state === 'behind' || aside.length > 0 ? 'yellow' : 'green']
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

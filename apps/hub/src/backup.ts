import path from 'node:path'
import { parseArgs } from 'node:util'
import type { BackupMessage, RestorePlan } from '@signalbox/contract/backup'
import { readSettings } from '@signalbox/contract/setting'
import { print } from '@signalbox/hub-address/print'
import packageJson from '../package.json' with { type: 'json' }
import { checkBackup } from './backup/check-backup.ts'
import { makeBackup } from './backup/make-backup.ts'
import { restoreBackup } from './backup/restore-backup.ts'
import { parentConfirms, runProgram, stopSignal, UsageError } from './program.ts'
import { isAddress, isMongoUri, resolveFolder, withoutPassword } from './store-place.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

const usage = `Usage: signalbox backup [--to FOLDER] [--keep N] [--no-check]
       signalbox backup --check FOLDER
       signalbox restore FOLDER|FILE [--to FOLDER|mongodb://…] [--yes]`

/**
 * Makes, checks and restores backups. Its parent process receives messages over the IPC channel, and confirms what a restore
 * replaces.
 */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  if (values.help) return print(usage)
  const { DATA_DIR, MONGODB_URI, PRICE_TABLE } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI', 'PRICE_TABLE'])
  const onStep = (step: Extract<BackupMessage, { step: unknown }>['step']) => notifyParent({ step })
  const [work, from] = positionals
  if (work === 'restore') {
    if (from === undefined) throw new UsageError('the folder or file of the backup is missing')
    const to = values.to ?? MONGODB_URI ?? DATA_DIR
    const isMongo = isMongoUri(to)
    const restored = await restoreBackup({
      from: folderOf(from),
      to: isMongo ? withoutPassword(to) : folderOf(to),
      mongoUri: isMongo ? to : undefined,
      onStep,
      confirm: (plan) => (values.yes ? Promise.resolve() : confirmed(plan, stopSignal())),
    })
    return notifyParent({ restored })
  }
  if (values.check !== undefined) {
    const started = performance.now()
    const folder = folderOf(values.check)
    const manifest = await checkBackup(folder, { onStep })
    return notifyParent({ checked: { folder, manifest, ms: Math.round(performance.now() - started) } })
  }
  const keep = values.keep === undefined ? undefined : Number(values.keep)
  if (keep !== undefined && (!Number.isInteger(keep) || keep < 1)) throw new UsageError('--keep must be a whole number from 1 on')
  const made = await makeBackup({
    source: { dataDir: DATA_DIR, mongoUri: MONGODB_URI, priceFile: PRICE_TABLE },
    to: folderOf(values.to ?? path.join(DATA_DIR, 'backups')),
    keep,
    check: values['no-check'] !== true,
    version: packageJson.version,
    signal: stopSignal(),
    onStep,
  })
  notifyParent({ made })
}

function folderOf(text: string): string {
  if (text.trim() === '' || isAddress(text)) throw new UsageError(`${text} is no folder`)
  return resolveFolder(text)
}

/** Waits for the confirmation of the parent process. @throws UsageError when there is none */
async function confirmed(plan: RestorePlan, stop: AbortSignal): Promise<void> {
  if (process.send === undefined) throw new UsageError('confirm with --yes')
  notifyParent({ confirm: plan })
  await parentConfirms(stop, 'Nothing was restored.')
}

function notifyParent(message: BackupMessage): void {
  if (process.send !== undefined) process.send(message)
  else if (!('step' in message)) print(JSON.stringify(Object.values(message)[0], null, 2))
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        to: { type: 'string' },
        keep: { type: 'string' },
        check: { type: 'string' },
        'no-check': { type: 'boolean' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

void runProgram(process.argv[2] === 'restore' ? 'restore' : 'backup', usage, main)

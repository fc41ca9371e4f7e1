import path from 'node:path'
import { writePrivateFile } from '@signalbox/hub-address/private-file'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'

/** What a step of `connect` has changed, as `--undo` needs it. No record has a key. */
export type StepRecord =
  | { readonly step: 'credentials'; readonly file: string; readonly key_id: string; readonly backup?: string }
  | {
      readonly step: 'plugin'
      readonly claude: string
      readonly plugin: string
      readonly market: string
      readonly configDir?: string
      readonly addedMarket: boolean
      readonly settings: string
      /** The copy of the settings before; absent where there were none. */
      readonly backup?: string
    }
  | { readonly step: 'hooks' }
  | { readonly step: 'statusline' }
  | { readonly step: 'telemetry'; readonly settings: string; readonly after: string; readonly mode?: number; readonly backup?: string }
  | { readonly step: 'service'; readonly kind: 'systemd' | 'launchd' | 'task'; readonly file?: string }

/** One `signalbox connect`. */
export interface ConnectRecord {
  readonly url: string
  readonly at: string
  /** In the order in which they were done. */
  readonly steps: readonly StepRecord[]
  /** Folders that were not there before, outermost first; removed again where they are empty. */
  readonly folders: readonly string[]
}

export const recordPath = (configFolder: string) => path.join(configFolder, 'connect.json')

/** The records, oldest first. @throws Failure when the file is damaged */
export function readRecords(configFolder: string): ConnectRecord[] {
  const file = recordPath(configFolder)
  const text = readText(file)
  if (text === undefined) return []
  try {
    const all = JSON.parse(text) as unknown
    if (Array.isArray(all) && all.every(isRecord)) return all
  } catch {
    // Described below.
  }
  throw new Failure(
    `${formatPath(file)} is damaged.`,
    'It says what `signalbox connect` has changed. Restore it, or remove it and undo by hand: docs/connect.md.',
  )
}

function isRecord(one: unknown): one is ConnectRecord {
  const { url, steps, folders } = (one ?? {}) as Partial<ConnectRecord>
  return typeof url === 'string' && Array.isArray(steps) && Array.isArray(folders)
}

export function writeRecords(configFolder: string, records: readonly ConnectRecord[]): void {
  const file = recordPath(configFolder)
  if (records.length > 0) writePrivateFile(file, `${JSON.stringify(records, null, 2)}\n`)
  else replaceFile(file, readText(file), undefined)
}

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { settings } from '@signalbox/contract/setting'
import { type Child, type Finished, startNode } from '../../../test/support/child.ts'

const bin = fileURLToPath(new URL('../bin/signalbox.mjs', import.meta.url))

/** No setting of whoever runs the tests, nor of a `.env` in the checkout, gets in: an empty text counts as not set. */
const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))

type Extra = Record<string, string | undefined>

function environment(folder: string, extra: Extra): Extra {
  return {
    ...blank,
    DATA_DIR: path.join(folder, 'data'),
    CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
    TIMEZONE: 'UTC',
    COLUMNS: '',
    NO_COLOR: '',
    FORCE_COLOR: '',
    ...extra,
  }
}

/** Runs the real command to its end. `folder` holds its data and its transcripts (`claude/`). */
export function signalbox(folder: string, args: readonly string[], extra: Extra = {}, cwd?: string): Promise<Finished> {
  return startNode([bin, ...args], { env: environment(folder, extra), ...(cwd === undefined ? {} : { cwd }) }).finished
}

/** Starts the real command; the caller stops it. */
export function startSignalbox(folder: string, args: readonly string[], extra: Extra = {}): Child {
  return startNode([bin, ...args], { env: environment(folder, extra) })
}

import fs from 'node:fs'
import path from 'node:path'
import type { Expected } from './transcripts.ts'

export interface RealTranscripts {
  /** Usable as `CLAUDE_CONFIG_DIR`; never written to. */
  readonly folder: string
  readonly expected: Expected
}

let warned = false

/**
 * Finds the real transcripts with their exact totals: `$SIGNALBOX_SHARED/transcripts`, else `shared/transcripts` beside
 * the checkout. A user's clone has none; then it returns undefined, with a warning if `SIGNALBOX_SHARED` is set.
 * @throws Error when they are missing and `CI` is `true`, where skipped tests would go unnoticed
 */
export function realTranscripts(env: NodeJS.ProcessEnv = process.env): RealTranscripts | undefined {
  const shared = env.SIGNALBOX_SHARED || path.resolve(import.meta.dirname, '../../../shared')
  const folder = path.join(shared, 'transcripts')
  const totals = path.join(folder, 'expected.json')
  if (fs.existsSync(totals)) return { folder, expected: JSON.parse(fs.readFileSync(totals, 'utf8')) as Expected }
  const missing = `The real transcripts are not there (${folder}; SIGNALBOX_SHARED says where they are).`
  if (env.CI === 'true') throw new Error(`${missing} With CI=true the tests that need them must run.`)
  if (env.SIGNALBOX_SHARED && !warned) console.warn(`${missing} Tests use generated ones only.`)
  warned = true
  return undefined
}

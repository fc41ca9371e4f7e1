import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { agentTitles } from '@signalbox/contract/agent'
import { readSettings } from '@signalbox/contract/setting'
import type { TranscriptPlace, TranscriptSource } from '../source.ts'

/** Codex calls its transcripts rollouts; `docs/codex.md` says what is in them. */
export const codex: TranscriptSource = {
  name: 'codex',
  folderSettings: ['CODEX_HOME'],
  findPlaces,
  isTranscript: (fileName) => fileName.startsWith('rollout-') && fileName.endsWith('.jsonl'),
  createScanner: async () => (await import('./scan-rollout.ts')).createScanner(),
}

/** A folder that CODEX_HOME names is always included, the default one where Codex has run. */
function findPlaces(env: NodeJS.ProcessEnv): TranscriptPlace[] {
  const { CODEX_HOME: named } = readSettings(env, ['CODEX_HOME'])
  const places = (named.length > 0 ? [...new Set(named)] : [path.join(os.homedir(), '.codex')]).map(placeIn)
  return named.length > 0 ? places : places.filter(({ roots }) => roots.some((root) => existsSync(root)))
}

function placeIn(home: string): TranscriptPlace {
  const archive = path.join(home, 'archived_sessions')
  return {
    folder: home,
    // Most people have never archived a session.
    roots: [path.join(home, 'sessions'), ...(existsSync(archive) ? [archive] : [])],
    app: agentTitles.codex,
  }
}

import type { TranscriptSource } from '../source.ts'
import { findClaudePlaces } from './transcript-roots.ts'

export const claudeCode: TranscriptSource = {
  name: 'claude-code',
  folderSettings: ['CLAUDE_CONFIG_DIR', 'CLAUDE_DESKTOP_DIRS'],
  findPlaces: findClaudePlaces,
  isTranscript: (fileName) => fileName.endsWith('.jsonl'),
  createScanner: async () => (await import('./scan-transcript.ts')).createScanner(),
}

import type { StatusLineSpool } from '../status-line-spool.ts'
import { claudeJson } from './claude-json.ts'
import { consoleSource } from './console/source.ts'
import type { Source } from './source.ts'
import { statusline } from './statusline.ts'

/** All sources, the cheapest first; LIMIT_SOURCES selects those that run. */
export function createSources(spool: StatusLineSpool): readonly Source[] {
  return [claudeJson, statusline(spool), consoleSource]
}

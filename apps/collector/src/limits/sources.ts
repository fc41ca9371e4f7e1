import { claudeJson } from './claude-json.ts'
import { consoleSource } from './console/source.ts'
import type { Source } from './source.ts'
import { statusline } from './statusline.ts'

/** Every source, the cheapest first; LIMIT_SOURCES says which of them run. */
export const sources: readonly Source[] = [claudeJson, statusline, consoleSource]

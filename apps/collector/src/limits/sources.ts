import { consoleSource } from './console/source.ts'
import type { Source } from './source.ts'

/** Every source, the cheapest first; LIMIT_SOURCES says which of them run. */
export const sources: readonly Source[] = [consoleSource]

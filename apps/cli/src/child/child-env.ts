import { getCompileCacheDir } from 'node:module'
import type { Io } from '../io.ts'

/** The environment of a child, with the compile cache, so that the child uses it too. */
export function childEnv({ env }: Io, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const cache = env.NODE_COMPILE_CACHE ?? getCompileCacheDir()
  return { ...env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }), ...extra }
}

import { getCompileCacheDir } from 'node:module'

/** Our environment for a child, which then also keeps its compiled code between runs. */
export function childEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const cache = process.env.NODE_COMPILE_CACHE ?? getCompileCacheDir()
  return { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }), ...extra }
}

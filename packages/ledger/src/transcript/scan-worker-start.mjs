// A thread does not inherit the compile cache of its parent. Without it, stripping the types of its imports takes longer than
// scanning the first hundred megabytes. This file has no types, so it can enable the cache before they are loaded.
import module from 'node:module'

module.enableCompileCache?.()
void import('./scan-worker.ts')

// A thread does not share the compile cache of the one that starts it, and without it stripping the types of what it
// imports takes longer than the first hundred megabytes of its work. This file has no types to strip.
import module from 'node:module'

module.enableCompileCache?.()
await import('./scan-worker.ts')

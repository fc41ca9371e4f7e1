import { fileURLToPath } from 'node:url'

/** A program of Signalbox that runs in its own process. */
export type App = 'hub' | 'collector' | 'keys' | 'copy' | 'backup' | 'mirror' | 'console'

const files: Record<App, URL> = {
  hub: new URL('../../../hub/src/main.ts', import.meta.url),
  keys: new URL('../../../hub/src/keys.ts', import.meta.url),
  copy: new URL('../../../hub/src/copy.ts', import.meta.url),
  backup: new URL('../../../hub/src/backup.ts', import.meta.url),
  mirror: new URL('../../../hub/src/mirror.ts', import.meta.url),
  collector: new URL('../../../collector/src/main.ts', import.meta.url),
  console: new URL('../../../collector/src/console.ts', import.meta.url),
}

export function appFile(app: App): string {
  return fileURLToPath(files[app])
}

/** Node flags of a child process. Through the preloaded file it ends with its parent, even after SIGKILL. */
export function nodeFlags(app: App): readonly string[] {
  const leaveWithParent = ['--import', new URL('./leave-with-parent.mjs', import.meta.url).href]
  // The collector runs all day and makes little garbage: 90 MB instead of 120, together with `appEnv`. Waking four threads to
  // collect a megabyte costs more than collecting it.
  return app === 'collector' ? [...leaveWithParent, '--max-semi-space-size=1', '--single-threaded-gc'] : leaveWithParent
}

/**
 * Environment variables of a child beside its settings. glibc keeps the memory that the threads of a first read have freed,
 * one heap per thread; other C libraries ignore these names.
 */
export function appEnv(app: App): NodeJS.ProcessEnv {
  return app === 'collector' ? { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' } : {}
}

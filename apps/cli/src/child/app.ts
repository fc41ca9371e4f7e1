import { fileURLToPath } from 'node:url'

/** A program of Signalbox that runs in its own process. */
export type App = 'hub' | 'collector' | 'keys' | 'copy' | 'backup' | 'mirror' | 'console'

const files: Record<App, string> = {
  hub: '../../../hub/src/main.ts',
  keys: '../../../hub/src/keys.ts',
  copy: '../../../hub/src/copy.ts',
  backup: '../../../hub/src/backup.ts',
  mirror: '../../../hub/src/mirror.ts',
  collector: '../../../collector/src/main.ts',
  console: '../../../collector/src/console.ts',
}

export function appFile(app: App): string {
  return fileURLToPath(new URL(files[app], import.meta.url))
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

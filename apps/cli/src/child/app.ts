import { fileURLToPath } from 'node:url'

/** A program of ours that runs as a process of its own. */
export type App = 'hub' | 'collector' | 'keys' | 'copy' | 'mirror' | 'console'

const files: Record<App, string> = {
  hub: '../../../hub/src/main.ts',
  keys: '../../../hub/src/keys.ts',
  copy: '../../../hub/src/copy.ts',
  mirror: '../../../hub/src/mirror.ts',
  collector: '../../../collector/src/main.ts',
  console: '../../../collector/src/console.ts',
}

export function fileOf(app: App): string {
  return fileURLToPath(new URL(files[app], import.meta.url))
}

/** Flags of Node with which a child of ours is started: it ends when we do, however we end. */
export function flagsOf(app: App): readonly string[] {
  const leaveWithParent = ['--import', new URL('./leave-with-parent.mjs', import.meta.url).href]
  // It runs all day beside everything else, and its garbage is small: 90 MB instead of 120, together with `environmentOf`.
  return app === 'collector' ? [...leaveWithParent, '--max-semi-space-size=1'] : leaveWithParent
}

/**
 * What a program of ours is told beside its settings. The C library of Linux keeps what the threads of a first read have
 * freed, a heap for each; others know nothing of these words.
 */
export function environmentOf(app: App): NodeJS.ProcessEnv {
  return app === 'collector' ? { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' } : {}
}

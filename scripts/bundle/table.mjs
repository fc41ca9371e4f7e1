/** The programs and threads of Signalbox that are started from a file: each becomes a file of the bundle. */
export const programs = {
  cli: 'apps/cli/src/main.ts',
  hub: 'apps/hub/src/main.ts',
  keys: 'apps/hub/src/keys.ts',
  copy: 'apps/hub/src/copy.ts',
  backup: 'apps/hub/src/backup.ts',
  mirror: 'apps/hub/src/mirror.ts',
  collector: 'apps/collector/src/main.ts',
  console: 'apps/collector/src/console.ts',
  'scan-worker': 'packages/ledger/src/transcript/scan-worker-start.mjs',
  'check-worker': 'apps/hub/src/store/sqlite/check-worker.ts',
  'checkpoint-worker': 'apps/hub/src/store/sqlite/checkpoint-worker.ts',
}

/**
 * Files and folders that a program finds from its own place, and that stay where they are: bundled code looks for them in
 * the checkout or the package it belongs to. With what of a folder is published.
 */
export const assets = {
  'apps/cli/bin/signalbox.cjs': [''],
  'apps/cli/src/child/leave-with-parent.mjs': [''],
  'apps/dashboard/dist': [''],
  'packages/ledger/src/transcript/claude-code/scan-kernel.wasm': [''],
  // The plugin is found from here; it is a package of its own.
  '': [],
  // The settings of a checkout.
  '.env': [],
}

/**
 * What a run of `signalbox usage` with nothing new needs: few files, because each takes time to find and to read. What these
 * import dynamically, and is not named here, is elsewhere.
 */
export const firstFiles = [
  'apps/cli/src/main.ts',
  'apps/cli/src/command/usage.ts',
  'apps/cli/src/usage/table.ts',
  'packages/ledger/src/estimate/error.ts',
]

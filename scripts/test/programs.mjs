import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findBundle } from '../../apps/cli/bin/bundle.cjs'

/** @returns {string | undefined} the address of the module that makes a process run the bundled programs; undefined without a bundle */
export function bundledPrograms() {
  const bundled = findBundle()
  return bundled === undefined ? undefined : preloadOf(path.dirname(bundled))
}

/** @param {string} folder of a bundle */
export function preloadOf(folder) {
  return `${pathToFileURL(path.join(import.meta.dirname, 'preload-programs.mjs')).href}?${encodeURIComponent(pathToFileURL(folder).href)}`
}

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findBundle } from '../../apps/cli/bin/bundle.mjs'

/** @returns {string | undefined} the address of the module that makes a process run the bundled programs; undefined without a bundle */
export function bundledPrograms() {
  const bundled = findBundle()
  if (bundled === undefined) return undefined
  const folder = pathToFileURL(path.dirname(bundled)).href
  return `${pathToFileURL(path.join(import.meta.dirname, 'preload-programs.mjs')).href}?${encodeURIComponent(folder)}`
}

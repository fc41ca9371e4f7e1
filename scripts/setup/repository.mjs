import os from 'node:os'
import path from 'node:path'

/** The folder of the checkout. */
export const repositoryRoot = path.resolve(import.meta.dirname, '../..')
export const modules = path.join(repositoryRoot, 'node_modules')
/** Reports and compiled code of this checkout. */
export const cache = path.join(repositoryRoot, '.cache')
/** Builds that all checkouts of this user share; each file is named by the digest of its sources. */
export const sharedCache = path.join(userCache(), 'signalbox')

function userCache() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local')
  return process.platform === 'darwin' ? path.join(os.homedir(), 'Library', 'Caches') : path.join(os.homedir(), '.cache')
}

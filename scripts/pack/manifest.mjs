// What the manifests of our published packages have in common.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'

/** The oldest Node that runs the packages of programs; `apps/cli/bin/signalbox.cjs` says so to an older one. */
export const MINIMUM_NODE = '22.18'

/**
 * The first fields of a manifest.
 * @param {string} folder of the workspace that is published
 */
export function commonFields(folder, { name, description, keywords }) {
  const { version, license } = readJson(path.join(folder, 'package.json'))
  const repository = repositoryUrl()
  return {
    name,
    version,
    description,
    keywords,
    license,
    // The registry compares it with the place that the build says it comes from.
    ...(repository === undefined ? {} : { repository: { type: 'git', url: repository, directory: folder } }),
    publishConfig: { access: 'public', provenance: true },
  }
}

/** @returns the exact version of each package that the lock file has */
export function lockedVersions(names) {
  const { packages } = readJson('package-lock.json')
  return Object.fromEntries(
    names.map((name) => {
      const { version } = packages[`node_modules/${name}`] ?? {}
      if (version === undefined) throw new Error(`${name} is not in package-lock.json`)
      return [name, version]
    }),
  )
}

/** `repository` of the root's manifest, else where the checkout was cloned from. */
function repositoryUrl() {
  const { repository } = readJson('package.json')
  const own = typeof repository === 'string' ? repository : repository?.url
  if (own !== undefined) return own
  try {
    const options = { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    const origin = execFileSync('git', ['config', '--get', 'remote.origin.url'], options).trim()
    return /^(?:https|git\+https|ssh):/.test(origin) ? origin : undefined
  } catch {
    return undefined
  }
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(repositoryRoot, file), 'utf8'))
}

// SST and its components with the packages that they need, for the proofs of deploy/aws: fetched from npm, into the cache of this user.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { takeLock } from './lock.mjs'
import { setupNpmProgram } from './npm-program.mjs'
import { repositoryRoot, sharedCache } from './repository.mjs'
import { digest, isFresh, writeStamp } from './stamp.mjs'

export const SST = '4.17.1'
/** What SST fetches its packages with; it would load this version from GitHub. */
const BUN = '1.2.1'
/** SST asks a Pulumi for its version before it fetches packages, and does nothing else with it then. */
const PULUMI = '3.215.0'
const PLATFORM_TIMEOUT_MS = 10 * 60_000

export const awsFolder = path.join(repositoryRoot, 'deploy/aws')

/** @returns {Promise<string>} path of the command line of SST, a script for Node */
export function setupSst(folder = path.join(sharedCache, 'sst')) {
  return setupNpmProgram(`sst@${SST}`, path.join(folder, `cli-${SST}`), 'node_modules/sst/bin/sst.mjs', '80 MB')
}

/** @returns {string | undefined} the folder of SST's components, when they are there already */
export function findPlatform(folder = path.join(sharedCache, 'sst')) {
  const platform = path.join(folder, `platform-${SST}`)
  return isFresh(`${platform}.stamp`, platformDigest(platform)) ? platform : undefined
}

/** @returns {Promise<string>} the folder of SST's components @throws Error when they cannot be fetched */
export async function setupPlatform(folder = path.join(sharedCache, 'sst')) {
  const platform = path.join(folder, `platform-${SST}`)
  const sst = await setupSst(folder)
  const name = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`
  const bun = await setupNpmProgram(`${name}@${BUN}`, path.join(folder, `bun-${BUN}`), `node_modules/${name}/bin/bun`, '40 MB')
  while (!takeLock(`${platform}.lock`, PLATFORM_TIMEOUT_MS)) {
    await delay(200)
    if (findPlatform(folder) !== undefined) return platform
  }
  try {
    if (findPlatform(folder) !== undefined) return platform
    install({ sst, bun, platform })
    writeStamp(`${platform}.stamp`, platformDigest(platform))
    return platform
  } finally {
    fs.rmSync(`${platform}.lock`, { recursive: true, force: true })
  }
}

/** Lets SST unpack its components for an app without anything in it, in a home folder of its own, and takes them from there. */
function install({ sst, bun, platform }) {
  const work = fs.mkdtempSync(`${platform}-`)
  try {
    console.error('setup: fetching the packages of SST (about 420 MB, once) …')
    for (const config of ['.config', 'Library/Application Support']) {
      const bin = path.join(work, 'home', config, 'sst/bin')
      fs.mkdirSync(bin, { recursive: true })
      fs.copyFileSync(bun, path.join(bin, 'bun'))
      fs.writeFileSync(path.join(bin, 'pulumi'), `#!/bin/sh\necho v${PULUMI}\n`)
      for (const program of ['bun', 'pulumi']) fs.chmodSync(path.join(bin, program), 0o755)
    }
    const app = path.join(work, 'app')
    fs.mkdirSync(app)
    fs.writeFileSync(path.join(app, 'package.json'), '{ "type": "module", "private": true }\n')
    fs.writeFileSync(
      path.join(app, 'sst.config.ts'),
      "export default $config({ app: () => ({ name: 'empty', home: 'aws' }), async run() {} })\n",
    )
    const { status, stdout, stderr } = spawnSync(process.execPath, [sst, 'install', '--stage', 'dev'], {
      cwd: app,
      env: { ...quietEnv(), HOME: path.join(work, 'home'), XDG_CONFIG_HOME: path.join(work, 'home/.config') },
      encoding: 'utf8',
      timeout: PLATFORM_TIMEOUT_MS,
    })
    if (status !== 0) throw new Error(`SST could not fetch its packages: ${stdout}${stderr}`)
    fs.rmSync(platform, { recursive: true, force: true })
    fs.renameSync(path.join(app, '.sst/platform'), platform)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** The environment of SST: it would report what is done with it. */
export function quietEnv() {
  return { ...process.env, SST_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
}

/** Names SST's components, and the versions of the packages that they use. */
export function platformDigest(platform) {
  return digest([path.join(platform, 'src'), path.join(platform, 'package.json'), path.join(platform, 'bun.lockb')], SST).slice(0, 16)
}

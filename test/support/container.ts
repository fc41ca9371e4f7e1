import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stageImage } from '../../scripts/pack/image.mjs'
import { type Containers, setupContainers, storageConf } from '../../scripts/setup/containers.mjs'
import { type Finished, run } from './child.ts'
import { repositoryRoot } from './repository.ts'
import { makeTempFolder, removeFolder } from './temp.ts'

/** Why containers cannot be had here, after it was said; where they must be had (CI=true), that is an error. */
export async function whyNoContainers(): Promise<string | undefined> {
  const { missing } = await containers()
  if (missing === undefined) return undefined
  if (process.env.CI === 'true') throw new Error(`the tests of containers must run here: ${missing}`)
  console.warn(`SKIPPED: the image and the compose files are not tested, because ${missing}`)
  return missing
}

let prepared: Promise<Containers> | undefined

function containers(): Promise<Containers> {
  prepared ??= setupContainers()
  return prepared
}

/** netavark keeps names and networks in /run, for all stores alike: another run's containers would be found by their names. */
const prepare = 'mount -t tmpfs tmpfs /run && ip link set lo up'

/**
 * A machine for containers: networks, processes and mounts of its own, so that nothing of podman stays behind, and images that
 * were built before. Its containers reach each other and nothing else.
 */
export interface ContainerHost {
  readonly folder: string
  /** @throws Error with what podman has said */
  podman(...words: string[]): Promise<string>
  /** As `podman`, with the outcome whatever it is. */
  tryPodman(...words: string[]): Promise<Finished>
  /** `podman-compose` with a file of the checkout. */
  compose(file: string, env: Record<string, string>, ...words: string[]): Promise<string>
  /** @returns the path of a socket that leads to a port of that machine */
  reach(port: number): Promise<string>
  stop(): Promise<void>
}

export async function startContainerHost(): Promise<ContainerHost> {
  const found = await containers()
  if (found.missing !== undefined) throw new Error(found.missing)
  const folder = makeTempFolder()
  const at = (...parts: string[]) => path.join(folder, ...parts)
  fs.mkdirSync(at('nets'))
  fs.writeFileSync(at('storage.conf'), storageConf(at('store'), at('run'), found.store))
  const conf = fs.readFileSync(path.join(found.config, 'containers.conf'), 'utf8')
  fs.writeFileSync(at('containers.conf'), `${conf}[network]\nnetwork_backend = "netavark"\nnetwork_config_dir = "${at('nets')}"\n`)
  const env = {
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    // Nothing of this user's own settings of registries.
    HOME: folder,
    XDG_RUNTIME_DIR: undefined,
  }
  const words = ['--net', '--mount', '--pid', '--ipc', '--propagation=private', '--fork', '--kill-child', '--mount-proc']
  const root = spawn('unshare', [...words, 'sh', '-c', `${prepare} && echo ready && exec sleep infinity`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve, reject) => {
    root.stdout.once('data', resolve)
    root.once('exit', () => reject(new Error('a machine for containers could not be made')))
  })
  const [pid] = fs.readFileSync(`/proc/${root.pid}/task/${root.pid}/children`, 'utf8').split(' ')
  const inside = ['--target', pid!, '--net', '--mount', '--pid', '--ipc', '--']
  const tryInside = (command: string, args: readonly string[], extra: Record<string, string> = {}) =>
    run('nsenter', [...inside, command, ...args], { cwd: folder, env: { ...env, ...extra } })
  const must = async (command: string, args: readonly string[], extra?: Record<string, string>) => {
    const { code, stdout, stderr } = await tryInside(command, args, extra)
    if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
    return stdout.trim()
  }
  const relays: ChildProcess[] = []
  return {
    folder,
    podman: (...args) => must('podman', args),
    tryPodman: (...args) => tryInside('podman', args),
    compose: (file, extra, ...args) => must(found.compose, ['--in-pod=false', '-f', path.join(repositoryRoot, file), ...args], extra),
    async reach(port) {
      const socket = at(`port-${port}`)
      if (fs.existsSync(socket)) return socket
      const relay = spawn('nsenter', [...inside, process.execPath, path.join(import.meta.dirname, 'relay.mjs'), socket, String(port)], {
        stdio: ['pipe', 'ignore', 'inherit'],
      })
      relays.push(relay)
      while (!(await canConnect(socket))) await sleep(50)
      return socket
    },
    async stop() {
      // One that others depend on goes in the second round; what stays of the processes ends with their namespace.
      for (const _ of [1, 2]) await tryInside('podman', ['rm', '--all', '--force', '--time', '1'])
      for (const relay of relays) relay.kill('SIGKILL')
      root.kill('SIGKILL')
      if (root.exitCode === null && root.signalCode === null) await new Promise((resolve) => root.once('exit', resolve))
      removeFolder(folder)
    },
  }
}

/** Builds the image of this checkout. @returns its name */
export async function buildImage({ podman }: ContainerHost): Promise<string> {
  const context = makeTempFolder()
  try {
    for (const file of ['Dockerfile', '.dockerignore']) fs.copyFileSync(path.join(repositoryRoot, file), path.join(context, file))
    await stageImage(path.join(context, 'dist/image'))
    // As in a checkout: none of these may get into the image.
    fs.writeFileSync(path.join(context, '.env'), 'API_KEYS=secret-of-the-checkout')
    fs.mkdirSync(path.join(context, 'apps/hub/src'), { recursive: true })
    fs.writeFileSync(path.join(context, 'apps/hub/src/main.test.ts'), '')
    const name = 'localhost/signalbox:latest'
    const options = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--quiet']
    await podman('build', ...options, '--tag', name, context)
    return name
  } finally {
    removeFolder(context)
  }
}

function canConnect(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

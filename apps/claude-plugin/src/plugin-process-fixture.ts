import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { type Finished, run } from '../../../test/support/child.ts'
import { filterAlive } from '../../../test/support/process-tree.ts'
import { tempFolder } from '../../../test/support/temp.ts'

export const pluginRoot = path.resolve(import.meta.dirname, '..')

/** The home of a user with the plugin, without Claude Code: a test is what calls the hooks. */
export class PluginHome {
  readonly folder = tempFolder()
  readonly data = path.join(this.folder, 'plugin-data')
  readonly env: Record<string, string | undefined>

  constructor(url: string, more: Record<string, string | undefined> = {}) {
    this.env = {
      // The Node that runs the tests is the one that the hooks find.
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: this.folder,
      XDG_CONFIG_HOME: undefined,
      XDG_STATE_HOME: undefined,
      SIGNALBOX_HOOK_DATA: undefined,
      DATA_DIR: path.join(this.folder, 'signalbox'),
      CLAUDE_PLUGIN_ROOT: pluginRoot,
      CLAUDE_PLUGIN_DATA: this.data,
      CLAUDE_PID: String(process.pid),
      CLAUDE_PROJECT_DIR: '/home/dev/work',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      CLAUDE_CODE_SESSION_ID: undefined,
      CLAUDE_CODE_SESSION_KIND: undefined,
      SIGNALBOX_URL: undefined,
      SIGNALBOX_API_KEY: undefined,
      MACHINE_ID: 'laptop',
      CLAUDE_PLUGIN_OPTION_HUB_URL: url,
      CLAUDE_PLUGIN_OPTION_API_KEY: '',
      ...more,
    }
    onTestFinished(() => this.endSenders())
  }

  /** Runs a hook as Claude Code does: the command of hooks.json in a shell, the event on stdin. */
  hook(event: object, more: Record<string, string | undefined> = {}): Promise<Finished> {
    return this.hookText(JSON.stringify(event), more)
  }

  hookText(input: string, more: Record<string, string | undefined> = {}): Promise<Finished> {
    const { hooks } = JSON.parse(fs.readFileSync(path.join(pluginRoot, 'hooks/hooks.json'), 'utf8')) as {
      hooks: Record<string, { hooks: { command: string }[] }[]>
    }
    const { command = '' } = hooks.Stop?.[0]?.hooks[0] ?? {}
    return run('/bin/sh', ['-c', command], { env: { ...this.env, ...more }, input })
  }

  /** The files in a folder of the plugin's data. */
  files(name: 'spool' | 'queue' | 'alive' | 'clients', data = this.data): string[] {
    const folder = path.join(data, name)
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
  }

  /** The process that delivers now. */
  sender(data = this.data): number | undefined {
    try {
      return Number(fs.readFileSync(path.join(data, 'lock'), 'utf8').split(' ', 1)[0])
    } catch {
      return undefined
    }
  }

  async endSenders(): Promise<void> {
    for (const data of [this.data, path.join(this.folder, '.local/state/signalbox/hooks')]) {
      const pid = this.sender(data)
      if (pid === undefined || pid === process.pid || filterAlive([pid]).length === 0) continue
      process.kill(pid, 'SIGKILL')
      while (filterAlive([pid]).length > 0) await sleep(10)
    }
  }
}

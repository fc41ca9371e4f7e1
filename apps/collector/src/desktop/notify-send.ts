import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import type { DesktopNotice } from '@signalbox/contract/desktop-notice'

const TIMEOUT_MS = 5_000
/** Notifications of which the id is remembered, so that a later one replaces them. */
const MAX_REMEMBERED = 200

/** Shows notices on this machine's desktop. */
export interface Desktop {
  /** @returns whether it is shown */
  show(notice: DesktopNotice): Promise<boolean>
}

/**
 * The desktop of a Linux session: `notify-send`, and the session's bus, by which it finds who shows notifications.
 * @returns undefined where there is none
 */
export function findDesktop(env: NodeJS.ProcessEnv, platform = process.platform): Desktop | undefined {
  const program = platform === 'linux' ? findProgram('notify-send', env) : undefined
  return program === undefined || !hasBus(env) ? undefined : new NotifySend(program, env)
}

function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const files = (env.PATH ?? '').split(path.delimiter).flatMap((folder) => (path.isAbsolute(folder) ? [path.join(folder, name)] : []))
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function hasBus(env: NodeJS.ProcessEnv): boolean {
  if ((env.DBUS_SESSION_BUS_ADDRESS ?? '') !== '') return true
  const folder = env.XDG_RUNTIME_DIR ?? ''
  return folder !== '' && existsSync(path.join(folder, 'bus'))
}

class NotifySend implements Desktop {
  readonly #program: string
  readonly #env: NodeJS.ProcessEnv
  readonly #ids = new Map<string, string>()

  constructor(program: string, env: NodeJS.ProcessEnv) {
    this.#program = program
    this.#env = env
  }

  async show({ tag, title, body, severity, url }: DesktopNotice): Promise<boolean> {
    const urgency = { critical: 'critical', warning: 'normal', info: 'low' }[severity]
    const known = this.#ids.get(tag)
    const text = url === undefined ? body : `${body}\n${url}`
    const options = [
      '--app-name=Signalbox',
      `--urgency=${urgency}`,
      '--print-id',
      ...(known === undefined ? [] : [`--replace-id=${known}`]),
    ]
    const id = await this.#run([...options, '--', title === '' ? 'Signalbox' : title, escapeMarkup(text)])
    if (id === undefined) return false
    this.#ids.delete(tag)
    this.#ids.set(tag, id)
    for (const oldest of [...this.#ids.keys()].slice(0, Math.max(0, this.#ids.size - MAX_REMEMBERED))) this.#ids.delete(oldest)
    return true
  }

  /** @returns the notification's id; undefined when it is not shown */
  #run(args: readonly string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      execFile(this.#program, args, { env: this.#env, timeout: TIMEOUT_MS }, (error, stdout) =>
        resolve(error === null ? stdout.trim() : undefined),
      )
    })
  }
}

/** Most desktops read a body as markup; a title is plain. */
function escapeMarkup(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

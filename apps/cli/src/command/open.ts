import { spawn } from 'node:child_process'
import { printable } from '@signalbox/contract/printable'
import type { Command } from 'commander'
import { withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export function open(command: Command, io: Io): void {
  command
    .option('--print', 'only print the link, without opening a browser')
    .addHelpText(
      'after',
      `
Signs your browser in to the dashboard, without pasting a key: with a link that works once, within a minute, and has the
scopes that your commands have.

Examples:
  signalbox open
  signalbox open --print      for a browser of another kind`,
    )
    .action((options: { print?: true }) => run(io, options))
}

async function run(io: Io, { print }: { print?: true }): Promise<void> {
  const link = await withHub(io, {}, async (hub) => {
    const { path } = await hub.client.createSignInLink()
    return hub.url + path
  })
  // The link alone on stdout, so that a script can pass it on.
  io.stdout.write(`${printable(link)}\n`)
  io.stderr.write('This link signs a browser in. It works once, within a minute; for another, run the command again.\n')
  if (print || io.stdout.isTTY !== true) return
  io.stderr.write('Opening it in your browser; if nothing happens, open it by hand.\n')
  openBrowser(io, link)
}

/** Starts the system's program for links, and does not wait for it. */
function openBrowser({ system, env }: Io, link: string): void {
  const [file, ...args] =
    system.platform === 'darwin'
      ? ['open', link]
      : system.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', link]
        : ['xdg-open', link]
  const child = system.withInheritedUmask(() => spawn(file!, args, { detached: true, stdio: 'ignore', env }))
  // The link was printed as well.
  child.on('error', () => {})
  child.unref()
}

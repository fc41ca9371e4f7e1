import { formatDuration } from '@signalbox/contract/duration-text'
import type { CreateInvite, Invite } from '@signalbox/contract/invite'
import { printable } from '@signalbox/contract/printable'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import { createClockFormatter } from '../clock-formatter.ts'
import { Failure } from '../failure.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface InviteOptions extends HubOptions {
  readonly name?: string
  /** Seconds. */
  readonly expires?: number
  readonly scopes?: NonNullable<CreateInvite['scopes']>
  readonly anyMachine?: true
  /** The address of the hub for the other machine. */
  readonly url?: string
}

export async function invite(io: Io, { name, expires, scopes, anyMachine, url, ...options }: InviteOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const made = await hub.client.createInvite({
      ...(name === undefined ? {} : { name }),
      ...(expires === undefined ? {} : { expires_in_s: expires }),
      ...(scopes === undefined ? {} : { scopes }),
      ...(anyMachine === undefined ? {} : { any_machine: anyMachine }),
    })
    const { code, expires_at } = made
    if (code === undefined) throw new Failure('the hub did not return the code.', 'Try again.')
    const address = url?.replace(/\/+$/, '') ?? made.url
    const answer: Invite = { ...made, url: address, command: `npx signalbox connect ${address} ${code}` }
    if (options.json) return printJson(io, answer)
    io.stderr.write('On the machine to connect, in a checkout of Signalbox, run:\n')
    io.stdout.write(`${printable(answer.command ?? '')}\n`)
    const left = formatDuration(Date.parse(expires_at) - hub.now())
    io.stderr.write(`The code works once, for ${left} (until ${createClockFormatter(io)(expires_at)}).\n`)
    if (url !== undefined) return
    const { hostname, protocol } = new URL(address)
    if (made.loopback) {
      io.stderr.write(
        'This hub listens on this machine only. For another machine start it with HOST=0.0.0.0, or pass the address by which it is reached: --url.\n',
      )
    } else if (protocol === 'http:' && !isLoopback(hostname)) {
      io.stderr.write(
        'Over plain http others on the network can read the key. Use https, a VPN or an ssh tunnel where you do not trust it: --url.\n',
      )
    }
  })
}

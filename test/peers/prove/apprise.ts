import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { APPRISE_KEY, startApprisePeer } from '../apprise.ts'
import { DISCORD_HOOK, startDiscordPeer } from '../discord.ts'
import { startMailServer } from '../mail-server.ts'
import { MATRIX_ROOM, MATRIX_TOKEN, startMatrixPeer } from '../matrix.ts'
import { NTFY_TOPIC, startNtfyPeer } from '../ntfy.ts'
import { PAGERDUTY_KEY, startPagerdutyPeer } from '../pagerduty.ts'
import type { Peer } from '../peer.ts'
import { PUSHOVER_TOKEN, PUSHOVER_USER, startPushoverPeer } from '../pushover.ts'
import { SLACK_HOOK, startSlackPeer } from '../slack.ts'
import { startTeamsPeer, TEAMS_HOOK } from '../teams.ts'
import { startTelegramPeer, TELEGRAM_CHATS, TELEGRAM_TOKEN } from '../telegram.ts'
import type { Checks } from './check.ts'

interface Calibration {
  readonly start: () => Promise<Peer>
  /** For Apprise. */
  readonly address: (port: string) => string
  /** What Apprise would call; where it takes the address of a server, nothing has to be replaced. */
  readonly place?: string
  /** An address that the peer has to refuse. */
  readonly wrong: (port: string) => string
}

const [, , ...slackParts] = SLACK_HOOK.split('/')
const [discordId, discordToken] = DISCORD_HOOK.split('/').slice(3)
const teamsHook = new URL(TEAMS_HOOK, 'http://x')
const teamsAddress = (signature: string) =>
  `workflows://prod-00.westeurope.logic.azure.com:443/${teamsHook.pathname.split('/')[2]}/${signature}`

const calibrations: Readonly<Record<string, Calibration>> = {
  slack: {
    start: startSlackPeer,
    // Apprise accepts tokens of the shape that Slack has, in three parts.
    address: () => `slack://${slackParts.join('/')}`,
    wrong: () => 'slack://T0PEER/B0PEER/anotheranotheranotheran1',
    place: 'https://hooks.slack.com',
  },
  discord: {
    start: startDiscordPeer,
    address: () => `discord://${discordId}/${discordToken}`,
    wrong: () => `discord://${discordId}/other`,
    place: 'https://discord.com',
  },
  telegram: {
    start: startTelegramPeer,
    address: () => `tgram://${TELEGRAM_TOKEN}/${TELEGRAM_CHATS.known}`,
    wrong: () => `tgram://${TELEGRAM_TOKEN}/${TELEGRAM_CHATS.blocked}`,
    place: 'https://api.telegram.org',
  },
  pagerduty: {
    start: startPagerdutyPeer,
    address: () => `pagerduty://${PAGERDUTY_KEY}@apikey`,
    wrong: () => `pagerduty://${'x'.repeat(32)}@apikey`,
    place: 'https://events.pagerduty.com',
  },
  matrix: {
    start: startMatrixPeer,
    address: (port) => `matrix://${MATRIX_TOKEN}@127.0.0.1:${port}/${encodeURIComponent(MATRIX_ROOM)}?v=3`,
    wrong: (port) => `matrix://wrong@127.0.0.1:${port}/${encodeURIComponent(MATRIX_ROOM)}?v=3`,
  },
  teams: {
    start: startTeamsPeer,
    address: () => teamsAddress(teamsHook.searchParams.get('sig') ?? ''),
    wrong: () => teamsAddress('another'),
    place: 'https://prod-00.westeurope.logic.azure.com:443',
  },
  pushover: {
    start: startPushoverPeer,
    address: () => `pover://${PUSHOVER_USER}@${PUSHOVER_TOKEN}?priority=emergency`,
    wrong: () => `pover://${PUSHOVER_USER}@${'x'.repeat(30)}`,
    place: 'https://api.pushover.net',
  },
  ntfy: {
    start: startNtfyPeer,
    address: (port) => `ntfy://127.0.0.1:${port}/${NTFY_TOPIC}?priority=high`,
    wrong: (port) => `ntfy://tk_wrong@127.0.0.1:${port}/${NTFY_TOPIC}`,
  },
  apprise: {
    start: startApprisePeer,
    address: (port) => `apprise://127.0.0.1:${port}/${APPRISE_KEY}`,
    wrong: (port) => `apprise://127.0.0.1:${port}/other`,
  },
}

/** Each peer must accept what Apprise sends, a client by other authors, and refuse what Apprise sends with a wrong secret. */
export async function proveWithApprise(checks: Checks, python: string): Promise<void> {
  for (const [name, { start, address, wrong, place }] of Object.entries(calibrations)) {
    const peer = await start()
    const { port } = new URL(peer.url)
    const places = place === undefined ? [] : [place, peer.url]
    const status = await send(python, [address(port), ...places])
    checks.check(`${name}: the peer accepts a message of Apprise`, status === 0 && peer.accepted.length > 0, {
      status,
      received: peer.received.map(({ path, body }) => [path, body.slice(0, 200)]),
    })
    const [accepted, received] = [peer.accepted.length, peer.received.length]
    await send(python, [wrong(port), ...places])
    checks.check(
      `${name}: the peer refuses Apprise with a wrong secret`,
      peer.accepted.length === accepted && peer.received.length > received,
      {
        received: peer.received.slice(received).map(({ path, body }) => [path, body.slice(0, 200)]),
      },
    )
    await peer.close()
  }
  const server = await startMailServer()
  const { port } = new URL(server.url)
  const status = await send(python, [`mailto://127.0.0.1:${port}?from=a@hub.example&to=ops@example.com&mode=insecure`])
  checks.check('email: the mail server accepts a message of Apprise', status === 0 && server.mails.length === 1, { status })
  await server.close()
}

async function send(python: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(python, [path.join(import.meta.dirname, 'calibrate.py'), ...args], { stdio: ['ignore', 'ignore', 'ignore'] })
  const [status] = (await once(child, 'exit')) as [number | null]
  return status
}

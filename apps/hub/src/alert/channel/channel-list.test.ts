import { channelKinds } from '@signalbox/contract/channel-kind'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { APPRISE_KEY, startApprisePeer } from '../../../../../test/peers/apprise.ts'
import { DISCORD_HOOK, startDiscordPeer } from '../../../../../test/peers/discord.ts'
import { startHostilePeer } from '../../../../../test/peers/hostile.ts'
import { MATRIX_ROOM, MATRIX_TOKEN, startMatrixPeer } from '../../../../../test/peers/matrix.ts'
import { aMessage, anItem, anyMessage, hostileTexts } from '../../../../../test/peers/message.ts'
import { NTFY_TOPIC, startNtfyPeer } from '../../../../../test/peers/ntfy.ts'
import { PAGERDUTY_KEY, startPagerdutyPeer } from '../../../../../test/peers/pagerduty.ts'
import type { Peer } from '../../../../../test/peers/peer.ts'
import { wireForTests, wireTo } from '../../../../../test/peers/peer-wire.ts'
import { PUSHOVER_TOKEN, PUSHOVER_USER, startPushoverPeer } from '../../../../../test/peers/pushover.ts'
import { SLACK_HOOK, startSlackPeer } from '../../../../../test/peers/slack.ts'
import { startTeamsPeer, TEAMS_HOOK } from '../../../../../test/peers/teams.ts'
import { startTelegramPeer, TELEGRAM_CHATS, TELEGRAM_TOKEN } from '../../../../../test/peers/telegram.ts'
import type { ChannelKind, Message, Wire } from './channel-kind.ts'
import { channelList } from './channel-list.ts'
import { newVapidKeys } from './web-push.ts'
import { newWebhookSecret } from './webhook.ts'

const kinds = channelList({
  clock: { now: () => Date.now() },
  mail: undefined,
  vapid: async () => ({ ...(await newVapidKeys()), subject: 'mailto:ops@example.com' }),
  desktop: { show: async () => [] },
})
const { signal } = new AbortController()

/** Every kind that speaks HTTP to a service of another, with its peer and a configuration for it. */
const services: Readonly<Record<string, { start: () => Promise<Peer>; config: (url: string) => object }>> = {
  slack: { start: startSlackPeer, config: (url) => ({ url: url + SLACK_HOOK }) },
  discord: { start: startDiscordPeer, config: (url) => ({ url: url + DISCORD_HOOK }) },
  ntfy: { start: startNtfyPeer, config: (url) => ({ topic: NTFY_TOPIC, server: url }) },
  telegram: { start: startTelegramPeer, config: (server) => ({ bot_token: TELEGRAM_TOKEN, chat_id: TELEGRAM_CHATS.known, server }) },
  pagerduty: { start: startPagerdutyPeer, config: () => ({ routing_key: PAGERDUTY_KEY }) },
  matrix: { start: startMatrixPeer, config: (server) => ({ server, access_token: MATRIX_TOKEN, room_id: MATRIX_ROOM }) },
  teams: { start: startTeamsPeer, config: (url) => ({ url: url + TEAMS_HOOK }) },
  pushover: { start: startPushoverPeer, config: () => ({ app_token: PUSHOVER_TOKEN, user_key: PUSHOVER_USER }) },
  apprise: { start: startApprisePeer, config: (url) => ({ url, config_key: APPRISE_KEY }) },
}
const kindOf = (name: string) => kinds[name as keyof typeof kinds] as ChannelKind<object>
const placesOf = (url: string) => ({ 'https://events.pagerduty.com': url, 'https://api.pushover.net': url })

it('has every kind under its name', () => {
  expect(Object.keys(kinds).sort()).toEqual([...channelKinds].sort())
  for (const name of channelKinds) expect(kinds[name].kind).toBe(name)
})

describe.each(Object.keys(services))('%s', (name) => {
  it('gets what it accepts, whatever others wrote, as one alert and as many', async () => {
    const { start, config } = services[name]!
    const peer = await start()
    onTestFinished(() => peer.close())
    const wire = wireTo(placesOf(peer.url))
    const messages = hostileTexts.flatMap((summary, index): Message[] => [
      aMessage({ id: `one${index}`, title: summary, items: [anItem({ summary })], notes: [summary] }),
      aMessage({
        id: `many${index}`,
        title: `${summary} x`,
        items: Array.from({ length: 10 }, () => anItem({ summary })),
        more: 31,
        notes: [summary],
      }),
    ])
    const refusals: unknown[] = []
    for (const message of messages.filter(({ title }) => title.trim() !== '')) {
      const outcome = await kindOf(name).send(message, config(peer.url), wire, signal)
      if (outcome.outcome !== 'sent') refusals.push([message.title.slice(0, 30), outcome])
    }
    expect(refusals).toEqual([])
    for (const { body } of peer.received.filter(({ path }) => name !== 'pagerduty' && !path.includes('receipts'))) {
      expect(decodeURIComponent(body.replace(/%(?![0-9a-f]{2})/gi, '')).replaceAll('\\/', '/')).toMatch(
        /https:\/\/hub\.example\/app\/alerts/,
      )
    }
  })

  it('accepts any message', async () => {
    const { start, config } = services[name]!
    const peer = await start()
    onTestFinished(() => peer.close())
    const wire = wireTo(placesOf(peer.url))
    await fc.assert(
      fc.asyncProperty(anyMessage, async (message) => {
        expect(await kindOf(name).send(message, config(peer.url), wire, signal)).toMatchObject({ outcome: 'sent' })
      }),
      { numRuns: 12 },
    )
  })

  it('that misbehaves is an outcome and never an exception', async () => {
    const { config } = services[name]!
    const hostile = await startHostilePeer()
    onTestFinished(() => hostile.close())
    // Long enough for a peer that answers, on a busy machine.
    const guarded = wireForTests({ timeoutMs: 1_500 })
    const outcomes = await Promise.all(
      ['/ok-false', '/moved', '/away', '/big', '/dribble', '/reset', '/half', '/silent', '/garbage', '/headers'].map(async (path) => {
        const wire: Wire = { request: (request, stop) => guarded.request({ ...request, url: hostile.url + path }, stop) }
        return [path, (await kindOf(name).send(aMessage(), config(hostile.url), wire, signal)).outcome] as const
      }),
    )
    const { '/moved': moved, '/big': big, ...others } = Object.fromEntries(outcomes)
    expect(moved).toBe('refused')
    expect(Object.values(others)).toEqual(Array(8).fill('failed'))
    // Of these the status is all that is promised; of the others a 200 has to have their own words.
    expect(big).toBe(['teams', 'apprise'].includes(name) ? 'sent' : 'failed')
  })
})

it('an address that is not allowed is refused before anything is sent, by every kind with an address of its own', async () => {
  const closed = wireForTests({ allowNetworks: [] })
  const own = Object.entries(services).filter(([name]) => name !== 'pagerduty' && name !== 'pushover')
  const more: (readonly [string, object])[] = [
    ['webhook', { url: 'http://127.0.0.1:9/', secret: newWebhookSecret() }],
    ...own.map(([name, { config }]) => [name, config('http://127.0.0.1:9')] as const),
  ]
  for (const [name, config] of more) {
    expect(await kindOf(name).send(aMessage(), config, closed, signal), name).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('ALERT_ALLOW_NETWORKS'),
    })
  }
})

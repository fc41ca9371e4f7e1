import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, it } from 'vitest'
import { setupMinistack } from '../../../scripts/setup/ministack.mjs'
import { run } from '../../support/child.ts'
import { mongoForTests } from '../../support/mongo.ts'
import { fixtures } from '../gateway-fixtures.ts'
import type { GatewayOutcome } from './inside-gateway.ts'

/** It listens on all interfaces, so it gets a network that has none but its own. */
const inNetworkOfItsOwn = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']

function whyNot(): string | undefined {
  if (spawnSync('unshare', [...inNetworkOfItsOwn, 'sh', '-c', 'ip link set lo up']).status !== 0)
    return 'a network of its own cannot be made here'
  return setupMinistack().missing
}

const [slash, escaped, gzip, signIn] = [
  'a path with rack%2F1',
  'a path with %252F',
  'a gzip body',
  'a sign-in, which sets a cookie for https',
]
/**
 * Where the stand-in decodes paths before the function, so that an id with a slash is two parts, or reads a body of bytes as text.
 * Whether AWS decodes, only AWS can show. A sign-in behind a stage has a cookie for its path, and the domain of a Function URL is
 * another one than that of the page in the fixture.
 */
const peculiar: Record<string, readonly (string | undefined)[]> = {
  rest: [slash, escaped, signIn],
  http: [slash, gzip],
  url: [slash, escaped, gzip, signIn],
}

const missing = whyNot()
if (missing !== undefined) console.warn(`SKIPPED: the hub is not tested behind a gateway of another author, because ${missing}`)

it.skipIf(missing !== undefined)(
  'behind the gateways of another author requests have the same answers, its schedule finds a silent session, and its logs have each call',
  async () => {
    // Built before, because there is no network inside.
    await mongoForTests()
    const { program } = setupMinistack() as { program: string }
    const inside = path.join(import.meta.dirname, 'inside-gateway.ts')
    const command = `ip link set lo up && exec "$0" "$@"`
    const words = [process.execPath, inside, process.env.LAMBDA_BUNDLE!, program]
    const { code, stdout, stderr } = await run('unshare', [...inNetworkOfItsOwn, 'sh', '-c', command, ...words])
    expect(code, stderr.slice(-3000)).toBe(0)
    const { answers, statuses, logged } = JSON.parse(stdout) as GatewayOutcome
    const wrong: Record<string, string[]> = {}
    for (const [kind, received] of Object.entries(answers)) {
      wrong[kind] = fixtures().flatMap(({ name, status, check }, n) => {
        const { statusCode, headers, body } = received[n]!
        const rawPayload = body.startsWith('base64:') ? Buffer.from(body.slice(7), 'base64') : Buffer.from(body)
        try {
          expect(statusCode).toBe(status)
          check?.({ statusCode, headers, cookies: headers['set-cookie'] ?? [], rawPayload })
          return []
        } catch (error) {
          return [name, `${(error as Error).message.split('\n')[0]}: ${body.slice(0, 200)}`]
        }
      })
    }
    expect(
      Object.fromEntries(Object.entries(wrong).map(([kind, all]) => [kind, all.filter((_, n) => n % 2 === 0)])),
      JSON.stringify(wrong, null, 2),
    ).toEqual(peculiar)
    expect(statuses).toEqual(['stalled'])
    // It keeps what the runtime says of each call; what a function itself writes to its output it does not.
    expect(logged.filter((line) => line.startsWith('REPORT ')).length).toBeGreaterThan(100)
  },
)

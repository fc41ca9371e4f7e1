import path from 'node:path'
import { createInterface } from 'node:readline'
import { newWebhookSecret, webhook } from '../../../apps/hub/src/alert/channel/webhook.ts'
import { aMessage, anItem, hostileTexts } from '../message.ts'
import { wireForTests } from '../peer-wire.ts'
import type { Checks } from './check.ts'
import { endProgram, startProgram } from './programs.ts'

/** The Python library of Standard Webhooks must verify what our kind sends, also while secrets change, and refuse what is not signed. */
export async function proveWithStandardWebhooks(checks: Checks, python: string): Promise<void> {
  const secret = newWebhookSecret()
  const child = startProgram(python, [path.join(import.meta.dirname, 'receive.py'), secret])
  try {
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    const next = async () => String((await lines.next()).value)
    const url = `http://127.0.0.1:${await next()}/`
    const kind = webhook({ now: () => Date.now() })
    const send = async (config: object, message = aMessage()) => {
      const { outcome } = await kind.send(message, { url, ...config }, wireForTests(), new AbortController().signal)
      return { outcome, said: JSON.parse(await next()) as { id?: string; type?: string; error?: string } }
    }
    const plain = await send({ secret })
    checks.check('webhook: Python verifies a message', plain.outcome === 'sent' && plain.said.type === 'alert.opened', plain)
    const old = await send({ secret: newWebhookSecret(), previous_secret: secret })
    checks.check('webhook: Python verifies with the previous secret', old.outcome === 'sent' && old.said.id === aMessage().id, old)
    const other = await send({ secret: newWebhookSecret() })
    checks.check('webhook: Python refuses another secret', other.outcome === 'refused' && other.said.error !== undefined, other)
    const hostile = await Promise.resolve(hostileTexts).then(async (texts) => {
      const failed: unknown[] = []
      for (const summary of texts) {
        const result = await send({ secret }, aMessage({ title: summary, items: [anItem({ summary })] }))
        if (result.outcome !== 'sent') failed.push(result)
      }
      return failed
    })
    checks.check('webhook: Python verifies whatever others wrote', hostile.length === 0, hostile)
  } finally {
    await endProgram(child)
  }
}

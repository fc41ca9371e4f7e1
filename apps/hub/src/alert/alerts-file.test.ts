import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../test/open-hub.ts'
import { applyAlertsFile, readAlertsFile } from './alerts-file.ts'

function fileOf(content: unknown): string {
  const file = path.join(tempFolder(), 'alerts.json')
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const hook = {
  channel_id: 'hook',
  kind: 'webhook',
  name: 'Hook',
  config: { url: 'https://example.com/h', authorization: `Bearer $${'{'}HOOK_TOKEN}` },
}
const budget = { rule_id: 'month', kind: 'budget', parameters: { amount_usd: 100, period: 'month' }, channels: ['hook'] }

it('takes secrets from the environment, and says what is wrong without them', () => {
  const file = fileOf({ channels: [hook], rules: [budget] })
  expect(readAlertsFile(file, { HOOK_TOKEN: 'abc' }).channels[0]?.config).toMatchObject({ authorization: 'Bearer abc' })
  expect(() => readAlertsFile(file, {})).toThrowError(expect.objectContaining({ problems: [expect.stringContaining('names HOOK_TOKEN')] }))
  const problems = (content: unknown) => {
    try {
      readAlertsFile(fileOf(content), { HOOK_TOKEN: 'planted' })
      return undefined
    } catch (error) {
      return (error as { problems: string[] }).problems[0]
    }
  }
  expect(problems('{')).toContain('is not JSON')
  expect(problems({ channels: [{ ...hook, config: { url: 'no address' } }] })).toContain('channels[0].config.url')
  expect(problems({ rules: [{ ...budget, parameters: {} }] })).toContain('rules[0].parameters.amount_usd')
  expect(problems({ channels: [{ ...hook, kind: 'pigeon' }] })).not.toContain('planted')
  const refuse = () => readAlertsFile(file, { HOOK_TOKEN: 'abc' }, (url) => `${new URL(url).host} is no address for alerts.`)
  expect(refuse).toThrowError(
    expect.objectContaining({ problems: [expect.stringContaining('channels[0].config.url is refused: example.com is no address')] }),
  )
})

it('its rules and channels are those of the hub, and cannot be changed there', async () => {
  const { app, store, clock, ask } = await openHub()
  const apply = (content: object) =>
    applyAlertsFile(store.alerts, app.alerts.secrets, readAlertsFile(fileOf(content), { HOOK_TOKEN: 'abc' }), clock.now())
  await apply({ channels: [hook], rules: [budget] })
  expect(await store.alerts.rules()).toMatchObject([{ rule_id: 'month', source: 'file', channels: ['hook'], revision: 1 }])
  expect(await store.alerts.channels()).toMatchObject([{ channel_id: 'hook', source: 'file', state: 'ok', revision: 1 }])
  await apply({ channels: [hook], rules: [budget] })
  expect([(await store.alerts.rules())[0]?.revision, (await store.alerts.channels())[0]?.revision]).toEqual([1, 1])
  for (const url of ['/api/alert-rules/month', '/api/channels/hook']) {
    expect((await ask('PUT', url, { payload: { name: 'x' } })).statusCode).toBe(409)
    expect((await ask('DELETE', url)).statusCode).toBe(409)
  }
  // A channel of the page that the file names would be missing at the next start.
  const payload = { kind: 'ntfy', name: 'Phone', config: { topic: 'x' } }
  const { channel_id } = (await ask('POST', '/api/channels', { payload })).json() as { channel_id: string }
  await apply({ channels: [hook], rules: [{ ...budget, channels: [channel_id] }] })
  const kept = await ask('DELETE', `/api/channels/${channel_id}`)
  expect([kept.statusCode, kept.json().message]).toEqual([409, 'The rule month of ALERTS_FILE names this channel'])
  await apply({ channels: [hook], rules: [budget] })
  expect((await ask('DELETE', `/api/channels/${channel_id}`)).statusCode).toBe(204)
  const escalate = [{ after_ms: 60_000, channels: ['nope'] }]
  await expect(apply({ channels: [hook], rules: [{ ...budget, escalate }] })).rejects.toMatchObject({
    problems: ['ALERTS_FILE has the channel "nope" in rules[0].escalate[0].channels; it must be one that there is'],
  })
  await expect(apply({ channels: [], rules: [budget] })).rejects.toMatchObject({ problems: [expect.stringContaining('"hook"')] })
  await apply({ channels: [{ ...hook, enabled: false }], rules: [] })
  expect([await store.alerts.rules(), (await store.alerts.channels())[0]?.state]).toEqual([[], 'off'])
})

import { describe, expect, it } from 'vitest'
import { channelConfigSchemas } from './channel-config.ts'
import { channelFields, channelFieldValue, keepSecrets, withoutSecrets } from './channel-field.ts'
import { channelKinds } from './channel-kind.ts'

/** Fields of which the schema takes only one. */
const alternatives = new Set(['apprise.urls'])

it.each(channelKinds)('the examples of %s are a valid configuration', (kind) => {
  const filled = channelFields[kind].filter((field) => !alternatives.has(`${kind}.${field.name}`))
  const config = Object.fromEntries(filled.map((field) => [field.name, channelFieldValue(field, field.example)]))
  expect(channelConfigSchemas[kind].safeParse(config).error).toBeUndefined()
})

it.each(channelKinds)('the fields of %s are those of its schema, and as required as there', (kind) => {
  const schema = channelConfigSchemas[kind]
  expect(channelFields[kind].map((field) => field.name).sort()).toEqual(
    Object.keys(schema.shape)
      .filter((name) => name !== 'subscriptions')
      .sort(),
  )
  for (const field of channelFields[kind]) {
    const member = (schema.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>)[field.name]
    expect(member?.safeParse(undefined).success, `${kind}.${field.name}`).toBe(!field.required)
  }
})

describe('a configuration', () => {
  const refused: readonly (readonly [keyof typeof channelConfigSchemas, object])[] = [
    ['webhook', { url: 'ftp://example.com' }],
    ['webhook', { url: 'https://user:secret@example.com' }],
    ['webhook', { url: 'https://example.com', secret: 'whsec_c2hvcnQ=' }],
    ['webhook', { url: 'https://example.com', authorization: 'Bearer a\r\nX: y' }],
    ['email', { to: [] }],
    ['email', { to: ['Ann <ann@example.com>'] }],
    ['email', { to: ['ann@example.com\r\nBcc: eve@example.com'] }],
    ['ntfy', { topic: 'a/b' }],
    ['ntfy', { topic: 'a', user: 'phil' }],
    ['telegram', { bot_token: '1/2', chat_id: '3' }],
    ['discord', { url: 'https://discord.com/channels/1/2' }],
    ['matrix', { server: 'https://matrix.org', access_token: 'x', room_id: '#alias:matrix.org' }],
    ['apprise', { url: 'http://apprise:8000' }],
    ['apprise', { url: 'http://apprise:8000', config_key: 'a', urls: ['gotify://host/token'] }],
    ['pushover', { app_token: 'short', user_key: 'short' }],
    ['desktop', { machine: 'laptop' }],
  ]
  it.each(refused)('of %s is refused: %j', (kind, config) => {
    expect(channelConfigSchemas[kind].safeParse(config).success).toBe(false)
  })
})

describe('secrets', () => {
  const slack = { url: 'https://hooks.slack.com/services/T0ABC/B0DEF/secretsecret', server: 'slack' }
  const ntfy = { topic: 'a', server: 'https://ntfy.example.com', token: 'tk_secret' }

  it('are not shown; of an address its beginning is', () => {
    expect(withoutSecrets('slack', slack)).toEqual({ url: 'https://hooks.slack.com/services/T0…', server: 'slack' })
    expect(withoutSecrets('ntfy', ntfy)).toEqual({ topic: 'a', server: 'https://ntfy.example.com', token: '…' })
    expect(withoutSecrets('web_push', { subscriptions: [{ endpoint: 'https://push.example/secret' }] })).toEqual({})
    expect(withoutSecrets('discord', { url: 'https://example.com/secret' })).toEqual({ url: 'https://example.com/…' })
  })

  it('are in no part of any configuration that is shown', () => {
    for (const kind of channelKinds) {
      const config = Object.fromEntries(channelFields[kind].map((field) => [field.name, field.secret ? 'planted' : field.example]))
      expect(JSON.stringify(withoutSecrets(kind, config))).not.toContain('planted')
    }
  })

  it('stay when a change leaves them out or sends what was shown', () => {
    expect(keepSecrets('ntfy', { topic: 'b', server: 'https://ntfy.example.com' }, ntfy)).toEqual({ config: { ...ntfy, topic: 'b' } })
    expect(keepSecrets('slack', { ...withoutSecrets('slack', slack), server: 'mattermost' }, slack)).toEqual({
      config: { ...slack, server: 'mattermost' },
    })
  })

  it('have to be given anew when messages go elsewhere', () => {
    expect(keepSecrets('ntfy', { topic: 'a', server: 'https://evil.example' }, ntfy)).toEqual({ missing: ['token'] })
    expect(keepSecrets('ntfy', { topic: 'a' }, ntfy)).toEqual({ missing: ['token'] })
    expect(keepSecrets('ntfy', { topic: 'a', server: 'https://new.example', token: 'tk_new' }, ntfy)).toEqual({
      config: { topic: 'a', server: 'https://new.example', token: 'tk_new' },
    })
    expect(keepSecrets('slack', { url: 'https://other.example/services/T1/B1/x' }, slack)).toEqual({
      config: { url: 'https://other.example/services/T1/B1/x' },
    })
  })
})

it('a list is typed with commas or one a line, and an empty field is left out', () => {
  const [to] = channelFields.email
  expect(channelFieldValue(to!, ' a@example.com, b@example.com,\n c@example.com ')).toEqual([
    'a@example.com',
    'b@example.com',
    'c@example.com',
  ])
  expect(channelFieldValue(to!, '  ')).toBeUndefined()
})

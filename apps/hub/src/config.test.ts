import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { SettingsError } from '@signalbox/contract/setting'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { readConfig } from './config.ts'

function problems(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  it('all have defaults', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      loopback: true,
      dataDir: path.join(os.homedir(), '.signalbox'),
      development: false,
      environmentKeys: [],
      timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      weekStart: 'monday',
      limits: { usual: 100, ingest: 600, dashboard: 1000 },
      trustProxy: [],
      publicUrl: undefined,
      basePath: '',
      logLevel: 'info',
    })
  })

  it('that are invalid are all named together, and a secret is never repeated', () => {
    const file = path.join(tempFolder(), 'prices.json')
    fs.writeFileSync(file, '{"version": 7}')
    const all = problems({
      PORT: '99999',
      NODE_ENV: 'staging',
      TIMEZONE: 'Mars/Olympus',
      WEEK_START: 'someday',
      LOG_LEVEL: 'loud',
      RATE_LIMIT_PER_MINUTE: '0',
      API_KEYS: 'the secret',
    })
    for (const name of ['PORT', 'NODE_ENV', 'TIMEZONE', 'WEEK_START', 'LOG_LEVEL', 'RATE_LIMIT_PER_MINUTE']) {
      expect(
        all.filter((line) => line.startsWith(`${name} is`)),
        name,
      ).toHaveLength(1)
    }
    expect(all.join()).not.toContain('the secret')
    const more = problems({ PRICE_TABLE: file, TRUST_PROXY: '10.0.0.0/8,10.0.0.0/99,proxy.example' })
    expect(more.filter((line) => line.startsWith('TRUST_PROXY'))).toEqual([
      'TRUST_PROXY has "10.0.0.0/99"; it must be an address or a network such as 10.0.0.0/8',
      'TRUST_PROXY has "proxy.example"; it must be an address or a network such as 10.0.0.0/8',
    ])
    expect(more.some((line) => line.startsWith(`PRICE_TABLE ${file}: version`))).toBe(true)
    expect(problems({ ALERT_ALLOW_NETWORKS: 'loopback,10.0.0.0/8,intranet' })).toEqual([
      'ALERT_ALLOW_NETWORKS has "intranet"; it must be an address, a network such as 192.168.1.0/24, or one of loopback, private, link-local',
    ])
    const mixed = problems({ PORT: '99999', ALERT_ALLOW_NETWORKS: '10.0.0.0/99', TRUST_PROXY: 'proxy.example' })
    expect(mixed.map((line) => line.split(' ')[0])).toEqual(['PORT', 'TRUST_PROXY', 'ALERT_ALLOW_NETWORKS'])
  })

  it.skipIf(process.platform === 'win32').each(['/proc', '/proc/self/x', '/sys/kernel/../x'])(
    'refuse %s as a DATA_DIR: creating a folder there would hang',
    (folder) => {
      expect(problems({ DATA_DIR: folder })).toEqual([
        `DATA_DIR is "${folder}"; it must be a folder on a disk, which /proc and /sys are not`,
      ])
      expect(problems({ DATA_DIR: `/home${folder}` })).toEqual([])
      expect(problems({ DATA_DIR: '/process' })).toEqual([])
    },
  )

  it('name a price table that is missing or not JSON', () => {
    const file = path.join(tempFolder(), 'prices.json')
    expect(problems({ PRICE_TABLE: file })).toEqual([`PRICE_TABLE is "${file}", which cannot be read; it must be a JSON file of prices`])
    fs.writeFileSync(file, '{')
    expect(problems({ PRICE_TABLE: file })).toEqual([`PRICE_TABLE is "${file}", which is not JSON; it must be a JSON file of prices`])
  })

  it('keep keys as hashes', () => {
    const config = readConfig({ API_KEYS: 'secret-1, secret-2', CLAUDE_SYNC_API_KEY: 'secret-3' })
    expect(config.environmentKeys.map(({ name, scopes }) => [name, scopes.join()])).toEqual([
      ['API_KEYS[0]', 'read,write,ingest,answer,admin'],
      ['API_KEYS[1]', 'read,write,ingest,answer,admin'],
      ['CLAUDE_SYNC_API_KEY', 'ingest'],
    ])
    expect(JSON.stringify(config)).not.toContain('secret')
  })
})

it('weak keys of the environment are refused beyond loopback, and only there', () => {
  const strong = 'f3b1c90d7a2e48566d1f0b7c9e3a5d24'
  const read = (env: NodeJS.ProcessEnv) => () => readConfig({ DATA_DIR: '/tmp', ...env })
  expect(read({ API_KEYS: 'a' })).not.toThrow()
  expect(read({ HOST: '0.0.0.0', API_KEYS: strong, CLAUDE_SYNC_API_KEY: strong })).not.toThrow()
  expect(read({ HOST: '0.0.0.0', API_KEYS: `${strong},second`, CLAUDE_SYNC_API_KEY: 'x'.repeat(64) })).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringMatching(/^API_KEYS\[1\] can be guessed, and HOST is 0\.0\.0\.0.*128 random bits.*openssl rand/),
        expect.stringMatching(/^CLAUDE_SYNC_API_KEY can be guessed/),
      ],
    }),
  )
})

import { describe, expect, it } from 'vitest'
import { findNames, type NamedField } from './find-names.ts'

const projects = ['/home/u/shop', '/home/u/shop-old', '/srv/engine', '/home/u/platform-web', 'C:\\work\\Timetable', '/home/u/a b/c', '']
const models = [
  'claude-opus-5-5',
  'claude-opus-5-5-20260922',
  'us.anthropic.claude-opus-5-5-v1:0',
  'claude-opus-4-5-20251101',
  'claude-sonnet-4-5',
  'claude-haiku-4-5-20251001',
  'glm-4.6',
  'GLM-4.6-air',
]
const opus55 = models.slice(0, 3)
const sessions = ['d88bceb6-bb3a-4ae8-9405-d67d19950a46', 'd88bffff-2974-4b80-8344-bb87e325a67b', '8ab54260-6692-4888-96a3-c08408c85fb4']
const branches = ['main', 'feature/login', 'feature/log-out', 'Release 2', '']
const machines = ['rack-1', 'rack-11', "ada's laptop"]
const known: Record<NamedField, readonly string[]> = {
  project: projects,
  model: models,
  session: sessions,
  branch: branches,
  person: ['Anna', 'Ben'],
  machine: machines,
  agent: ['', 'codex'],
}

/** How a name that is empty is written. */
const exactName: Partial<Record<NamedField, string>> = { project: '', agent: 'claude-code' }

describe('a text means', () => {
  it.each<[NamedField, string, string | readonly string[]]>([
    ['project', '/home/u/shop', '/home/u/shop'],
    ['project', '/home/u/shop/', '/home/u/shop'],
    ['project', '~/shop', '/home/u/shop'],
    ['project', '~/shop/', '/home/u/shop'],
    ['project', 'shop', '/home/u/shop'],
    ['project', 'shop/', '/home/u/shop'],
    ['project', 'u/shop', '/home/u/shop'],
    ['project', 'Shop', '/home/u/shop'],
    ['project', 'engine', '/srv/engine'],
    ['project', 'eng', '/srv/engine'],
    ['project', 'srv', '/srv/engine'],
    ['project', 'platform web', '/home/u/platform-web'],
    ['project', 'a b/c', '/home/u/a b/c'],
    ['project', 'C:\\work\\Timetable', 'C:\\work\\Timetable'],
    ['project', 'c:/work/timetable/', 'C:\\work\\Timetable'],
    ['project', 'timetable', 'C:\\work\\Timetable'],
    ['project', '…e/u/shop', '/home/u/shop'],
    ['project', '(none)', ''],
    ['project', '', ''],
    ['model', 'claude-opus-5-5-20260922', 'claude-opus-5-5-20260922'],
    ['model', 'opus-5-5', opus55],
    ['model', 'Opus 5.5', opus55],
    ['model', 'opus-5.5', opus55],
    ['model', '5.5', opus55],
    ['model', 'claude-opus-4-5', 'claude-opus-4-5-20251101'],
    ['model', 'claude-opus-4.5', 'claude-opus-4-5-20251101'],
    ['model', 'opus', models.slice(0, 4)],
    ['model', '4-5', models.slice(3, 6)],
    ['model', 'sonnet', 'claude-sonnet-4-5'],
    ['model', 'claude', models.slice(0, 6)],
    ['model', 'GLM-4.6', 'glm-4.6'],
    ['model', 'glm', ['glm-4.6', 'GLM-4.6-air']],
    ['model', 'opus-4-…', 'claude-opus-4-5-20251101'],
    ['session', sessions[0]!, sessions[0]!],
    ['session', sessions[0]!.toUpperCase(), sessions[0]!],
    ['session', '8ab54260', sessions[2]!],
    ['session', '8ab5', sessions[2]!],
    ['session', 'd88bceb6…', sessions[0]!],
    ['branch', 'main', 'main'],
    ['branch', 'login', 'feature/login'],
    ['branch', 'logout', 'feature/log-out'],
    ['branch', 'release_2', 'Release 2'],
    ['branch', 'MAIN', 'main'],
    ['branch', 'rel', 'Release 2'],
    ['branch', '(none)', ''],
    ['machine', 'rack-1', 'rack-1'],
    ['machine', 'Rack 11', 'rack-11'],
    ['machine', 'laptop', "ada's laptop"],
    ['agent', 'codex', 'codex'],
    ['agent', 'claude', ''],
    ['agent', '(none)', ''],
    ['agent', 'claude-code', ''],
  ])('%s %j: %j', (field, asked, names) => {
    const found = findNames(field, asked, known[field])
    expect(found.names).toEqual([names].flat())
    expect(found.kind).toBe(found.names.length === 1 && asked === (found.names[0] || exactName[field]) ? 'exact' : 'found')
  })
})

describe('a text that could mean several things names them', () => {
  it.each<[NamedField, string, readonly string[]]>([
    ['project', 'sho', ['/home/u/shop', '/home/u/shop-old']],
    ['session', 'd88b', sessions.slice(0, 2)],
    ['branch', 'feature', ['feature/login', 'feature/log-out']],
    ['machine', 'rack', ['rack-1', 'rack-11']],
    ['agent', 'cod', ['claude-code', 'codex']],
  ])('%s %j: %j', (field, asked, nearest) => {
    expect(findNames(field, asked, known[field])).toEqual({ kind: 'ambiguous', names: [], nearest })
  })
})

describe('a text that means nothing gets the nearest names, the best first', () => {
  it.each<[NamedField, string, string]>([
    ['project', 'shpo', '/home/u/shop'],
    ['project', '/home/u/shpo', '/home/u/shop'],
    ['project', '/home/u/shop/src/cart', '/home/u/shop'],
    ['project', '/nowhere', '/home/u/shop'],
    ['model', 'opsu-5-5', 'claude-opus-5-5'],
    // Another version is another model.
    ['model', 'opus-5', 'claude-opus-5-5'],
    ['model', 'claude-opus-5', 'claude-opus-5-5'],
    ['model', 'claude-opus-4', 'claude-opus-4-5-20251101'],
    ['session', 'd88bceb7', sessions[0]!],
    ['session', 'd8', sessions[0]!],
    ['branch', 'mian', 'main'],
    ['machine', 'rock-1', 'rack-1'],
  ])('%s %j: %j', (field, asked, first) => {
    const { kind, names, nearest } = findNames(field, asked, known[field])
    expect({ kind, names }).toEqual({ kind: 'unknown', names: [] })
    expect(nearest.length).toBeLessThanOrEqual(5)
    if (asked !== '/nowhere') expect(nearest[0]).toBe(first)
  })

  it('and none where there are none', () => {
    expect(findNames('project', 'shop', [])).toEqual({ kind: 'unknown', names: [], nearest: [] })
    expect(findNames('branch', '', ['main'])).toEqual({ kind: 'unknown', names: [], nearest: ['main'] })
  })
})

describe('a person', () => {
  const byPerson = true

  it('means every spelling of a model by its id, and one spelling by that spelling', () => {
    expect(findNames('model', 'claude-opus-5-5', models).names).toEqual(['claude-opus-5-5'])
    expect(findNames('model', 'claude-opus-5-5', models, { byPerson }).names).toEqual(opus55)
    expect(findNames('model', 'claude-opus-5-5-20260922', models, { byPerson }).names).toEqual(['claude-opus-5-5-20260922'])
    expect(findNames('model', 'claude-sonnet-4-5', models, { byPerson }).kind).toBe('exact')
  })

  it('means the own home folder by ~, and a folder by its path from the current one', () => {
    const two = ['/home/u/shop', '/home/v/shop', '/home/u/sub/shop']
    expect(findNames('project', '~/shop', two, { byPerson, home: '/home/v' }).names).toEqual(['/home/v/shop'])
    expect(findNames('project', '~/shop', two)).toMatchObject({ kind: 'ambiguous', nearest: two.slice(0, 2) })
    expect(findNames('project', 'shop/', two, { byPerson, path: '/home/u/sub/shop' }).names).toEqual(['/home/u/sub/shop'])
    expect(findNames('project', 'shop/', two, { byPerson, path: '/elsewhere/shop' }).kind).toBe('ambiguous')
  })
})

it('folders that differ in how they are written are one', () => {
  const written = ['/home/u/shop', '/home/u/shop/', 'c:\\work\\x', 'C:/work/x']
  expect(findNames('project', 'shop', written).names).toEqual(written.slice(0, 2))
  expect(findNames('project', 'x', written).names).toEqual(written.slice(2))
})

it('a text of any length and any characters is no error', () => {
  for (const asked of ['x'.repeat(4_096), '(((', '\\', '…', '~', '[', '🦊', '-', ' ']) {
    for (const [field, names] of Object.entries(known)) {
      expect(findNames(field as NamedField, asked, names), `${field} ${asked.slice(0, 10)}`).toMatchObject({ kind: 'unknown', names: [] })
    }
  }
})

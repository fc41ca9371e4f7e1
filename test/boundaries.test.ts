import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesOf, house, textOf } from './support/house.ts'
import { type Import, importsOf } from './support/imports.ts'

/** Which rooms a room may import; `types` means nothing of it may be left at run time. The picture is in ARCHITECTURE.md. */
const arrows: Record<string, Record<string, 'all' | 'types'>> = {
  'packages/contract': {},
  'packages/browser': {},
  'packages/usage': { contract: 'types' },
  'packages/client': { contract: 'types' },
  'packages/ledger': { usage: 'all', contract: 'types', 'contract/setting': 'all' },
  'apps/hub': { contract: 'all', usage: 'all' },
  'apps/collector': { browser: 'all', client: 'all', ledger: 'all', usage: 'all', contract: 'all' },
  'apps/cli': { browser: 'all', client: 'all', ledger: 'all', usage: 'all', contract: 'all' },
  'apps/dashboard': { client: 'all', contract: 'all' },
}

/** Inside a room: files below `from` may not import what matches `not`. */
const inside: { from: string; not: RegExp; except?: RegExp; because: string }[] = [
  {
    from: 'apps/hub/src',
    not: /^apps\/hub\/src\/store\/(sqlite|mongo)\//,
    except: /^apps\/hub\/src\/(main|keys|copy|mirror)\.ts$|^apps\/hub\/src\/store\/(sqlite|mongo)\//,
    because: 'only main names a store',
  },
  { from: 'apps/hub/src/store', not: /^apps\/hub\/src\/(routes|http|monitor|alert)\//, because: 'a store knows no door' },
  {
    from: 'apps/collector/src/usage',
    not: /^@signalbox\/client|^apps\/collector\/src\/sync\//,
    because: 'a gatherer never sees the network to the hub',
  },
  {
    from: 'apps/collector/src/limits',
    not: /^@signalbox\/client|^apps\/collector\/src\/sync\//,
    because: 'a gatherer never sees the network to the hub',
  },
  { from: 'apps/collector/src/sync', not: /^apps\/collector\/src\/(usage|limits)\/|^node:fs/, because: 'sync never sees a file format' },
  {
    from: 'apps/dashboard/src',
    not: /^@signalbox\/client/,
    except: /^apps\/dashboard\/src\/hub\//,
    because: 'only hub/ imports the client',
  },
  { from: 'apps/dashboard/src/ui', not: /^apps\/dashboard\/src\/(?!ui\/)/, because: 'ui knows no noun' },
  { from: 'packages/usage/src', not: /^node:|^zod/, because: 'usage is pure' },
  { from: 'packages/ledger/src', not: /^zod/, because: 'a schema library costs the command line a third of its time' },
  { from: 'packages/client/src', not: /^node:|^zod/, because: 'the client also runs in a browser' },
]

/** A driver is imported in its own place and nowhere else. */
const drivers: { driver: RegExp; only: RegExp }[] = [
  { driver: /^better-sqlite3$/, only: /^(apps\/hub\/src\/store\/sqlite|packages\/ledger\/src)\// },
  { driver: /^mongodb$/, only: /^apps\/hub\/src\/store\/mongo\// },
  { driver: /^(fastify|@fastify\/.*|fastify-type-provider-zod)$/, only: /^apps\/hub\/src\// },
  { driver: /^react(-dom)?(\/.*)?$|^@tanstack\/|^radix-ui|^uplot/, only: /^apps\/dashboard\// },
  { driver: /^commander$|^cli-/, only: /^apps\/cli\// },
  { driver: /^playwright-core$/, only: /^apps\/collector\/src\/limits\/console\// },
]

const isSource = (file: string) => /\.(ts|tsx|mjs)$/.test(file) && !/[.-](test|suite|fixture)\.tsx?$/.test(file) && !file.endsWith('.d.ts')
const sources = ['packages', 'apps'].flatMap((folder) => filesOf(folder, isSource)).filter((file) => /\/(src|bin)\//.test(file))

const roomOf = (file: string) => file.split('/').slice(0, 2).join('/')
const resolved = (file: string, { from }: Import) => (from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from)

/** What is wrong with one file's imports, in sentences. */
function broken(file: string, source: string): string[] {
  const room = roomOf(file)
  const allowed = arrows[room]
  if (!allowed) return [`${file}: the room ${room} has no line in the table of arrows`]
  return importsOf(source).flatMap((one) => {
    const to = resolved(file, one)
    const problems: string[] = []
    const [, name, rest] = /^@signalbox\/([^/]+)\/?(.*)$/.exec(to) ?? []
    if (name && room !== `packages/${name}`) {
      const arrow = allowed[`${name}/${rest}`] ?? allowed[name]
      if (!arrow) problems.push(`${file} imports ${to}, and no arrow leads there`)
      else if (arrow === 'types' && !one.typesOnly) problems.push(`${file} imports ${to}, from which it may only import types`)
    }
    if (one.from.startsWith('.') && roomOf(to) !== room) problems.push(`${file} reaches into another room: ${to}`)
    for (const rule of inside) {
      if (file.startsWith(`${rule.from}/`) && !rule.except?.test(file) && rule.not.test(to))
        problems.push(`${file} imports ${to}, but ${rule.because}`)
    }
    for (const { driver, only } of drivers) {
      if (driver.test(to) && !only.test(file) && !one.typesOnly) problems.push(`${file} imports the driver ${to}`)
    }
    return problems
  })
}

/** Circles of imports that are there at run time, each as the list of its files. */
function circles(files: readonly string[]): string[] {
  const known = new Set(files)
  const next = new Map(
    files.map((file) => [
      file,
      importsOf(textOf(file))
        .filter((one) => !one.typesOnly && one.from.startsWith('.'))
        .map((one) => resolved(file, one))
        .filter((to) => known.has(to)),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, trail: string[]) => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
    if (done.has(file) || trail.includes(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  return found
}

describe('the arrows between rooms', () => {
  it('looks at every room', () => {
    expect([...new Set(sources.map(roomOf))].sort()).toEqual(Object.keys(arrows).sort())
  })

  it('are kept by every file', () => {
    expect(sources.flatMap((file) => broken(file, textOf(file)))).toEqual([])
  })

  it('would be seen when broken', () => {
    expect(broken('packages/usage/src/x.ts', "import { callSchema } from '@signalbox/contract/call'")).toHaveLength(1)
    expect(broken('packages/usage/src/x.ts', "import type { Call } from '@signalbox/contract/call'")).toEqual([])
    expect(broken('packages/usage/src/x.ts', "import { type Call } from '@signalbox/contract/call'")).toEqual([])
    expect(broken('packages/usage/src/x.ts', "import fs from 'node:fs'")).toHaveLength(1)
    expect(broken('apps/hub/src/routes/x.ts', "import { open } from '../store/sqlite/open.ts'")).toHaveLength(1)
    expect(broken('apps/hub/src/main.ts', "import { open } from './store/sqlite/open.ts'")).toEqual([])
    expect(broken('apps/cli/src/x.ts', "const hub = await import('../../hub/src/main.ts')")).toHaveLength(1)
    expect(broken('apps/collector/src/usage/x.ts', "import { StateTrackingApiClient } from '@signalbox/client'")).toHaveLength(1)
    expect(broken('apps/collector/src/limits/x.ts', "import { StateTrackingApiClient } from '@signalbox/client'")).toHaveLength(1)
    expect(broken('apps/collector/src/limits/x.ts', "import { postReading } from '../sync/post-reading.ts'")).toHaveLength(1)
    expect(broken('apps/collector/src/sync/x.ts', "import { sources } from '../limits/sources.ts'")).toHaveLength(1)
    expect(broken('apps/dashboard/src/usage/x.tsx', "import {\n  StateTrackingApiClient,\n} from '@signalbox/client'")).toHaveLength(1)
    expect(broken('apps/hub/src/routes/x.ts', "import Database from 'better-sqlite3'")).toHaveLength(1)
    expect(broken('apps/hub/src/store/sqlite/x.ts', "import { MongoClient } from 'mongodb'")).toHaveLength(1)
    expect(broken('packages/contract/src/x.ts', "export * from '@signalbox/usage/call'")).toHaveLength(1)
    expect(broken('apps/nowhere/src/x.ts', '')).toHaveLength(1)
  })

  it('make no circles', () => {
    expect(circles(sources)).toEqual([])
  })
})

describe('names', () => {
  const all = [...sources, ...filesOf('test', isSource), ...filesOf('bench', isSource), ...filesOf('scripts', isSource)]

  it('of files are kebab-case, and PascalCase only for components', () => {
    const wrong = all.filter((file) => !/^([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+)*$|^[A-Z][A-Za-z0-9]*\.tsx$/.test(path.posix.basename(file)))
    expect(wrong).toEqual([])
  })

  it('say what a file holds: no utils, helpers, common or misc', () => {
    expect(all.filter((file) => /(^|\/)(utils?|helpers?|common|misc|shared)(\.|\/)/.test(file))).toEqual([])
  })

  it('of packages are those of their folders', () => {
    const manifests = ['packages', 'apps'].flatMap((folder) => filesOf(folder, (file) => file.endsWith('/package.json')))
    for (const manifest of manifests) {
      const { name } = JSON.parse(textOf(manifest)) as { name: string }
      const folder = path.posix.basename(path.posix.dirname(manifest))
      expect(name).toBe(folder === 'cli' ? 'signalbox' : `@signalbox/${folder}`)
    }
  })
})

describe('a manifest', () => {
  const manifests = ['packages', 'apps'].flatMap((folder) => filesOf(folder, (file) => file.endsWith('/package.json')))

  it.each(manifests)('%s names every package its files import', (manifest) => {
    const {
      dependencies = {},
      devDependencies = {},
      name,
    } = JSON.parse(textOf(manifest)) as Record<string, Record<string, string>> & { name: string }
    const room = path.posix.dirname(manifest)
    const named = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies), name])
    const imported = sources
      .filter((file) => roomOf(file) === room)
      .flatMap((file) => importsOf(textOf(file)))
      .filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:') && !from.startsWith('virtual:'))
      .map(({ from }) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    expect([...new Set(imported)].filter((from) => !named.has(from))).toEqual([])
  })
})

it('no file of ours holds a path of the machine it was written on', () => {
  const texts = [
    ...filesOf('.', (file) => /\.(ts|tsx|mjs|js|json|md|css|html|yml)$|^\.ci\/run$/.test(file) && file !== 'package-lock.json'),
  ]
  expect(texts.filter((file) => textOf(file).includes(`${house}/`))).toEqual([])
})

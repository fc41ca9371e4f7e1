import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Import, importsOf } from './support/imports.ts'
import { filesOf, repositoryRoot, textOf } from './support/repository.ts'

/** The packages and apps that each may import; `types` allows only imports that are erased. ARCHITECTURE.md draws the same. */
const arrows: Record<string, Record<string, 'all' | 'types'>> = {
  'packages/contract': {},
  'packages/browser': {},
  'packages/hub-address': { 'contract/printable': 'all', 'contract/setting': 'all' },
  'packages/usage': {
    contract: 'types',
    'contract/call-field': 'all',
    'contract/limit-label': 'all',
    'contract/limit-source': 'all',
    'contract/plural': 'all',
    'contract/printable': 'all',
    'contract/time-zone': 'all',
    'contract/path-parts': 'all',
  },
  'packages/client': { contract: 'types', 'contract/limit-label': 'all', 'contract/plural': 'all' },
  'packages/ledger': {
    usage: 'all',
    contract: 'types',
    'contract/agent': 'all',
    'contract/call-field': 'all',
    'contract/limit-label': 'all',
    'contract/plural': 'all',
    'contract/printable': 'all',
    'contract/setting': 'all',
  },
  'packages/intent': { 'usage/name-form': 'all', 'usage/zone': 'all' },
  'packages/tools': { client: 'all', intent: 'all', usage: 'all', contract: 'all' },
  'apps/hub': { 'hub-address': 'all', tools: 'all', client: 'all', usage: 'all', contract: 'all' },
  'apps/collector': { browser: 'all', 'hub-address': 'all', client: 'all', ledger: 'all', usage: 'all', contract: 'all' },
  'apps/cli': {
    browser: 'all',
    'hub-address': 'all',
    client: 'all',
    intent: 'all',
    ledger: 'all',
    tools: 'all',
    usage: 'all',
    contract: 'all',
  },
  'apps/claude-plugin': {
    'hub-address': 'all',
    tools: 'all',
    client: 'all',
    contract: 'types',
    'contract/machine-zone': 'all',
    'contract/plural': 'all',
    'contract/printable': 'all',
    'contract/session-name': 'all',
    'contract/setting': 'all',
  },
  'apps/vscode': {
    client: 'all',
    'hub-address': 'all',
    contract: 'types',
    'contract/duration-text': 'all',
    'contract/number-text': 'all',
    'contract/plural': 'all',
    'contract/printable': 'all',
    'usage/project-name': 'all',
    'usage/project-path': 'all',
  },
  'apps/dashboard': {
    client: 'all',
    contract: 'all',
    'usage/cost-anomaly': 'all',
    'usage/project-name': 'all',
    'usage/project-path': 'all',
  },
}

/** Inside a package or app: files below `from` may not import a path that matches `not`. */
const inside: { from: string; not: RegExp; except?: RegExp; because: string }[] = [
  {
    from: 'apps/hub/src',
    not: /^apps\/hub\/src\/store\/(sqlite|mongo)\//,
    except:
      /^apps\/hub\/src\/(open-store|keys|copy|mirror|lambda\/lambda-hub)\.ts$|^apps\/hub\/src\/backup\/|^apps\/hub\/src\/store\/(sqlite|mongo)\//,
    because: 'only what opens a store names one',
  },
  {
    from: 'apps/hub/src/store',
    not: /^apps\/hub\/src\/(routes|http|monitor|mirror|maintenance)\//,
    because: 'a store does not depend on routes',
  },
  {
    from: 'apps/collector/src/usage',
    not: /^@signalbox\/client|^apps\/collector\/src\/sync\//,
    because: 'collecting does not depend on the network to the hub',
  },
  {
    from: 'apps/collector/src/limits',
    not: /^@signalbox\/client|^apps\/collector\/src\/sync\//,
    because: 'collecting does not depend on the network to the hub',
  },
  {
    from: 'apps/collector/src/sessions',
    not: /^@signalbox\/client|^apps\/collector\/src\/sync\//,
    because: 'collecting does not depend on the network to the hub',
  },
  {
    from: 'apps/collector/src/limits',
    not: /^apps\/collector\/src\/(usage|sessions)\//,
    because: 'what is collected for different ends is collected apart',
  },
  {
    from: 'apps/collector/src/sessions',
    not: /^apps\/collector\/src\/(usage|limits)\//,
    because: 'what is collected for different ends is collected apart',
  },
  {
    from: 'apps/collector/src/sync',
    not: /^apps\/collector\/src\/(usage|limits|sessions|status-line-spool)|^node:fs/,
    because: 'sync does not depend on file formats',
  },
  {
    from: 'apps/dashboard/src',
    not: /^@signalbox\/client/,
    except: /^apps\/dashboard\/src\/(hub|words\/de\/packages)\//,
    because: 'only hub/ imports the client',
  },
  { from: 'apps/dashboard/src/ui', not: /^apps\/dashboard\/src\/(?!ui\/|words\/(ui|language)\.ts$)/, because: 'ui depends on no feature' },
  { from: 'packages/usage/src', not: /^node:|^zod/, because: 'usage is pure' },
  { from: 'packages/intent/src', not: /^node:|^zod/, because: 'the parser is pure, and starts fast' },
  { from: 'packages/ledger/src', not: /^zod/, because: 'a schema library costs the command line a third of its time' },
  {
    from: 'apps/hub/src',
    not: /^@signalbox\/client/,
    except: /^apps\/hub\/src\/http\/own-client\.ts$/,
    because: 'the hub is its own client only where it serves tools',
  },
  { from: 'packages/tools/src', not: /^node:/, except: /\/mcp-stdio\.ts$/, because: 'tools reach the hub through the client only' },
  { from: 'packages/client/src', not: /^node:|^zod/, because: 'the client also runs in a browser' },
]

/** The only folders that may import a driver. */
const drivers: { driver: RegExp; only: RegExp }[] = [
  { driver: /^better-sqlite3$/, only: /^(apps\/hub\/src\/store\/sqlite|packages\/ledger\/src)\// },
  { driver: /^mongodb(\/.*)?$/, only: /^apps\/hub\/src\/store\/mongo\// },
  { driver: /^(fastify|@fastify\/.*|fastify-type-provider-zod)$/, only: /^apps\/hub\/src\// },
  { driver: /^react(-dom)?(\/.*)?$|^@tanstack\/|^radix-ui|^uplot/, only: /^apps\/dashboard\// },
  { driver: /^@modelcontextprotocol\//, only: /^packages\/tools\/src\/mcp-/ },
  { driver: /^(nodemailer|web-push|standardwebhooks|request-filtering-agent)$/, only: /^apps\/hub\/src\/alert\// },
  { driver: /^commander$|^cli-/, only: /^apps\/cli\// },
  { driver: /^playwright-core$/, only: /^apps\/collector\/src\/limits\/console\// },
]

const isSource = (file: string) => /\.(ts|tsx|mjs)$/.test(file) && !/[.-](test|suite|fixture)\.tsx?$/.test(file) && !file.endsWith('.d.ts')
const sources = ['packages', 'apps'].flatMap((folder) => filesOf(folder, isSource)).filter((file) => /\/(src|bin)\//.test(file))

const workspaceOf = (file: string) => file.split('/').slice(0, 2).join('/')
const resolved = (file: string, { from }: Import) => (from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from)

/** Describes every forbidden import of one file. */
function findViolations(file: string, source: string): string[] {
  const workspace = workspaceOf(file)
  const allowed = arrows[workspace]
  if (!allowed) return [`${file}: ${workspace} has no line in the table of arrows`]
  return importsOf(source).flatMap((one) => {
    const to = resolved(file, one)
    const problems: string[] = []
    const [, name, rest] = /^@signalbox\/([^/]+)\/?(.*)$/.exec(to) ?? []
    if (name && workspace !== `packages/${name}`) {
      const arrow = allowed[`${name}/${rest}`] ?? allowed[name]
      if (!arrow) problems.push(`${file} imports ${to}, and no arrow leads there`)
      else if (arrow === 'types' && !one.typesOnly) problems.push(`${file} imports ${to}, from which it may only import types`)
    }
    if (one.from.startsWith('.') && workspaceOf(to) !== workspace) problems.push(`${file} imports a file of another package or app: ${to}`)
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

/** Finds circles of imports, those of types included, each as the list of its files. */
function circles(files: readonly string[]): string[] {
  const sourceFiles = new Set(files)
  const next = new Map(
    files.map((file) => [
      file,
      importsOf(textOf(file))
        .map((one) => resolved(file, one).replace(/^@signalbox\/([^/]+)\/(.+)$/, 'packages/$1/src/$2.ts'))
        .filter((to) => sourceFiles.has(to)),
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

describe('the arrows between packages and apps', () => {
  it('cover every package and app', () => {
    expect([...new Set(sources.map(workspaceOf))].sort()).toEqual(Object.keys(arrows).sort())
  })

  it('hold for every file', () => {
    expect(sources.flatMap((file) => findViolations(file, textOf(file)))).toEqual([])
  })

  it('are reported when violated', () => {
    expect(findViolations('packages/usage/src/x.ts', "import { callSchema } from '@signalbox/contract/call'")).toHaveLength(1)
    expect(findViolations('packages/usage/src/x.ts', "import type { Call } from '@signalbox/contract/call'")).toEqual([])
    expect(findViolations('packages/usage/src/x.ts', "import { type Call } from '@signalbox/contract/call'")).toEqual([])
    expect(findViolations('packages/usage/src/x.ts', "import fs from 'node:fs'")).toHaveLength(1)
    expect(findViolations('apps/hub/src/routes/x.ts', "import { open } from '../store/sqlite/open.ts'")).toHaveLength(1)
    expect(findViolations('apps/hub/src/open-store.ts', "import { open } from './store/sqlite/open.ts'")).toEqual([])
    expect(findViolations('apps/cli/src/x.ts', "const hub = await import('../../hub/src/main.ts')")).toHaveLength(1)
    expect(findViolations('apps/collector/src/usage/x.ts', "import { StateTrackingApiClient } from '@signalbox/client'")).toHaveLength(1)
    expect(findViolations('apps/collector/src/limits/x.ts', "import { StateTrackingApiClient } from '@signalbox/client'")).toHaveLength(1)
    expect(findViolations('apps/collector/src/limits/x.ts', "import { postSnapshot } from '../sync/post-snapshot.ts'")).toHaveLength(1)
    expect(findViolations('apps/collector/src/sync/x.ts', "import { sources } from '../limits/sources.ts'")).toHaveLength(1)
    expect(findViolations('apps/collector/src/sync/x.ts', "import { StatusLineSpool } from '../status-line-spool.ts'")).toHaveLength(1)
    expect(findViolations('apps/collector/src/sessions/x.ts', "import { statusline } from '../limits/statusline.ts'")).toHaveLength(1)
    expect(
      findViolations('apps/dashboard/src/usage/x.tsx', "import {\n  StateTrackingApiClient,\n} from '@signalbox/client'"),
    ).toHaveLength(1)
    expect(findViolations('apps/hub/src/routes/x.ts', "import Database from 'better-sqlite3'")).toHaveLength(1)
    expect(findViolations('apps/hub/src/store/sqlite/x.ts', "import { MongoClient } from 'mongodb'")).toHaveLength(1)
    expect(findViolations('packages/contract/src/x.ts', "export * from '@signalbox/usage/call'")).toHaveLength(1)
    expect(findViolations('apps/nowhere/src/x.ts', '')).toHaveLength(1)
  })

  it('make no circles, types included', () => {
    expect(circles(sources)).toEqual([])
  })
})

describe('names', () => {
  const all = [...sources, ...filesOf('test', isSource), ...filesOf('bench', isSource), ...filesOf('scripts', isSource)]

  it('of files are kebab-case, and PascalCase only for components', () => {
    const misnamed = all.filter(
      (file) => !/^([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+)*$|^[A-Z][A-Za-z0-9]*\.tsx$/.test(path.posix.basename(file)),
    )
    expect(misnamed).toEqual([])
  })

  it('of files describe their content: no utils, helpers, common or misc', () => {
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
    const workspace = path.posix.dirname(manifest)
    const named = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies), name])
    const imported = sources
      .filter((file) => workspaceOf(file) === workspace)
      .flatMap((file) => importsOf(textOf(file)))
      .filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:') && !from.startsWith('virtual:') && from !== 'vscode')
      .map(({ from }) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    expect([...new Set(imported)].filter((from) => !named.has(from))).toEqual([])
  })
})

it('no file contains a path of the machine it was written on', () => {
  const texts = [
    ...filesOf('.', (file) => /\.(ts|tsx|mjs|js|json|md|css|html|yml)$|^\.ci\/run$/.test(file) && file !== 'package-lock.json'),
  ]
  expect(texts.filter((file) => textOf(file).includes(`${repositoryRoot}/`))).toEqual([])
})

/** The one place through which programs print, beside the streams of the commands; the launcher has no module of ours yet. */
const printers = /^apps\/cli\/bin\/|^packages\/hub-address\/src\/print\.ts$/

it('a terminal is written to in one place, which escapes, and by the launcher', () => {
  const direct = sources.filter((file) => !printers.test(file) && !file.startsWith('apps/dashboard/'))
  expect(direct.filter((file) => /\bprocess\.(stdout|stderr)\.write|\bconsole\.(log|error|warn|info)\(/.test(textOf(file)))).toEqual([])
})

// Stages the package `signalbox`: the bundled programs and the page, at the places that they have in a checkout.
import fs from 'node:fs'
import path from 'node:path'
import { bundle } from '../bundle/bundle.mjs'
import { assets } from '../bundle/table.mjs'
import { repositoryRoot } from '../setup/repository.mjs'
import { compressPrograms } from './compress.mjs'
import { licenseText } from './licenses.mjs'
import { commonFields, lockedVersions, MINIMUM_NODE } from './manifest.mjs'

/** Loaded only by `signalbox web` and by the collector for it; 14 MB. */
const optional = ['playwright-core']
/** Files of the launcher that nothing finds from its place. */
const launcher = ['apps/cli/bin/bundle.cjs', 'apps/cli/bin/other-node.cjs']

/**
 * @param {string} stage an empty folder
 * @param {{ compress?: boolean }} [options]
 */
export async function stageSignalbox(stage, { compress = true } = {}) {
  const programs = path.join(stage, 'dist/bundle')
  const { packages, libraries } = await bundle(programs)
  if (compress) compressPrograms(programs)
  for (const [folder, parts] of Object.entries(assets)) for (const part of parts) copy(path.posix.join(folder, part), stage)
  for (const file of launcher) copy(file, stage)
  thinOutPage(path.join(stage, 'apps/dashboard/dist'))
  const page = Object.keys(JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'apps/dashboard/package.json'), 'utf8')).dependencies)
  fs.writeFileSync(path.join(stage, 'THIRD-PARTY.txt'), licenseText(libraries, page))
  fs.copyFileSync(path.join(repositoryRoot, 'LICENSE'), path.join(stage, 'LICENSE'))
  fs.copyFileSync(path.join(repositoryRoot, 'apps/cli/README.md'), path.join(stage, 'README.md'))
  const manifest = {
    ...commonFields('apps/cli', {
      name: 'signalbox',
      description: 'See every Claude Code session, on every machine, and what it uses',
      keywords: ['claude', 'claude-code', 'usage', 'tokens', 'cost', 'dashboard', 'monitoring', 'sessions', 'ccusage'],
    }),
    type: 'module',
    bin: { signalbox: 'apps/cli/bin/signalbox.cjs' },
    engines: { node: `>=${MINIMUM_NODE}` },
    dependencies: lockedVersions(packages.filter((name) => !optional.includes(name))),
    // The plugin, too: without it everything works but its own installation.
    optionalDependencies: { '@signalbox/claude-plugin': commonFields('apps/claude-plugin', {}).version, ...lockedVersions(optional) },
  }
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function copy(file, stage) {
  fs.cpSync(path.join(repositoryRoot, file), path.join(stage, file), { recursive: true })
}

const SMALL_BYTES = 24_000

/** The page's files are either plain or compressed for good: the hub makes the other form. */
function thinOutPage(folder) {
  fs.rmSync(path.join(folder, '.stamp'), { force: true })
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.name.endsWith('.gz')) fs.rmSync(file)
    if (!entry.name.endsWith('.br')) continue
    const plain = file.slice(0, -'.br'.length)
    // The hub looks at this one to see whether the page has changed. Small ones share words, of which npm's compression makes more.
    if (entry.name === 'index.html.br' || fs.statSync(plain).size < SMALL_BYTES) fs.rmSync(file)
    else fs.rmSync(plain)
  }
}

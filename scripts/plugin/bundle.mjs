import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'

const programs = ['observe', 'ask', 'budget', 'sender', 'witness', 'report']
const root = path.join(repositoryRoot, 'apps/claude-plugin')

/**
 * Bundles the programs of the plugin.
 * @param {{ minify?: boolean }} [options] for a package; in git the files are easier to compare as they are
 * @returns each file's name and text, always the same for the same sources
 */
export async function buildPlugin({ minify = false } = {}) {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, '.claude-plugin/plugin.json'), 'utf8'))
  const define = { __PLUGIN_VERSION__: JSON.stringify(version) }
  // Minified: it is the protocol's and the schemas' libraries for the most part, and every change of it is a file in git.
  const [tools] = await bundle(['tools'], define, { minify: true, plugins: [smallLibraries] })
  return [...(await bundle(programs, { ...define, __TOOL_LIST__: JSON.stringify(await listTools(tools.text)) }, { minify })), tools].map(
    ({ path: file, text }) => [path.basename(file), text],
  )
}

/**
 * What the tools never use of their libraries, a third of them: error messages in forty languages, and the larger of two
 * validators of what a client's form returns.
 */
const smallLibraries = {
  name: 'small-libraries',
  setup(build) {
    const stub = (filter, contents) => {
      build.onResolve({ filter }, ({ path: specifier }) => ({ path: specifier, namespace: 'small' }))
      build.onLoad({ filter, namespace: 'small' }, () => ({ contents, resolveDir: repositoryRoot }))
    }
    stub(/\/locales\/index\.js$/, "export { default as en } from 'zod/v4/locales/en.js'")
    stub(
      /^@modelcontextprotocol\/server\/_shims$/,
      `export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker'
       export { default as process } from 'node:process'`,
    )
  },
}

async function bundle(names, define, options = {}) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: names.map((name) => `apps/claude-plugin/src/${name}.ts`),
    outdir: 'apps/claude-plugin/dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node18',
    charset: 'utf8',
    legalComments: 'none',
    define,
    logLevel: 'warning',
    write: false,
    ...options,
  })
  return outputFiles
}

/** Asks the bundled tools for their list: a session shows it without loading them. */
async function listTools(text) {
  const { answerToolRequest } = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
  return await answerToolRequest('tools/list', {}, { env: {}, sessionId: undefined })
}

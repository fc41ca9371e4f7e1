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
  const tools = await bundle('tools', define, true)
  const list = { ...define, __TOOL_LIST__: JSON.stringify(await listTools(tools)) }
  const files = []
  for (const name of programs) files.push([`${name}.mjs`, await bundle(name, list, minify)])
  return [...files, ['tools.mjs', tools]]
}

/**
 * What the tools never use of their libraries, a third of them: error messages in forty languages, and the larger of two
 * validators of what a client's form returns.
 */
const unused = new Map([
  [/\/locales\/index\.js$/, "export { default as en } from 'zod/v4/locales/en.js'"],
  [
    /^@modelcontextprotocol\/server\/_shims$/,
    `export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker'
     export { default as process } from 'node:process'`,
  ],
])

const withoutUnused = {
  name: 'without-unused',
  resolveId: (source) => ([...unused.keys()].some((pattern) => pattern.test(source)) ? `\0${source}` : undefined),
  load: (id) => (id.startsWith('\0') ? [...unused].find(([pattern]) => pattern.test(id.slice(1)))?.[1] : undefined),
}

/** @returns the text of one file without dependencies */
async function bundle(name, define, minify) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    cwd: repositoryRoot,
    input: { [name]: path.join(root, 'src', `${name}.ts`) },
    platform: 'node',
    // Claude Code runs on machines with an older Node, too.
    transform: { target: 'node18', define },
    plugins: [withoutUnused],
    logLevel: 'silent',
  })
  try {
    const { output } = await build.generate({ format: 'esm', minify, comments: false, codeSplitting: false })
    return output[0].code
  } finally {
    await build.close()
  }
}

/** Asks the bundled tools for their list: a session shows it without loading them. */
async function listTools(text) {
  const { answerToolRequest } = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
  return await answerToolRequest('tools/list', {}, { env: {}, sessionId: undefined })
}

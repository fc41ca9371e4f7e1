import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'

/** Optional parts of the driver of MongoDB, which it looks for and does without. */
const absent = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'aws4',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
]

/** A module that throws when it is used after all. */
const notHere = (what) =>
  `module.exports = new Proxy(function () {}, { apply() { throw new Error('${what} is not part of this bundle') }, get: () => module.exports })`

/** What takes much room, and the text in its place. Each is proved by the tests of the bundle. */
const replaced = new Map([
  // The hub hands its own compilers to Fastify.
  ['@fastify/ajv-compiler', notHere('ajv')],
  ['@fastify/fast-json-stringify-compiler', notHere('fast-json-stringify')],
  // Of a list of all files, which the hub does not ask for.
  ['glob', notHere('glob')],
  // The document of the API is JSON here.
  ['yaml', notHere('yaml')],
  // Types that it does not list are compressed by their names.
  ['mime-db', 'module.exports = {}'],
  // Of the few files of the page of the API.
  [
    'mime',
    `const types = { css: 'text/css', html: 'text/html', js: 'application/javascript', json: 'application/json', png: 'image/png', svg: 'image/svg+xml' }
     module.exports = { default_type: 'application/octet-stream', getType: (file) => types[file.split('.').at(-1)] ?? null }`,
  ],
  // Of exemplars, which no metric has.
  ['@opentelemetry/api', notHere('@opentelemetry/api')],
  // What Node has itself.
  ['readable-stream', "module.exports = require('node:stream')"],
  ['whatwg-url', 'module.exports = { URL, URLSearchParams }'],
])

/** A plugin of esbuild. */
const replace = {
  name: 'replace',
  setup(build) {
    const filter = new RegExp(`^(?:${[...replaced.keys()].join('|')})$`)
    build.onResolve({ filter }, ({ path: name }) => ({ path: name, namespace: 'replaced' }))
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path: name }) => ({
      contents: replaced.get(name),
      resolveDir: repositoryRoot,
    }))
    // The MCP server checks with it what clients fill in, which it never asks for. A version that exports more fails the build.
    build.onLoad({ filter: /[/\\]@modelcontextprotocol[/\\]server[/\\]dist[/\\]ajvProvider-[^/\\]+\.mjs$/ }, () => ({
      contents: "export class n { getValidator() { throw new Error('ajv is not part of this bundle') } }",
    }))
    build.onLoad({ filter: /[/\\]@fastify[/\\]swagger-ui[/\\]lib[/\\]routes\.js$/ }, ({ path: file }) => {
      const code = fs.readFileSync(file, 'utf8')
      const contents = code.replace("path.join(__dirname, '..', 'static')", "path.join(__dirname, 'static')")
      if (contents === code) throw new Error(`${file} no longer finds its files from its own folder`)
      return { contents, resolveDir: path.dirname(file) }
    })
    // Errors are in English.
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      resolveDir: path.join(repositoryRoot, 'node_modules/zod/v4/locales'),
    }))
  },
}

/** Packages that are CommonJS look for `require` and the folder they are in. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module'
import { fileURLToPath as fileURLToPathOfBundle } from 'node:url'
const require = createRequireOfBundle(import.meta.url)
const __filename = fileURLToPathOfBundle(import.meta.url)
const __dirname = fileURLToPathOfBundle(new URL('.', import.meta.url))
`

/**
 * @param {string} out the folder, which is emptied
 * @returns {Promise<{ bytes: number, largest: [string, number][] }>} the size of the bundle, and of the largest packages in it
 */
export async function buildLambda(out) {
  const { build } = await import('esbuild')
  fs.rmSync(out, { recursive: true, force: true })
  fs.mkdirSync(out, { recursive: true })
  const { metafile } = await build({
    entryPoints: [path.join(repositoryRoot, 'apps/hub/src/lambda.ts')],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What few calls need is in files of its own: an init would read through all of one file.
    splitting: true,
    chunkNames: 'lambda-[hash]',
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    conditions: ['node'],
    external: absent,
    plugins: [replace],
    banner: { js: banner },
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  })
  // Fonts and scripts of the page of the API, which its package finds beside itself.
  fs.cpSync(path.join(repositoryRoot, 'node_modules/@fastify/swagger-ui/static'), path.join(out, 'static'), { recursive: true })
  fs.cpSync(path.join(repositoryRoot, 'apps/dashboard/dist'), path.join(out, 'dashboard'), { recursive: true })
  fs.writeFileSync(path.join(out, 'package.json'), `${JSON.stringify({ type: 'module', private: true })}\n`)
  const outputs = Object.values(metafile.outputs)
  const sizes = new Map()
  for (const [file, { bytesInOutput }] of outputs.flatMap(({ inputs }) => Object.entries(inputs))) {
    const [, name = 'ours'] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file) ?? []
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput)
  }
  const largest = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 45)
  return { bytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0), largest }
}

import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'
import { buildWebview } from './webview.mjs'

const root = path.join(repositoryRoot, 'apps/vscode')
/** Of every file in the archive: the same sources make the same bytes. */
const ZIP_TIME = new Date('2020-01-01T00:00:00Z')

/**
 * Makes the package that editors install: a zip of the extension below `extension/`, and two descriptions of it.
 * @returns {Promise<{ vsix: Buffer, files: Map<string, Buffer> }>} the package, and what is in it
 */
export async function packageExtension() {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const manifest = { ...JSON.parse(fs.readFileSync(path.join(root, 'extension.json'), 'utf8')), version }
  const files = new Map()
  const add = (name, content) => files.set(name, Buffer.from(content))
  add('extension.vsixmanifest', vsixManifest(manifest))
  add('[Content_Types].xml', contentTypes)
  add('extension/package.json', `${JSON.stringify(manifest, null, 2)}\n`)
  for (const [name, content] of await bundleExtension()) add(`extension/${name}`, content)
  for (const [name, content] of await buildWebview()) add(`extension/webview/${name}`, content)
  for (const name of fs.readdirSync(path.join(root, 'media')).sort())
    add(`extension/media/${name}`, fs.readFileSync(path.join(root, 'media', name)))
  add('extension/LICENSE.txt', fs.readFileSync(path.join(repositoryRoot, 'LICENSE')))
  add('extension/README.md', fs.readFileSync(path.join(root, 'README.md')))
  return { vsix: await zip(files), files }
}

/**
 * The program of the extension host, for the Node of the oldest editor that it runs in: `extension.js`, which an editor loads at its
 * start, and what that loads when it is needed.
 * @returns {Promise<[name: string, content: string][]>}
 */
export async function bundleExtension() {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    cwd: repositoryRoot,
    input: { extension: path.join(root, 'src/extension.ts') },
    platform: 'node',
    external: ['vscode'],
    transform: { target: 'node18' },
    logLevel: 'silent',
  })
  try {
    const { output } = await build.generate({
      format: 'cjs',
      minify: true,
      comments: false,
      entryFileNames: '[name].js',
      chunkFileNames: 'parts/[name].js',
    })
    return output.map(({ fileName, code }) => [fileName, code])
  } finally {
    await build.close()
  }
}

async function zip(files) {
  const { zipSync } = await import('fflate')
  const entries = [...files].map(([name, content]) => [name, [new Uint8Array(content), { level: 9, mtime: ZIP_TIME }]])
  return Buffer.from(zipSync(Object.fromEntries(entries)))
}

const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${[
  ['json', 'application/json'],
  ['vsixmanifest', 'text/xml'],
  ['js', 'application/javascript'],
  ['css', 'text/css'],
  ['svg', 'image/svg+xml'],
  ['png', 'image/png'],
  ['md', 'text/markdown'],
  ['txt', 'text/plain'],
]
  .map(([extension, type]) => `  <Default Extension=".${extension}" ContentType="${type}"/>`)
  .join('\n')}
</Types>
`

function vsixManifest({ name, publisher, version, displayName, description, engines, keywords, categories, extensionKind }) {
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${displayName}</DisplayName>
    <Description xml:space="preserve">${description}</Description>
    <Tags>${keywords.join(',')}</Tags>
    <Categories>${categories.join(',')}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${engines.vscode}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="${extensionKind.join(',')}"/>
      <Property Id="Microsoft.VisualStudio.Code.LocalizedLanguages" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.EnabledApiProposals" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExecutesCode" Value="true"/>
    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/media/icon.png</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Icons.Default" Path="extension/media/icon.png" Addressable="true"/>
  </Assets>
</PackageManifest>
`
}

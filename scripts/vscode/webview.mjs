import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'

/**
 * Builds the pages of the webviews from the dashboard's own components.
 * @returns {Promise<[name: string, content: string | Uint8Array][]>}
 */
export async function buildWebview() {
  const { build } = await import('vite')
  const root = path.join(repositoryRoot, 'apps/dashboard')
  const { output } = await build({ root, configFile: path.join(root, 'editor.config.ts'), logLevel: 'error' })
  return output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source])
}

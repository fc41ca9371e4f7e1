import fs from 'node:fs'
import path from 'node:path'

export interface Corpus {
  /** A configuration folder of Claude Code; transcripts are below `projects/`. */
  readonly folder: string
  readonly files: readonly string[]
  readonly bytes: number
  /** Description for the table. */
  readonly origin: string
}

/**
 * Prepares a gigabyte of transcripts, kept in the cache folder between runs: the real ones multiplied with new ids when
 * they are available, else generated ones.
 */
export async function corpus(cache: string, shared: string | undefined, bytes = 1_000_000_000): Promise<Corpus> {
  const origin = shared ? 'real transcripts, multiplied with new ids' : 'generated transcripts'
  const folder = path.join(cache, shared ? 'corpus-real' : 'corpus-generated')
  const stamp = path.join(folder, 'complete')
  if (!fs.existsSync(stamp) || Number(fs.readFileSync(stamp, 'utf8')) !== bytes) {
    fs.rmSync(folder, { recursive: true, force: true })
    console.error(`bench: making ${(bytes / 1e6).toFixed(0)} MB of ${origin} in ${folder} …`)
    if (shared) multiply(path.join(shared, 'projects'), path.join(folder, 'projects'), bytes)
    else {
      const { writeCorpus } = await import('../test/support/transcripts.ts')
      await writeCorpus(folder, { bytes, seed: 1 })
    }
    fs.writeFileSync(stamp, String(bytes))
  }
  const files = transcriptsBelow(folder)
  return { folder, files, bytes: files.reduce((sum, file) => sum + fs.statSync(file).size, 0), origin }
}

export function transcriptsBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => path.join(folder, file))
    .sort()
}

/** Copies transcripts repeatedly, each copy with its own ids, so that no call occurs in two copies. */
function multiply(from: string, to: string, bytes: number): void {
  const originals = transcriptsBelow(from).map((file) => ({ name: path.relative(from, file), text: fs.readFileSync(file, 'latin1') }))
  const round = originals.reduce((sum, { text }) => sum + text.length, 0)
  for (let copy = 0; copy * round < bytes; copy++) {
    const tag = copy.toString(16).padStart(4, '0')
    for (const { name, text } of originals) {
      const fresh = text
        .replace(/"(msg|req)_([A-Za-z0-9]{8,})"/g, (_, kind: string, id: string) => `"${kind}_${id.slice(0, -4)}${tag}"`)
        .replace(/"(uuid|sessionId)":"([0-9a-f-]{32})[0-9a-f]{4}"/g, (_, key: string, id: string) => `"${key}":"${id}${tag}"`)
      const file = path.join(to, path.dirname(name), `${tag}-${path.basename(name)}`)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, fresh, 'latin1')
    }
  }
}

/** Cuts about that many bytes of whole lines from the first file, with ids that are new to the corpus. */
export function freshLines({ files }: Corpus, bytes: number, tag: string): string {
  const text = fs
    .readFileSync(files[0] ?? '', 'latin1')
    .replace(/"(msg|req)_([A-Za-z0-9]{8,})"/g, (_, kind: string, id: string) => `"${kind}_${id.slice(0, -tag.length)}${tag}"`)
  const cut = text.indexOf('\n', bytes)
  return cut === -1 ? text : text.slice(0, cut + 1)
}

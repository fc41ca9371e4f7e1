import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { shareRunning } from '../share-running.ts'
import { compressGzip, MIN_GZIP_BYTES } from './gzip.ts'

/** How often the folder is looked at again, in milliseconds: it is built anew beside a running hub. */
const CHECK_INTERVAL_MS = 1_000
/** Files of a page are smaller; larger ones are none of ours. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

/** Pages kept for paths below which the hub is served: a trusted proxy may send any. */
const MAX_PAGES = 16

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const compressed = new Set(['.html', '.js', '.css', '.svg', '.txt', '.webmanifest'].map((extension) => types[extension]))

interface PublicFile {
  readonly type: string
  readonly etag: string
  readonly content: Buffer
  /** By encoding, in the order of preference. */
  readonly encoded: Map<'br' | 'gzip', Buffer>
  /** Compresses it for a client that takes gzip, where the build has not and it is worth it. */
  readonly compress: () => Promise<void>
}

/**
 * The files of a folder, in memory: a caller needs no key for them, so a request may cost neither a descriptor nor a
 * compression. The build has compressed them (`FILE.br`, `FILE.gz`); what it has not is compressed once.
 */
export class PublicFiles {
  readonly #folder: string
  readonly #now: () => number
  #files = new Map<string, PublicFile>()
  /** The page by the path below which a browser sees the hub. */
  readonly #pages = new Map<string, PublicFile>()
  #signature = ''
  #checkedAt = Number.NEGATIVE_INFINITY

  constructor(folder: string, now: () => number = () => performance.now()) {
    this.#folder = folder
    this.#now = now
  }

  /** @param name such as `assets/main.js` */
  has(name: string): boolean {
    this.#refresh()
    return this.#files.has(name)
  }

  /** Answers with a file that there is; 304 where the client has it. */
  send(name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return answer(this.#files.get(name)!, request, reply)
  }

  /** Answers with `index.html` for any address: its files, which it names relatively, are below the path at which the browser sees the hub. */
  sendPage(basePath: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    let page = this.#pages.get(basePath)
    if (page === undefined) {
      if (this.#pages.size >= MAX_PAGES) this.#pages.clear()
      page = pageBelow(basePath, this.#files.get('index.html')!)
      this.#pages.set(basePath, page)
    }
    return answer(page, request, reply)
  }

  #refresh(): void {
    const now = this.#now()
    if (now - this.#checkedAt < CHECK_INTERVAL_MS) return
    this.#checkedAt = now
    try {
      const { mtimeMs, ino, size } = fs.statSync(path.join(this.#folder, 'index.html'))
      const signature = `${mtimeMs} ${ino} ${size}`
      if (signature === this.#signature) return
      this.#files = readFiles(this.#folder)
      this.#pages.clear()
      this.#signature = signature
    } catch (error) {
      // Without a descriptor or a disk, what is in memory goes on being served.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return
      this.#files = new Map()
      this.#pages.clear()
      this.#signature = ''
    }
  }
}

async function answer(file: PublicFile, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.type(file.type).header('etag', file.etag).header('vary', 'accept-encoding')
  if (request.headers['if-none-match']?.includes(file.etag)) return reply.code(304).send()
  const accepted = `${request.headers['accept-encoding'] ?? ''}`.toLowerCase()
  if (!file.encoded.has('br') || !/\bbr\b/.test(accepted)) await file.compress()
  for (const [encoding, content] of file.encoded) {
    if (new RegExp(`(?:^|[\\s,])${encoding}(?!\\s*;\\s*q=0(?:\\.0*)?(?:\\s*,|\\s*$))(?:\\s*[,;]|\\s*$)`).test(accepted)) {
      return reply.header('content-encoding', encoding).send(content)
    }
  }
  return reply.send(file.content)
}

function pageBelow(basePath: string, { type, content }: PublicFile): PublicFile {
  const text = content.toString('utf8').replaceAll(/(?<=(?:src|href)=")\.\//g, `${basePath}/`)
  return createFile(type, Buffer.from(text), new Map())
}

function createFile(type: string, content: Buffer, encoded: PublicFile['encoded']): PublicFile {
  const compress = shareRunning(async () => {
    if (encoded.has('gzip') || content.length < MIN_GZIP_BYTES || !compressed.has(type)) return
    encoded.set('gzip', await compressGzip(content))
  })
  return { type, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`, content, encoded, compress }
}

function readFiles(folder: string): Map<string, PublicFile> {
  const files = new Map<string, PublicFile>()
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name.replace(/\.br$/, ''))
    const type = types[path.extname(file)]
    // A package has the compressed form alone.
    const only = entry.name.endsWith('.br')
    if (!entry.isFile() || type === undefined || (only && fs.existsSync(file))) continue
    const stored = only ? `${file}.br` : file
    if (fs.statSync(stored).size > MAX_FILE_BYTES) continue
    const content = only ? brotliDecompressSync(fs.readFileSync(stored), { maxOutputLength: MAX_FILE_BYTES }) : fs.readFileSync(file)
    const encoded = new Map<'br' | 'gzip', Buffer>()
    for (const [encoding, suffix] of [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const) {
      if (fs.existsSync(file + suffix)) encoded.set(encoding, fs.readFileSync(file + suffix))
    }
    files.set(path.relative(folder, file).split(path.sep).join('/'), createFile(type, content, encoded))
  }
  return files
}

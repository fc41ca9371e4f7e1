import { X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { StartError } from '../start-error.ts'

/** How long a connection may take to send its first byte, in milliseconds; after it the limits of requests hold. */
const FIRST_BYTE_TIMEOUT_MS = 10_000
/** The first byte of a TLS connection, a handshake record. No request begins with it. */
const HANDSHAKE = 0x16

/** Paths of files in PEM format. */
export interface CertificateFiles {
  /** The certificate, and after it those of its issuers. */
  readonly cert: string
  readonly key: string
}

/**
 * The certificate of a hub that speaks https itself. On its port it also understands plain http, which programs of its own
 * machine use: they know the hub as 127.0.0.1, and not by the name in the certificate.
 */
export class Certificate {
  readonly #files: CertificateFiles
  #context: SecureContext
  #expiresAt: number | undefined

  /** @throws StartError when the files cannot be used */
  constructor(files: CertificateFiles) {
    this.#files = files
    this.#context = readContext(files)
    this.#expiresAt = endOf(files.cert)
  }

  /** When the first certificate of the file ends, in milliseconds; undefined where the file does not say. */
  get expiresAt(): number | undefined {
    return this.#expiresAt
  }

  /** Reads the files again, for new connections. @throws StartError when they cannot be used: then the former ones stay */
  reload(): void {
    this.#context = readContext(this.#files)
    this.#expiresAt = endOf(this.#files.cert)
  }

  /**
   * Lets a new server speak TLS as well.
   * @param onSecure gets a secure connection, and the one that it runs over
   */
  serve(server: Server, onSecure: (secure: TLSSocket, socket: Socket) => void): void {
    const [parse] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
    if (parse === undefined) throw new Error('a new http server has a listener for its connections')
    server.off('connection', parse)
    server.on('connection', (socket: Socket) => {
      const drop = () => socket.destroy()
      socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, drop)
      socket.on('error', drop)
      socket.once('data', (start: Buffer) => {
        socket.off('error', drop)
        socket.setTimeout(0, drop)
        socket.off('timeout', drop)
        socket.pause()
        socket.unshift(start)
        if (start[0] !== HANDSHAKE) {
          parse.call(server, socket)
          // A listener alone does not let a stream flow that was paused.
          socket.resume()
          return
        }
        const secure = new TLSSocket(socket, { isServer: true, secureContext: this.#context, ALPNProtocols: ['http/1.1'] })
        onSecure(secure, socket)
        parse.call(server, secure)
      })
    })
  }
}

/** A chain is valid as long as each of its certificates. */
function endOf(file: string): number | undefined {
  const blocks = fs.readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const ends = blocks.map((pem) => Date.parse(new X509Certificate(pem).validTo)).filter((end) => !Number.isNaN(end))
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function readContext({ cert, key }: CertificateFiles): SecureContext {
  const read = (name: string, file: string) => {
    try {
      return fs.readFileSync(file)
    } catch (error) {
      throw new StartError(`${name} is ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`)
    }
  }
  const pem = { cert: read('TLS_CERT', cert), key: read('TLS_KEY', key) }
  try {
    return createSecureContext({ ...pem, minVersion: 'TLSv1.2' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = /mismatch/i.test(`${code} ${message}`) ? 'they do not belong together' : 'they are no certificate and key in PEM format'
    throw new StartError(`TLS_CERT (${cert}) and TLS_KEY (${key}) cannot be used: ${reason}.`)
  }
}

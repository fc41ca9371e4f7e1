import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { HubError } from '../hub-error.ts'

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
const FILE = 'secret.key'

/** Seals secrets with AES-256-GCM, for one place each: a sealed text that is moved to another row does not open. */
export class Sealer {
  readonly #secret: () => string
  #derived: { readonly key: Buffer; readonly id: string } | undefined

  /** @param secret of any length; read at the first use */
  constructor(secret: string | (() => string)) {
    this.#secret = typeof secret === 'string' ? () => secret : secret
  }

  /** @throws Error where the secret cannot be read */
  check(): void {
    this.#keys()
  }

  #keys(): { readonly key: Buffer; readonly id: string } {
    if (this.#derived === undefined) {
      const key = Buffer.from(hkdfSync('sha256', this.#secret(), '', 'signalbox channels', KEY_BYTES))
      this.#derived = { key, id: createHash('sha256').update(key).digest('hex').slice(0, 8) }
    }
    return this.#derived
  }

  /** @param place such as `channel/c_1` */
  seal(text: string, place: string): string {
    const { key, id: keyId } = this.#keys()
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `s1.${keyId}.${iv.toString('base64url')}.${sealed.toString('base64url')}`
  }

  /** @throws HubError for what another key has sealed, or what was changed or moved */
  open(sealed: string, place: string): string {
    const { key, id: keyId } = this.#keys()
    const [version, id, iv = '', data = ''] = sealed.split('.')
    if (version !== 's1' || id !== keyId) throw unreadable()
    const bytes = Buffer.from(data, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url')).setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
    } catch {
      throw unreadable()
    }
  }
}

function unreadable(): HubError {
  return new HubError('conflict', 'The configuration of this channel was sealed with another key', {
    suggestion: 'Set SECRET_KEY to the one that was used, bring back secret.key, or enter the secrets of the channel again.',
  })
}

/** The key of `SECRET_KEY`, else that of the file `secret.key`, which is made at its first use, for its owner alone. */
export function openSealer(dataDir: string, secretKey: string | undefined): Sealer {
  return new Sealer(secretKey ?? (() => keyOfFolder(dataDir)))
}

/** @throws Error where the file can neither be read nor made */
function keyOfFolder(dataDir: string): string {
  const file = path.join(dataDir, FILE)
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    // Of two that start at once, one makes it.
    const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
    if (!fs.existsSync(file)) {
      fs.writeFileSync(temporary, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true })
      try {
        fs.linkSync(temporary, file)
      } finally {
        fs.rmSync(temporary)
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const text = fs.readFileSync(file, 'utf8').trim()
  if (text.length < KEY_BYTES) throw new Error(`${file} is no key: it is too short`)
  return text
}

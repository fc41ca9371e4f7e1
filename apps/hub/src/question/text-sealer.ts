import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals what is asked and said on its way to another hub, with AES-256-GCM, for one place each: a sealed text that is moved to
 * another question does not open. Without a common secret no other hub can open it.
 */
export class TextSealer {
  readonly #key: Buffer

  /** @param secret what all hubs of a store are set to */
  constructor(secret: string | undefined) {
    const material = secret ?? randomBytes(KEY_BYTES)
    this.#key = Buffer.from(hkdfSync('sha256', material, '', 'signalbox questions', KEY_BYTES))
  }

  seal(text: string, place: string): string {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(place))
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  /** @returns undefined for what another key has sealed, or what was changed or moved */
  open(sealed: string, place: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
}

import { createHash, timingSafeEqual } from 'node:crypto'
import fs from 'node:fs'
import { scopes } from '@signalbox/contract/scope'
import { OWNER_KEY_PREFIX, ownerKeyPath, readOwnerKey } from '@signalbox/hub-address/owner-key'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { FastifyRequest } from 'fastify'
import type { HubConfig } from '../config.ts'
import { plainAddress } from './client-address.ts'
import { isForwarded } from './forwarded.ts'
import type { KnownKey } from './key-lookup.ts'

/** Shown to people and in the log. */
const OWNER_NAME = 'local owner'
const OWNER_ID = /^owner_[0-9a-f]{12}$/

/**
 * The key of the owner of DATA_DIR, with every scope: so that making a key never locks out the person whose hub it is.
 * A program that can read the file can write the hub database as well; the key gives nothing more.
 */
export class OwnerKey {
  readonly #dataDir: string
  /** What the file was when it was read last. */
  #version = ''
  #hash: Buffer | undefined

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** Whether a text looks like a key of an owner. */
  static isOwnerKey(text: string): boolean {
    return text.startsWith(OWNER_KEY_PREFIX)
  }

  /** Whether an id is that of an owner's key, current or former. */
  static isOwnerId(id: string): boolean {
    return OWNER_ID.test(id)
  }

  find(text: string): KnownKey | undefined {
    const current = this.#read()
    return current !== undefined && timingSafeEqual(current, sha256(text)) ? ownerOf(current) : undefined
  }

  /** The owner, while the key with this id is the current one. */
  byId(id: string): KnownKey | undefined {
    const current = this.#read()
    return current !== undefined && id === idOf(current) ? ownerOf(current) : undefined
  }

  /** The hash of the key. The file is looked at each time, so that rotation takes effect at once. */
  #read(): Buffer | undefined {
    try {
      const { ino, mtimeMs, size, mode } = fs.statSync(ownerKeyPath(this.#dataDir))
      const version = `${ino} ${mtimeMs} ${size} ${mode}`
      if (version !== this.#version) {
        const found = readOwnerKey(this.#dataDir)
        this.#hash = found && sha256(found.key)
        this.#version = version
      }
    } catch {
      // No file, or one that others can write: there is no owner. The start of the hub logs why.
      this.#hash = undefined
      this.#version = ''
    }
    return this.#hash
  }
}

/**
 * Whether a request was made on this machine and passed no proxy. A hub that listens on one address of a network only is
 * reached there from this machine too.
 */
export function isFromThisMachine({ raw, socket }: FastifyRequest, { host }: Pick<HubConfig, 'host'>): boolean {
  if (isForwarded(raw)) return false
  const remote = plainAddress(socket.remoteAddress)
  if (remote === undefined) return false
  if (isLoopback(remote)) return true
  const listensOnOne = !isLoopback(host) && host !== '0.0.0.0' && host !== '::'
  return listensOnOne && remote === plainAddress(socket.localAddress)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function idOf(hash: Buffer): string {
  return `owner_${hash.toString('hex', 0, 6)}`
}

function ownerOf(hash: Buffer): KnownKey {
  return { id: idOf(hash), name: OWNER_NAME, scopes }
}

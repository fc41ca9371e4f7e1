import os from 'node:os'
import path from 'node:path'

/** Whether the place of a store is a MongoDB and not a folder. */
export function isMongoUri(text: string): boolean {
  return /^mongodb(\+srv)?:\/\/./i.test(text)
}

/** Whether it is some other address. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
}

/** The address of a MongoDB without its password, to be shown. Up to the last @: a password may contain one. */
export function withoutPassword(uri: string): string {
  return uri.replace(/^([^:]+:\/\/)(?:.*@)?([^?]*).*$/s, '$1$2')
}

/** The whole path of a folder that a person named; `~` is the home folder. */
export function resolveFolder(text: string): string {
  return path.resolve(text.replace(/^~(?=$|[/\\])/, () => os.homedir()))
}

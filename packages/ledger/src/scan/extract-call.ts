import { callKey, longest } from './call-of-record.ts'
import { skipSpace } from './json-bytes.ts'
import { readLine, readObject, type TakeCall } from './read-line.ts'
import { type ScanKernel, THERE } from './scan-kernel.ts'
import type { ScannedCall } from './scanned-call.ts'
import { data, held, holder, line } from './wanted-fields.ts'

/*
 * The quick way: makes a call of the few fields the kernel has found, without parsing the line. Whatever is unusual in
 * it (an escape, a number that is not plain, a name that is there twice) makes an object odd, and an odd object is read
 * the slow sure way: the two always say the same, and a test holds them to it.
 */

const OPEN_OBJECT = 0x7b
const BACKSLASH = 0x5c
const ZERO = 0x30

/** How long a name may be, by its place. */
const longestAt = new Map<number, number>([
  [line.type, 50],
  [line.session, longest.session_id],
  [line.cwd, longest.cwd],
  [line.branch, longest.git_branch],
  [line.version, longest.version],
  [line.agent, longest.agent_id],
  [data.agent, longest.agent_id],
  ...Object.values(holder).flatMap((base): [number, number][] => [
    [base + held.model, longest.model],
    [base + held.speed, longest.speed],
    [base + held.tier, longest.service_tier],
    [base + held.geo, longest.inference_geo],
  ]),
])

/**
 * Reads the calls of the line the kernel has found, as `readLine` does, many times as fast.
 * @param end the line's newline
 * @returns false when some of the line could not be read
 */
export type ReadFoundLine = (end: number, take: TakeCall) => boolean

export function foundLineReader(kernel: ScanKernel): ReadFoundLine {
  /** Texts as they were made last, by place, for the kernel's `changes` of then; undefined where nothing is written. */
  const texts = new Array<string | undefined>(64).fill(undefined)
  const textsOf = new Uint32Array(64)
  const areOdd = new Uint8Array(64)
  let isOdd = false

  let key: string | undefined
  let keyOfId = -1
  let keyOfChange = -1
  let keyOfRequest = -1

  let day = -1
  let dayStart = 0

  /** Lent to whoever takes calls: two lines of three only say again what is known. */
  const call: { -readonly [name in keyof ScannedCall]: ScannedCall[name] | undefined } = {
    key: '',
    at: 0,
    model: '',
    session_id: undefined,
    cwd: undefined,
    git_branch: undefined,
    version: undefined,
    agent_id: undefined,
    is_sidechain: false,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    web_searches: undefined,
    speed: undefined,
    service_tier: undefined,
    inference_geo: undefined,
  }

  return readFoundLine

  function readFoundLine(end: number, take: TakeCall): boolean {
    const { bytes } = kernel
    let p = kernel.start
    if (kernel.isLineOdd) return readLine(bytes, p, end, take)
    while (p < end) {
      const after = bytes[p] === OPEN_OBJECT ? kernel.readObject(p) : -1
      // Not an object, or not JSON: the slow way knows what to do about it.
      if (after === -1) return readLine(bytes, p, end, take)
      const reading = kernel.isObjectOdd ? 'odd' : readFields()
      take(reading === 'odd' ? readObject(bytes, p, after) : reading)
      p = skipSpace(bytes, after, end)
    }
    return true
  }

  function readFields(): ScannedCall | 'other' | 'odd' {
    isOdd = false
    const type = name(line.type)
    if (isOdd) return 'odd'
    if (type === 'assistant') return readHeld(holder.line, name(line.agent), kernel.met[line.sidechain] === THERE)
    if (type === 'progress') return readHeld(holder.progress, name(line.agent) ?? name(data.agent), true)
    return 'other'
  }

  function readHeld(base: number, agent: string | undefined, isSidechain: boolean): ScannedCall | 'other' | 'odd' {
    const { met, counts } = kernel
    if (met[base + held.usage] !== THERE || !isWritten(base + held.timestamp)) return 'other'
    const model = name(base + held.model)
    if (isOdd) return 'odd'
    if (model === undefined || model === '<synthetic>') return 'other'
    const at = instant(base + held.timestamp)
    const key = keyOf(base)
    if (at === -1 || key === undefined) return 'odd'
    const nested = met[base + held.writes] === THERE
    const searches = base + held.searches
    call.key = key
    call.at = at
    call.model = model
    call.session_id = name(line.session)
    call.cwd = name(line.cwd)
    call.git_branch = name(line.branch)
    call.version = name(line.version)
    call.agent_id = agent
    call.is_sidechain = isSidechain
    call.input = count(base + held.input)
    call.output = count(base + held.output)
    call.write_5m = count(base + (nested ? held.write5m : held.flatWrite))
    call.write_1h = nested ? count(base + held.write1h) : 0
    call.read = count(base + held.read)
    call.web_searches = met[searches] === THERE ? counts[searches] : undefined
    call.speed = name(base + held.speed)
    call.service_tier = name(base + held.tier)
    call.inference_geo = name(base + held.geo)
    return isOdd ? 'odd' : (call as ScannedCall)
  }

  function count(place: number): number {
    return kernel.met[place] === THERE ? kernel.counts[place]! : 0
  }

  /** Whether there is a text with something in it. */
  function isWritten(place: number): boolean {
    return kernel.met[place] === THERE && kernel.ends[place]! > kernel.starts[place]!
  }

  /** A name, undefined where none is written; sets `isOdd` where only the slow way can read it. */
  function name(place: number): string | undefined {
    if (kernel.met[place] !== THERE) return undefined
    if (textsOf[place] !== kernel.changes[place]) makeText(place)
    if (areOdd[place] === 1) isOdd = true
    return texts[place]
  }

  function makeText(place: number): void {
    const start = kernel.starts[place]!
    const end = kernel.ends[place]!
    areOdd[place] = end - start > longestAt.get(place)! || kernel.bytes.subarray(start, end).includes(BACKSLASH) ? 1 : 0
    texts[place] = start === end || areOdd[place] === 1 ? undefined : kernel.bytes.toString('utf8', start, end)
    textsOf[place] = kernel.changes[place]!
  }

  /** The key of the call, undefined where only the slow way can read it. */
  function keyOf(base: number): string | undefined {
    const id = isWritten(base + held.id) ? base + held.id : base + held.uuid
    if (!isWritten(id)) return undefined
    const request = base + held.request
    const requestChange = isWritten(request) ? kernel.changes[request]! : -1
    if (id === keyOfId && kernel.changes[id] === keyOfChange && requestChange === keyOfRequest) return key
    keyOfId = id
    keyOfChange = kernel.changes[id]!
    keyOfRequest = requestChange
    const idText = plainText(id)
    const requestText = requestChange === -1 ? '' : plainText(request)
    key = idText === undefined || requestText === undefined ? undefined : callKey(idText, requestText)
    return key
  }

  /** A text without escapes. */
  function plainText(place: number): string | undefined {
    const start = kernel.starts[place]!
    const end = kernel.ends[place]!
    return kernel.bytes.subarray(start, end).includes(BACKSLASH) ? undefined : kernel.bytes.toString('utf8', start, end)
  }

  /** Milliseconds of an instant in the contract's own spelling, which is Claude Code's; -1 for any other. */
  function instant(place: number): number {
    const { bytes } = kernel
    const start = kernel.starts[place]!
    if (kernel.ends[place]! - start !== 24) return -1
    for (let i = 0; i < 24; i++) {
      const byte = bytes[start + i]!
      const pattern = instantPattern[i]!
      if (pattern === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== pattern) return -1
    }
    const hour = twoDigits(start + 11)
    const minute = twoDigits(start + 14)
    const second = twoDigits(start + 17)
    if (hour > 23 || minute > 59 || second > 59) return -1
    const year = twoDigits(start) * 100 + twoDigits(start + 2)
    const month = twoDigits(start + 5)
    const dayOfMonth = twoDigits(start + 8)
    const thisDay = (year * 100 + month) * 100 + dayOfMonth
    if (thisDay !== day) {
      // Years that are not even 1970, and a leap day, are left to the slow way.
      if (year < 1970 || dayOfMonth < 1 || dayOfMonth > (daysIn[month] ?? 0)) return -1
      day = thisDay
      dayStart = Date.UTC(year, month - 1, dayOfMonth)
    }
    return dayStart + ((hour * 60 + minute) * 60 + second) * 1000 + twoDigits(start + 20) * 10 + bytes[start + 22]! - ZERO
  }

  function twoDigits(at: number): number {
    const { bytes } = kernel
    return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO
  }
}

const instantPattern = Buffer.from('0000-00-00T00:00:00.000Z')
const daysIn = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

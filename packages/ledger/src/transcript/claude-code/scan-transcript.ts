import { matchesLabel, type ScannedCalls } from '../call-batch.ts'
import { instant } from '../field.ts'
import { LineBuffer } from '../line-buffer.ts'
import { createLineScanner } from '../line-scanner.ts'
import { mergeRecords } from '../merge-records.ts'
import type { ScannedCall } from '../scanned-call.ts'
import type { Scanner } from '../scanner.ts'
import { AnswerMeter } from './answer-meter.ts'
import type { CostState } from './cost-state.ts'
import { FoundLineReader } from './extract-call.ts'
import { ForeignAnswers } from './foreign-answers.ts'
import type { ParsedRecord } from './parse-record.ts'
import { readUnfinishedLine } from './read-line.ts'
import { ScanKernel } from './scan-kernel.ts'

/** How far before a line without a time the last time is looked for. */
const MAX_BYTES_TO_TIME = 256 * 1024
const TIME_NAME = '"timestamp":"'
const TIME_LENGTH = '2026-12-01T00:00:00.000Z'.length

/**
 * Creates a scanner with its own buffer, for one file at a time. Its functions are created once instead of per file, because
 * the engine optimises each function object separately.
 */
export function createScanner(): Scanner {
  const kernel = new ScanKernel()
  const lines = new LineBuffer(kernel)
  const lineReader = new FoundLineReader(kernel)
  const foreign = new ForeignAnswers()
  const meter = new AnswerMeter()
  let calls: ScannedCalls
  let isLineBad = false
  let last: ScannedCall | undefined

  return createLineScanner(lines, { start, readLines, readUnfinished, state })

  function start(stored = ''): boolean {
    if (stored !== '' && !/^\[|^\n\[/.test(stored)) return false
    last = undefined
    const [answers = '', lengths = ''] = stored.split('\n')
    foreign.start(answers)
    meter.start(lengths)
    return true
  }

  function state(): string {
    const [answers, lengths] = [foreign.toText(), meter.toText()]
    return lengths === '' ? answers : `${answers}\n${lengths}`
  }

  /** @returns how many lines could not be read */
  function readLines(into: ScannedCalls): number {
    calls = into
    const to = lines.completeEnd
    let bad = lines.takeDropped()
    let from = kernel.base
    for (let end = kernel.nextLine(from, to); end !== 0; end = kernel.nextLine(from, to)) {
      isLineBad = false
      if (!lineReader.read(end, onRecord) || isLineBad) bad++
      from = end + 1
    }
    return bad
  }

  function readUnfinished(into: ScannedCalls): void {
    calls = into
    const { start, end } = lines.unfinished()
    const line = kernel.bytes.subarray(start, end)
    if (line.includes('"usage"') || line.includes('"modelUsage"')) readUnfinishedLine(kernel.bytes, start, end, addRecord)
  }

  function onRecord(record: ParsedRecord): void {
    const call = addRecord(record)
    if (call === undefined || !meter.isMeasured(call)) return
    const merged = call.key === last?.key ? last : calls.byKey.get(call.key)!
    calls.addAnswer(merged, meter.add(call, lineReader.measure()))
  }

  /** @returns the call of the record, without those inside it */
  function addRecord(record: ParsedRecord): ScannedCall | undefined {
    if (record === 'other') return undefined
    if (record === 'bad') {
      isLineBad = true
      return undefined
    }
    if ('key' in record) {
      addCall(record)
      return record
    }
    if ('models' in record) {
      addCostState(record)
      return undefined
    }
    const all = 'calls' in record ? foreign.toCalls(record) : record
    for (const call of all) addCall(call)
    return all[0]
  }

  function addCall(call: ScannedCall): void {
    // The call counts with its other numbers.
    if (call.odd === true) isLineBad = true
    if (call.is_named === true) calls.addMaker(call.key, call.session_id!)
    // A streamed call has several consecutive lines, most of them with the same values.
    const known = call.key === last?.key ? last : calls.byKey.get(call.key)
    if (known !== undefined && isRepetition(call, known)) {
      last = known
      return
    }
    const merged = known === undefined ? call : mergeRecords(known, call, calls)
    last = merged === call ? { ...call } : merged
    if (last === known) return
    if (known !== undefined) last.answer = known.answer
    calls.byKey.set(last.key, last)
  }

  /** The line itself has no time, so it gets that of the record before it, where that was read together with it. */
  function addCostState(record: CostState): void {
    const { bytes, base, start } = kernel
    const before = bytes.subarray(Math.max(base, start - MAX_BYTES_TO_TIME), start)
    const at = before.lastIndexOf(TIME_NAME)
    const time = at === -1 ? '' : before.toString('latin1', at + TIME_NAME.length, at + TIME_NAME.length + TIME_LENGTH)
    calls.costStates.push({ ...record, at: instant(time) })
  }
}

/** Whether a record repeats the known one at a later time. This check avoids a merge for most lines. */
function isRepetition(call: ScannedCall, known: ScannedCall): boolean {
  return (
    call.at >= known.at &&
    call.output === known.output &&
    call.input === known.input &&
    call.read === known.read &&
    call.write_5m === known.write_5m &&
    call.write_1h === known.write_1h &&
    call.web_searches === known.web_searches &&
    call.request_id === known.request_id &&
    call.prompt === known.prompt &&
    call.unfinished === known.unfinished &&
    call.odd === known.odd &&
    matchesLabel(call, known)
  )
}

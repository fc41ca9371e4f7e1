import { expect, test } from 'vitest'
import { findEnd, type Remains } from './find-end.ts'

const exited = { isFileLeft: false, isTranscriptClosed: false, wasWatched: true, removedItsFile: true, version: '2.1.332' }

test.each<[string, Partial<Remains>, string, string]>([
  ['/exit, or a closed terminal', { isTranscriptClosed: true }, 'completed', 'exit'],
  ['the same with an old version, which writes no final sums', { version: '2.1.120' }, 'completed', 'exit'],
  ['kill -9', { isFileLeft: true, removedItsFile: false }, 'failed', 'process ended'],
  ['kill -9, and the next client has removed the file', { removedItsFile: false }, 'failed', 'process ended'],
  ['an end without a prompt, whose file was removed just before', { removedItsFile: false, hasTranscript: false }, 'completed', 'exit'],
  ['the same with an old version, which does not show it', { removedItsFile: false, version: '2.1.200' }, 'completed', 'exit'],
  ['the end of -p', { isTranscriptClosed: true, hasOpenPrint: false }, 'completed', 'exit'],
  ['SIGTERM to -p before its answer', { isTranscriptClosed: true, hasOpenPrint: true }, 'failed', 'terminated'],
  ['the same with an old version', { hasOpenPrint: true, version: '2.1.120' }, 'failed', 'terminated'],
  ['final sums, and a file that could not be removed', { isTranscriptClosed: true, isFileLeft: true }, 'completed', 'exit'],
  ['an end while no collector ran that left the file', { wasWatched: false, isFileLeft: true }, 'failed', 'process ended'],
  ['an end while no collector ran that left final sums', { wasWatched: false, isTranscriptClosed: true }, 'completed', 'exit'],
  ['kill -9 while no collector ran, and the next client has removed the file', { wasWatched: false }, 'failed', 'process ended'],
  ['the same with an old version', { wasWatched: false, version: '2.1.200' }, 'completed', 'ended while not watched'],
  ['an end while no collector ran that left nothing', { wasWatched: false, hasTranscript: false }, 'completed', 'ended while not watched'],
])('%s', (_, remains, outcome, reason) => {
  const isKnown = remains.isTranscriptClosed === true || remains.isFileLeft === true || outcome === 'failed'
  const isInferred = remains.wasWatched === false ? remains.isTranscriptClosed !== true : remains.removedItsFile === false && !isKnown
  const inferred = isInferred ? { inferred: true } : {}
  expect(findEnd({ ...exited, ...remains })).toEqual({ outcome, reason, ...inferred })
})

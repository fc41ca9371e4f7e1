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
  [
    'the same, just after another client has begun',
    { removedItsFile: false, version: '2.1.200', hasSuccessor: true },
    'failed',
    'process ended',
  ],
  [
    'kill -9 before the first prompt, and only the key is left',
    { removedItsFile: false, hasTranscript: false, isKeyLeft: true },
    'failed',
    'process ended',
  ],
  [
    'an end before the first prompt, noticed late, with its key removed',
    { removedItsFile: false, hasTranscript: false, isKeyLeft: false },
    'completed',
    'exit',
  ],
  ['the end of -p', { isTranscriptClosed: true, hasOpenPrint: false }, 'completed', 'exit'],
  ['SIGTERM to -p before its answer', { isTranscriptClosed: true, hasOpenPrint: true }, 'failed', 'terminated'],
  ['the same with an old version', { hasOpenPrint: true, version: '2.1.120' }, 'failed', 'terminated'],
  ['final sums, and a file that could not be removed', { isTranscriptClosed: true, isFileLeft: true }, 'completed', 'exit'],
  ['an end while no collector ran that left the file', { wasWatched: false, isFileLeft: true }, 'failed', 'process ended'],
  ['an end while no collector ran that left final sums', { wasWatched: false, isTranscriptClosed: true }, 'completed', 'exit'],
  [
    'kill -9 while no collector ran, of a session that was resumed after final sums',
    { wasWatched: false, isTranscriptClosed: true, isFileLeft: true },
    'failed',
    'process ended',
  ],
  ['kill -9 while no collector ran, and the next client has removed the file', { wasWatched: false }, 'failed', 'process ended'],
  ['the same with an old version', { wasWatched: false, version: '2.1.200' }, 'completed', 'ended while not watched'],
  ['an end while no collector ran that left nothing', { wasWatched: false, hasTranscript: false }, 'completed', 'ended while not watched'],
])('%s', (_, remains, outcome, reason) => {
  const isKnown =
    remains.isTranscriptClosed === true ||
    remains.isFileLeft === true ||
    remains.isKeyLeft !== undefined ||
    (outcome === 'failed' && remains.hasSuccessor !== true)
  const isInferred = remains.wasWatched === false || (remains.removedItsFile === false && !isKnown)
  const inferred = isInferred ? { inferred: true } : {}
  expect(findEnd({ ...exited, ...remains })).toEqual({ outcome, reason, ...inferred })
})

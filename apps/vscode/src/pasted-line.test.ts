import { expect, it } from 'vitest'
import { readPastedLine } from './pasted-line.ts'

it.each([
  ['npx signalbox connect https://hub.example K7QX-2MPD', { kind: 'invite', url: 'https://hub.example', code: 'K7QX-2MPD' }],
  [
    '  signalbox connect http://10.0.0.2:4000/ k7qx 2mpd --no-service\n',
    { kind: 'invite', url: 'http://10.0.0.2:4000', code: 'k7qx 2mpd' },
  ],
  ['https://hub.example/signalbox K7QX2MPD', { kind: 'invite', url: 'https://hub.example/signalbox', code: 'K7QX2MPD' }],
  ['https://hub.example sbx_abc', { kind: 'key', url: 'https://hub.example', key: 'sbx_abc' }],
  ['sbx_abc', { kind: 'key', url: undefined, key: 'sbx_abc' }],
  ['https://hub.example/signalbox/app/sessions?view=table#x', { kind: 'address', url: 'https://hub.example/signalbox' }],
  ['http://127.0.0.1:4000', { kind: 'address', url: 'http://127.0.0.1:4000' }],
  ['https://hub.example something else', undefined],
  ['hub.example', undefined],
  ['ftp://hub.example', undefined],
  ['', undefined],
])('%j is understood', (text, expected) => {
  expect(readPastedLine(text)).toEqual(expected)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aMessage, anItem, anyMessage, anyText, hostileTexts } from '../../../../../test/peers/message.ts'
import { cutTo, htmlStyle, itemLine, linksOf, messageBody, oneLine, plainStyle, sizeInBytes, titleOf } from './message-text.ts'

describe('text of others', () => {
  it('is one line without controls and without what changes its direction', () => {
    for (const text of hostileTexts) {
      expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\p{Surrogate}]/u)
    }
    expect(oneLine('one\r\nBcc: eve@evil.example')).toBe('one Bcc: eve@evil.example')
    expect(oneLine('مرحبا بالعالم')).toBe('مرحبا بالعالم')
  })

  it('is cut between characters as people see them, and says that it was', () => {
    const family = '👩‍👩‍👧‍👦'
    expect(cutTo('short', 5)).toBe('short')
    expect(cutTo('longer', 5)).toBe('long…')
    expect(cutTo(`a${family}b`, 12)).toBe('a…')
    expect(cutTo(family.repeat(3), family.length * 2 + 1)).toBe(`${family}${family}…`)
    expect(cutTo('äöü', 5, sizeInBytes)).toBe('ä…')
    expect(cutTo('abc', 0)).toBe('')
    for (const text of hostileTexts) {
      for (const max of [1, 2, 7, 40, 1_000]) {
        expect(cutTo(text, max).length).toBeLessThanOrEqual(max)
        expect(sizeInBytes(cutTo(text.toWellFormed(), max, sizeInBytes))).toBeLessThanOrEqual(max)
      }
    }
  })
})

describe('a line', () => {
  it('says what happened to the alert', () => {
    expect(itemLine(anItem())).toBe('Session "Fix login" failed on laptop')
    expect(itemLine(anItem({ what: 'closed', open_for_ms: 12 * 60_000 }))).toBe('Over after 12 min: Session "Fix login" failed on laptop')
    expect(itemLine(anItem({ what: 'closed' }))).toMatch(/^Over: /)
    expect(itemLine(anItem({ what: 'reminder' }))).toMatch(/^Still open: /)
    expect(itemLine(anItem({ what: 'escalated' }))).toMatch(/^Not acknowledged: /)
    expect(itemLine(anItem({ what: 'closed', open_for_ms: 93_784_000 }))).toMatch(/^Over after 1 d 2 h: /)
    expect(itemLine(anItem({ what: 'closed', open_for_ms: 5_000 }))).toMatch(/^Over after 5 s: /)
  })

  it('of the title says when the peer may have it already', () => {
    expect(titleOf(aMessage({ may_be_repeat: true }))).toBe('(may be a repeat) Session failed: Fix login')
  })
})

describe('links', () => {
  it('lead to a single alert and its acknowledgement, else to the list', () => {
    expect(linksOf(aMessage()).map(({ label }) => label)).toEqual(['Open alert', 'Acknowledge'])
    expect(linksOf(aMessage({ items: [anItem(), anItem()] }))).toEqual([{ label: 'Open Signalbox', url: 'https://hub.example/app/alerts' }])
    expect(linksOf(aMessage({ more: 3 }))).toHaveLength(1)
    const { url: _, ...without } = aMessage({ items: [] })
    expect(linksOf(without)).toEqual([])
  })
})

describe('a body', () => {
  const ten = Array.from({ length: 10 }, (_, index) => anItem({ alert_id: `a_${index}`, summary: `${index} ${'word '.repeat(200)}` }))

  it('lists alerts, counts the others, and ends with the links', () => {
    const body = messageBody(
      aMessage({ items: [anItem(), anItem({ what: 'closed' })], more: 31, notes: ['3 messages were lost'] }),
      plainStyle,
      {
        max: 4_000,
        withTitle: true,
      },
    )
    expect(body.split('\n')).toEqual([
      'Session failed: Fix login',
      '• Session "Fix login" failed on laptop',
      '• Over: Session "Fix login" failed on laptop',
      'and 31 more',
      '3 messages were lost',
      'Open Signalbox: https://hub.example/app/alerts',
    ])
  })

  it('shortens summaries before it leaves an alert out, and keeps the link', () => {
    const message = aMessage({ items: ten, more: 5 })
    for (const max of [10_000, 4_096, 1_024, 500, 200, 100]) {
      const body = messageBody(message, plainStyle, { max })
      expect(body.length, String(max)).toBeLessThanOrEqual(max)
      expect(body).toContain('https://hub.example/app/alerts')
    }
    expect(messageBody(message, plainStyle, { max: 4_096 })).toContain('• 9 ')
    expect(messageBody(message, plainStyle, { max: 500 })).toMatch(/and \d+ more/)
    expect(messageBody(message, plainStyle, { max: 60 })).toContain('15 alerts')
    expect(messageBody(message, plainStyle, { max: 20 }).length).toBeLessThanOrEqual(20)
  })

  it('is never longer than its limit, whatever others wrote, in characters and in bytes', () => {
    for (const summary of hostileTexts) {
      for (const max of [30, 300, 3_000]) {
        const message = aMessage({ title: summary, items: [anItem({ summary }), anItem({ summary })], notes: [summary] })
        for (const style of [plainStyle, htmlStyle, { ...htmlStyle, size: sizeInBytes }]) {
          expect(style.size(messageBody(message, style, { max, withTitle: true }))).toBeLessThanOrEqual(max)
        }
      }
    }
  })
})

it('any text is one line, and cut to any length between characters', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 300 }), (text, max) => {
      const line = oneLine(text)
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Surrogate}]/u)
      expect(sizeInBytes(cutTo(line, max, sizeInBytes))).toBeLessThanOrEqual(max)
      expect(cutTo(line, max)).not.toMatch(/\p{Surrogate}/u)
    }),
    { numRuns: 150 },
  )
})

it('any message fits any limit, and HTML has no tag but ours', () => {
  fc.assert(
    fc.property(anyMessage, fc.integer({ min: 20, max: 5_000 }), (message, max) => {
      const body = messageBody(message, htmlStyle, { max, withTitle: true })
      expect(body.length).toBeLessThanOrEqual(max)
      expect(body.replace(/<\/?b>|<a href="https:\/\/hub\.example[^"<>]*">|<\/a>/g, '')).not.toMatch(/[<>]/)
    }),
    { numRuns: 100 },
  )
})

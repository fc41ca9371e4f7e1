import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelColor, modelFamilies } from './model-color.ts'

type Triple = readonly [number, number, number]

/** What a color-blind eye sees of linear RGB: Machado, Oliveira and Fernandes, 2009, at full severity. */
const eyes: Readonly<Record<string, readonly Triple[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const tokens = fs.readFileSync(path.resolve(import.meta.dirname, '../ui/tokens.css'), 'utf8')

function colorOf(name: string, theme: 'light' | 'dark'): Triple {
  const [, light = '', dark = ''] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens) ?? []
  const hex = theme === 'light' ? light : dark
  const linear = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [linear(1), linear(3), linear(5)]
}

const product = (rows: readonly Triple[], color: Triple) =>
  rows.map((row) => row.reduce((sum, one, at) => sum + one * color[at]!, 0)) as unknown as Triple

function toOklab(color: Triple): Triple {
  const [r, g, b] = color.map((one) => Math.max(0, one)) as unknown as Triple
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const families = [...modelFamilies, 'other']

  test.each(Object.entries(eyes))('families of models are far apart for %s eyes', (_, eye) => {
    const seen = families.map((family) => toOklab(product(eye, colorOf(`model-${family}`, theme))))
    for (const [n, one] of seen.entries()) {
      for (const [other, color] of seen.slice(0, n).entries()) {
        // 0.02 is just noticeable where colours touch.
        const distance = Math.hypot(...one.map((value, at) => value - color[at]!))
        expect(distance, `${families[n]} and ${families[other]}`).toBeGreaterThan(0.12)
      }
    }
  })

  test('each stands out from the panel', () => {
    const panel = luminance(colorOf('panel', theme))
    for (const family of families) {
      const own = luminance(colorOf(`model-${family}`, theme))
      expect((Math.max(own, panel) + 0.05) / (Math.min(own, panel) + 0.05), family).toBeGreaterThan(3)
    }
  })
})

test('a model has its colour whatever else is shown, and versions of a family have shades of one', () => {
  expect(modelColor('claude-opus-5')).toMatch(/var\(--model-opus\)/)
  const shades = ['claude-opus-4-5-20251101', 'claude-opus-5', 'claude-opus-5-5'].map(modelColor)
  expect(new Set(shades).size).toBe(3)
  expect(shades.every((shade) => shade.includes('var(--model-opus)'))).toBe(true)
  expect(modelColor('claude-opus-5')).toBe(shades[1])
  expect(modelColor('gpt-5-codex')).toContain('var(--model-other)')
  expect(modelColor('claude-haiku-4-5-20251001, not itemised')).toBe(
    `color-mix(in oklab, ${modelColor('claude-haiku-4-5-20251001')} 50%, var(--panel))`,
  )
})

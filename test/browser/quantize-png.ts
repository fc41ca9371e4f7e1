import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** Squared distance below which two colours count as the same. */
const MIN_SQUARED_DISTANCE = 40

/**
 * Reduces a screenshot to 256 colours, a third of its size. Screens have few colours; only shades of antialiasing are lost.
 * @param png as Chromium writes it: 8 bits per channel, not interlaced, opaque
 * @throws Error for any other PNG
 */
export function quantizePng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png)
  const counts = new Map<number, number>()
  const colors = new Uint32Array(width * height)
  for (let at = 0, from = 0; at < colors.length; at++, from += channels) {
    const color = ((pixels[from] ?? 0) << 16) | ((pixels[from + 1] ?? 0) << 8) | (pixels[from + 2] ?? 0)
    colors[at] = color
    counts.set(color, (counts.get(color) ?? 0) + 1)
  }
  const palette = buildPalette(counts)
  const indices = new Map<number, number>()
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const color = colors[at] ?? 0
      let index = indices.get(color)
      if (index === undefined) {
        index = nearest(palette, color)
        indices.set(color, index)
      }
      rows[y * (width + 1) + 1 + x] = index
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const table = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', head),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The most frequent distinguishable colours. */
function buildPalette(counts: ReadonlyMap<number, number>): number[] {
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color)
  if (frequent.length <= 256) return frequent
  const chosen: number[] = []
  for (const color of frequent) {
    if (chosen.length === 256) break
    if (chosen.every((other) => distance(color, other) >= MIN_SQUARED_DISTANCE)) chosen.push(color)
  }
  return chosen
}

function nearest(palette: readonly number[], color: number): number {
  let best = 0
  for (let index = 1; index < palette.length; index++) {
    if (distance(palette[index] ?? 0, color) < distance(palette[best] ?? 0, color)) best = index
  }
  return best
}

function distance(a: number, b: number): number {
  return ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2
}

function decode(png: Buffer): { width: number; height: number; channels: number; pixels: Uint8Array } {
  const [width, height, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]]
  const channels = kind === 2 ? 3 : kind === 6 ? 4 : 0
  if (png[24] !== 8 || png[28] !== 0 || channels === 0) throw new Error('This PNG does not have the format of Chromium screenshots')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0)
      const up = y === 0 ? 0 : (pixels[at - stride] ?? 0)
      const corner = x < channels || y === 0 ? 0 : (pixels[at - stride - channels] ?? 0)
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0
      pixels[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  return { width, height, channels, pixels }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { colorReader } from '../ui/color-reader.ts'
import { useShade } from '../ui/theme.ts'
import type { HistoryDrawing } from './history-drawing.ts'
import { timeLabels } from './time-label.ts'

export interface LineLook {
  /** A CSS colour. */
  readonly color: string
  /** Lengths of line and gap in pixels: told apart also without colours. */
  readonly dash: readonly number[]
}

interface HistoryChartProps {
  readonly drawing: HistoryDrawing
  readonly looks: readonly LineLook[]
  readonly hidden: ReadonlySet<number>
  readonly zone: string
  readonly pointed: number | undefined
  /** What is read at that point, in words. */
  readonly said: string
  readonly onPoint: (index: number | undefined) => void
}

/** With more resets of one window than this in sight, their marks would be a wall; the breaks of its line still show them. */
const MOST_MARKS = 60

/**
 * One line a window on a canvas. For the keyboard and for screen readers it is a slider that goes from reading to reading;
 * the table beside it has the same in figures.
 */
export function HistoryChart({ drawing, looks, hidden, zone, pointed, said, onPoint }: HistoryChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const shade = useShade()
  const count = drawing.xs.length
  const shape = `${shade} ${zone} ${looks.map(({ color }) => color).join()} ${drawing.windows.map(({ label }) => label).join()}`
  const point = useEffectEvent((index: number | null | undefined) => onPoint(index ?? undefined))
  const range = useEffectEvent((): [number, number] => [drawing.since, drawing.until])
  const marks = useEffectEvent((self: uPlot) => drawMarks(self, drawing, looks, hidden, host.current))
  const draw = useEffectEvent((element: HTMLDivElement) => {
    const { width, height } = element.getBoundingClientRect()
    return new uPlot(optionsOf(element, { width, height, looks, drawing, zone, point, range, marks }), dataOf(drawing), element)
  })

  useEffect(() => {
    const element = host.current
    if (element === null || shape === '') return
    const made = draw(element)
    plot.current = made
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) made.setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData(dataOf(drawing))
  }, [drawing])

  useEffect(() => {
    const made = plot.current
    if (made === null || shape === '') return
    drawing.windows.forEach((_, index) => {
      made.setSeries(index + 1, { show: !hidden.has(index) })
    })
  }, [hidden, drawing, shape])

  function press(event: KeyboardEvent): void {
    const from = pointed ?? (event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? count : -1)
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      Home: 0,
      End: count - 1,
      PageUp: from + 20,
      PageDown: from - 20,
    }
    const next = steps[event.key]
    if (next === undefined || count === 0) return
    event.preventDefault()
    const index = Math.min(count - 1, Math.max(0, next))
    const made = plot.current
    made?.setCursor({ left: made.valToPos(drawing.xs[index] ?? 0, 'x'), top: 0 })
    onPoint(index)
  }

  return (
    <div
      className="history-chart"
      ref={host}
      role="slider"
      tabIndex={0}
      aria-label="Limits over time"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={(pointed ?? 0) + 1}
      aria-valuetext={said}
      onKeyDown={press}
      onBlur={() => onPoint(undefined)}
    />
  )
}

function dataOf({ xs, windows }: HistoryDrawing): uPlot.AlignedData {
  return [xs, ...windows.map(({ values }) => values)] as unknown as uPlot.AlignedData
}

interface Drawn {
  readonly width: number
  readonly height: number
  readonly looks: readonly LineLook[]
  readonly drawing: HistoryDrawing
  readonly zone: string
  readonly point: (index: number | null | undefined) => void
  readonly range: () => [number, number]
  readonly marks: (self: uPlot) => void
}

function optionsOf(element: HTMLElement, { width, height, looks, drawing, zone, point, range, marks }: Drawn): uPlot.Options {
  const color = colorReader(element)
  const [ink, line] = [color('var(--ink-2)'), color('var(--line)')]
  const font = `11px ${getComputedStyle(element).fontFamily}`
  return {
    width,
    height,
    padding: [12, 16, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 7 }, focus: { prox: -1 } },
    scales: { x: { range: () => range() }, y: { range: [0, 100] } },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { stroke: line, size: 4, width: 1 },
        gap: 6,
        size: 34,
        space: 72,
        values: (_, splits) => timeLabels(splits, zone),
      },
      {
        stroke: ink,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        gap: 6,
        size: 46,
        splits: [0, 20, 40, 60, 80, 100],
        values: (_, splits) => splits.map((value) => `${value}%`),
      },
    ],
    series: [
      {},
      ...drawing.windows.map(
        ({ label }, index): uPlot.Series => ({
          label,
          stroke: color(looks[index]?.color ?? 'var(--ink)'),
          width: 2,
          dash: [...(looks[index]?.dash ?? [])],
          points: { show: false },
          spanGaps: false,
        }),
      ),
    ],
    hooks: {
      draw: [marks],
      setCursor: [(self) => point(self.cursor.left === undefined || self.cursor.left < 0 ? undefined : self.cursor.idx)],
    },
  }
}

/** A dotted line with a foot where a window began anew, and a dot for a reading that stands alone. */
function drawMarks(
  self: uPlot,
  { xs, windows, since, until }: HistoryDrawing,
  looks: readonly LineLook[],
  hidden: ReadonlySet<number>,
  element: HTMLElement | null,
): void {
  if (element === null) return
  const { ctx, bbox } = self
  const color = colorReader(element)
  const pixel = devicePixelRatio
  ctx.save()
  ctx.lineWidth = pixel
  windows.forEach(({ resets, values, lone }, index) => {
    if (hidden.has(index)) return
    ctx.strokeStyle = ctx.fillStyle = color(looks[index]?.color ?? 'var(--ink)')
    for (const at of lone) {
      ctx.beginPath()
      ctx.arc(self.valToPos(xs[at] ?? 0, 'x', true), self.valToPos(values[at] ?? 0, 'y', true), 2 * pixel, 0, 2 * Math.PI)
      ctx.fill()
    }
    const seen = resets.filter((at) => at >= since && at <= until)
    if (seen.length > MOST_MARKS) return
    for (const at of seen) {
      const x = Math.round(self.valToPos(at, 'x', true))
      const foot = bbox.top + bbox.height
      ctx.setLineDash([2 * pixel, 3 * pixel])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, foot)
      ctx.stroke()
      ctx.beginPath()
      ctx.moveTo(x - 4 * pixel, foot)
      ctx.lineTo(x + 4 * pixel, foot)
      ctx.lineTo(x, foot - 6 * pixel)
      ctx.fill()
    }
  })
  ctx.restore()
}

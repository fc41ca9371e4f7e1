import { useEffectEvent, useMemo } from 'react'
import uPlot from 'uplot'
import { colorReader } from '../ui/color-reader.ts'
import { useShade } from '../ui/theme.ts'
import { type PlotParts, usePlot } from '../ui/use-plot.ts'
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
  const shade = useShade()
  const count = drawing.xs.length
  const shape = `${shade} ${zone} ${looks.map(({ color }) => color).join()} ${drawing.windows.map(({ label }) => label).join()}`
  const data = useMemo(() => dataOf(drawing), [drawing])
  const range = useEffectEvent((): [number, number] => [drawing.since, drawing.until])
  const marks = useEffectEvent((self: uPlot, element: HTMLElement) => drawMarks(self, drawing, looks, hidden, element))
  const { host, press } = usePlot({
    shape,
    data,
    options: (element) => optionsOf(element, { looks, drawing, zone, range, marks }),
    hidden,
    pointed,
    onPoint,
    page: 20,
  })

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
  readonly looks: readonly LineLook[]
  readonly drawing: HistoryDrawing
  readonly zone: string
  readonly range: () => [number, number]
  readonly marks: (self: uPlot, element: HTMLElement) => void
}

function optionsOf(element: HTMLElement, { looks, drawing, zone, range, marks }: Drawn): ReturnType<PlotParts['options']> {
  const color = colorReader(element)
  const [ink, line] = [color('var(--ink-2)'), color('var(--line)')]
  const font = `11px ${getComputedStyle(element).fontFamily}`
  return {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
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
    hooks: { draw: [(self) => marks(self, element)] },
  }
}

/** A dotted line with a foot where a window began anew, and a dot for a reading that stands alone. */
function drawMarks(
  self: uPlot,
  { xs, windows, since, until }: HistoryDrawing,
  looks: readonly LineLook[],
  hidden: ReadonlySet<number>,
  element: HTMLElement,
): void {
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

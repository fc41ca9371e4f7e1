import { useEffectEvent, useMemo } from 'react'
import uPlot from 'uplot'
import { colorReader } from '../ui/color-reader.ts'
import { formatPercent } from '../ui/number-format.ts'
import { useShade } from '../ui/theme.ts'
import { type PlotOptions, usePlot } from '../ui/use-plot.ts'
import { type HistoryDrawing, percentSplits } from './history-drawing.ts'
import { formatTimeLabels } from './time-label.ts'

export interface LineStyle {
  /** A CSS colour. */
  readonly color: string
  /** Lengths of dashes and gaps in pixels: lines differ without colours too. */
  readonly dash: readonly number[]
}

interface HistoryChartProps {
  readonly drawing: HistoryDrawing
  /** Of its windows. */
  readonly lineStyles: readonly LineStyle[]
  readonly hidden: ReadonlySet<number>
  readonly label: string
  readonly zone: string
  readonly pointed: number | undefined
  /** Text of the selected point, for screen readers. */
  readonly pointText: string
  readonly onPoint: (index: number | undefined) => void
}

/** More visible resets of one window than this are not marked; the breaks of its line still show them. */
const MAX_RESET_MARKS = 60
/** More than this are marked on the axis only: dotted lines side by side would hide the windows. */
const MAX_RESET_LINES = 12

/**
 * One line per window on a canvas. For the keyboard and screen readers it is a slider that moves from point to point;
 * the table has the same data.
 */
export function HistoryChart({ drawing, lineStyles, hidden, label, zone, pointed, pointText, onPoint }: HistoryChartProps) {
  const shade = useShade()
  const count = drawing.xs.length
  const shape = `${shade} ${zone} ${lineStyles.map(({ color }) => color).join()} ${drawing.windows.map(({ label }) => label).join()}`
  const data = useMemo(() => dataOf(drawing), [drawing])
  const range = useEffectEvent((): [number, number] => [drawing.since, drawing.until])
  const top = useEffectEvent(() => drawing.top)
  const marks = useEffectEvent((self: uPlot, element: HTMLElement) => drawMarks(self, drawing, lineStyles, hidden, element))
  const { host, handleKey } = usePlot({
    shape,
    data,
    options: (element) => optionsOf(element, { lineStyles, drawing, zone, range, top, marks }),
    hidden,
    pointed,
    onPoint,
    pageSize: 20,
  })

  return (
    <div
      className="history-chart"
      ref={host}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={(pointed ?? 0) + 1}
      aria-valuetext={pointText}
      onKeyDown={handleKey}
      onBlur={() => onPoint(undefined)}
    />
  )
}

function dataOf({ xs, windows }: HistoryDrawing): uPlot.AlignedData {
  return [xs, ...windows.map(({ values }) => values)] as unknown as uPlot.AlignedData
}

interface ChartContext {
  readonly lineStyles: readonly LineStyle[]
  readonly drawing: HistoryDrawing
  readonly zone: string
  readonly range: () => [number, number]
  /** The percentage at the top of the axis. */
  readonly top: () => number
  readonly marks: (self: uPlot, element: HTMLElement) => void
}

function optionsOf(
  element: HTMLElement,
  { lineStyles, drawing, zone, range, top, marks }: ChartContext,
): ReturnType<PlotOptions['options']> {
  const color = colorReader(element)
  const [ink, line] = [color('var(--ink-2)'), color('var(--line)')]
  const font = `11px ${getComputedStyle(element).fontFamily}`
  return {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 7 }, focus: { prox: -1 } },
    scales: { x: { range: () => range() }, y: { range: () => [0, top()] } },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { stroke: line, size: 4, width: 1 },
        gap: 6,
        size: 34,
        space: 72,
        values: (_, splits) => formatTimeLabels(splits, zone),
      },
      {
        stroke: ink,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        gap: 6,
        size: 46,
        splits: () => percentSplits(top()),
        values: (_, splits) => splits.map((value) => formatPercent(value / 100)),
      },
    ],
    series: [
      {},
      ...drawing.windows.map(
        ({ label }, index): uPlot.Series => ({
          label,
          stroke: color(lineStyles[index]?.color ?? 'var(--ink)'),
          width: 2,
          dash: [...(lineStyles[index]?.dash ?? [])],
          points: { show: false },
          spanGaps: false,
        }),
      ),
    ],
    hooks: { draw: [(self) => marks(self, element)] },
  }
}

/** A dotted line with a marker on the axis at each reset, and a dot for each isolated point. */
function drawMarks(
  self: uPlot,
  { xs, windows, since, until, top }: HistoryDrawing,
  lineStyles: readonly LineStyle[],
  hidden: ReadonlySet<number>,
  element: HTMLElement,
): void {
  const { ctx, bbox } = self
  const color = colorReader(element)
  const pixel = devicePixelRatio
  ctx.save()
  ctx.lineWidth = pixel
  if (top > 100) {
    // The limit itself, below what is over it; between two rows of pixels it would be blurred.
    const y = Math.round(self.valToPos(100, 'y', true)) + pixel / 2
    ctx.strokeStyle = color('var(--danger)')
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  windows.forEach(({ resets, values, isolated }, index) => {
    if (hidden.has(index)) return
    ctx.strokeStyle = ctx.fillStyle = color(lineStyles[index]?.color ?? 'var(--ink)')
    for (const at of isolated) {
      ctx.beginPath()
      ctx.arc(self.valToPos(xs[at] ?? 0, 'x', true), self.valToPos(values[at] ?? 0, 'y', true), 2 * pixel, 0, 2 * Math.PI)
      ctx.fill()
    }
    const visible = resets.filter((at) => at >= since && at <= until)
    if (visible.length > MAX_RESET_MARKS) return
    for (const at of visible) {
      const x = Math.round(self.valToPos(at, 'x', true))
      const bottom = bbox.top + bbox.height
      if (visible.length <= MAX_RESET_LINES) {
        ctx.setLineDash([2 * pixel, 3 * pixel])
        ctx.beginPath()
        ctx.moveTo(x, bbox.top)
        ctx.lineTo(x, bottom)
        ctx.stroke()
      }
      ctx.beginPath()
      ctx.moveTo(x - 4 * pixel, bottom)
      ctx.lineTo(x + 4 * pixel, bottom)
      ctx.lineTo(x, bottom - 6 * pixel)
      ctx.fill()
    }
  })
  ctx.restore()
}

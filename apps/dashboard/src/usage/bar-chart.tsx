import { type KeyboardEvent, useEffectEvent, useMemo } from 'react'
import uPlot from 'uplot'
import { colorReader } from '../ui/color-reader.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { useShade } from '../ui/theme.ts'
import { type PlotOptions, usePlot } from '../ui/use-plot.ts'
import { t } from '../words/usage.ts'
import { formatAxisLabels } from './axis-label.ts'
import { type ChartSeries, formatMeasure } from './chart-series.ts'
import type { Step } from './range.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './bar-chart.css'

interface BarChartProps {
  readonly stack: Stack
  readonly series: readonly ChartSeries[]
  /** Full labels of the buckets. */
  readonly labels: readonly string[]
  readonly step: Step
  readonly measure: Measure
  readonly zone: string
  /** Whether the bars have the estimates; otherwise these are a dashed part on top. */
  readonly withEstimates: boolean
  readonly pointed: number | undefined
  readonly onPoint: (index: number | undefined) => void
  readonly onZoom: ((index: number) => void) | undefined
}

/**
 * Stacked bars on a canvas. For the keyboard and screen readers it is a slider that moves from bar to bar; the table has the
 * same data.
 */
export function BarChart({ stack, series, labels, step, measure, zone, withEstimates, pointed, onPoint, onZoom }: BarChartProps) {
  const shade = useShade()
  const count = stack.buckets.length
  const short = formatAxisLabels(step, stack.buckets, zone)
  const isOnTop = !withEstimates && stack.estimates.some((estimate) => estimate > 0)
  const shape = `${shade} ${measure} ${step} ${count} ${isOnTop} ${series.map(({ color }) => color).join()}`
  const data = useMemo(() => dataOf(stack, series, isOnTop), [stack, series, isOnTop])
  const zoom = useEffectEvent((index: number | null | undefined) => index != null && onZoom?.(index))
  const label = useEffectEvent((index: number) => short[index] ?? '')
  const { host, handleKey } = usePlot({
    shape,
    data,
    options: (element) => optionsOf(element, { count, series, measure, label, short, isOnTop }),
    onCreate: (plot) => zoomOnSecondTap(plot, zoom),
    pointed,
    onPoint,
    pageSize: 7,
  })

  function handleKeyOrZoom(event: KeyboardEvent): void {
    if (handleKey(event) || event.key !== 'Enter' || selected === undefined) return
    event.preventDefault()
    onZoom?.(selected)
  }

  const selected = pointed !== undefined && pointed < count ? pointed : undefined
  const selectedText =
    selected === undefined
      ? t.noBarSelected
      : `${labels[selected]}: ${formatMeasure(stack.totals[selected] ?? 0, measure)}. ${series
          .filter((one) => one.values[selected] !== 0)
          .map((one) => `${one.name} ${formatMeasure(one.values[selected] ?? null, measure)}`)
          .join(', ')}${estimateText(stack.estimates[selected] ?? 0, measure, withEstimates)}`

  return (
    <div
      className="bar-chart"
      ref={host}
      role="slider"
      tabIndex={0}
      aria-label={t.barsBy(t.groupNames[step])}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={(selected ?? 0) + 1}
      aria-valuetext={selectedText}
      data-zooms={onZoom === undefined ? undefined : true}
      onKeyDown={handleKeyOrZoom}
      onBlur={() => onPoint(undefined)}
    />
  )
}

function estimateText(estimate: number, measure: Measure, withEstimates: boolean): string {
  return estimate === 0 ? '' : t.estimatedSums(formatMeasure(estimate, measure), withEstimates ? t.inTheSums : t.notInTheSums)
}

/** Touch has no hover: the first tap on a bar selects it, the second one zooms in. */
function zoomOnSecondTap(plot: uPlot, zoom: (index: number | null | undefined) => void): void {
  let touch = false
  let selected: number | null | undefined
  plot.over.addEventListener('pointerdown', (event) => {
    touch = event.pointerType === 'touch'
  })
  plot.over.addEventListener('click', () => {
    const index = plot.cursor.idx
    if (!touch || selected === index) zoom(index)
    selected = index
  })
}

/** Cumulative sums, the highest first: each bar is drawn over the previous one. */
function dataOf(stack: Stack, series: readonly ChartSeries[], isOnTop: boolean): uPlot.AlignedData {
  const sums: (number | null)[][] = []
  const below = new Float64Array(stack.buckets.length)
  for (const one of series) {
    sums.unshift(
      one.values.map((value, index) => {
        below[index] = (below[index] ?? 0) + (value ?? 0)
        return value === null || value === 0 ? null : (below[index] ?? 0)
      }),
    )
  }
  if (isOnTop) sums.unshift(stack.estimates.map((estimate, index) => (estimate === 0 ? null : (below[index] ?? 0) + estimate)))
  return [stack.buckets.map((_, index) => index), ...sums] as uPlot.AlignedData
}

type Colors = [ink: string, line: string, panel: string, sunken: string]

interface Drawing {
  readonly count: number
  readonly series: readonly ChartSeries[]
  readonly measure: Measure
  readonly short: readonly string[]
  readonly label: (index: number) => string
  /** Whether a dashed part is on top of the bars. */
  readonly isOnTop: boolean
}

function optionsOf(element: HTMLElement, { count, series, measure, short, label, isOnTop }: Drawing): ReturnType<PlotOptions['options']> {
  const color = colorReader(element)
  const [ink, line, panel, sunken] = ['var(--ink-2)', 'var(--line)', 'var(--panel)', 'var(--sunken)'].map(color) as Colors
  const font = `11px ${getComputedStyle(element).fontFamily}`
  const widest = Math.max(...short.map((text) => text.length), 3) * 6.4 + 14
  const bars = uPlot.paths.bars?.({ size: [0.74, 56], radius: [0.06, 0] })
  const paths = bars === undefined ? {} : { paths: bars }
  return {
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false }, focus: { prox: -1 } },
    scales: {
      x: { time: false, range: [-0.6, count - 0.4] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.06 : 1] },
    },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { show: false },
        gap: 8,
        size: 30,
        // Counted from the last bar backwards, so that the newest always has a label.
        splits: (self) => {
          const every = Math.max(1, Math.ceil((widest * count) / Math.max(1, self.bbox.width / devicePixelRatio)))
          return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % every === 0)
        },
        values: (_, splits) => splits.map((index) => label(index)),
      },
      {
        stroke: ink,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        gap: 6,
        size: 56,
        space: 48,
        values: (_, splits) =>
          splits.map((value) => (value === 0 ? '0' : measure === 'cost' ? formatAxisMoney(value, splits) : formatCompact(value))),
      },
    ],
    series: [
      {},
      ...(isOnTop ? [{ label: t.estimated, fill: sunken, stroke: ink, width: 1, dash: [4, 3], points: { show: false }, ...paths }] : []),
      ...[...series].reverse().map(
        (one): uPlot.Series => ({
          label: one.name,
          fill: color(one.color),
          // A hairline between two colours, for readers who do not see the difference.
          stroke: panel,
          width: 1,
          points: { show: false },
          ...paths,
        }),
      ),
    ],
  }
}

/** Omits cents unless the steps of the axis need them. */
function formatAxisMoney(value: number, splits: readonly number[]): string {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  return step >= 1 ? formatUsd(value).replace(/[.,]00(?=\D|$)/, '') : formatUsd(value)
}

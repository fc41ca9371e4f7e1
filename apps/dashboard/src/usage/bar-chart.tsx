import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { colorReader } from '../ui/color-reader.ts'
import { compact, usd } from '../ui/number-format.ts'
import { useShade } from '../ui/theme.ts'
import { axisLabels } from './axis-label.ts'
import { type DrawnSeries, shownValue } from './drawn-series.ts'
import type { Step } from './range.ts'
import type { Stack } from './stack.ts'
import type { Measure } from './usage-search.ts'
import './bar-chart.css'

interface BarChartProps {
  readonly stack: Stack
  readonly series: readonly DrawnSeries[]
  /** Of the buckets, in full. */
  readonly labels: readonly string[]
  readonly step: Step
  readonly measure: Measure
  readonly zone: string
  readonly pointed: number | undefined
  readonly onPoint: (index: number | undefined) => void
  readonly onZoom: ((index: number) => void) | undefined
}

/**
 * Stacked bars on a canvas. For the keyboard and for screen readers it is a slider that goes from bar to bar and says what each is;
 * the table beside it has the same numbers.
 */
export function BarChart({ stack, series, labels, step, measure, zone, pointed, onPoint, onZoom }: BarChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const shade = useShade()
  const count = stack.buckets.length
  const short = axisLabels(step, stack.buckets, zone)
  /** What makes a new drawing necessary; all else is new data in the same one, so that nothing blinks. */
  const shape = `${shade} ${measure} ${step} ${count} ${series.map(({ color }) => color).join()}`
  const point = useEffectEvent((index: number | null | undefined) => onPoint(index ?? undefined))
  const zoom = useEffectEvent((index: number | null | undefined) => index != null && onZoom?.(index))
  const label = useEffectEvent((index: number) => short[index] ?? '')
  const draw = useEffectEvent((element: HTMLDivElement) => {
    const { width, height } = element.getBoundingClientRect()
    return new uPlot(optionsOf(element, { width, height, count, series, measure, label, point, short }), dataOf(stack, series), element)
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
    // A finger cannot point without pressing: its first press on a bar reads it, the second looks into it.
    let touch = false
    let read: number | null | undefined
    const touched = (event: PointerEvent) => {
      touch = event.pointerType === 'touch'
    }
    const pressed = () => {
      const index = made.cursor.idx
      if (!touch || read === index) zoom(index)
      read = index
    }
    made.over.addEventListener('pointerdown', touched)
    made.over.addEventListener('click', pressed)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData(dataOf(stack, series))
  }, [stack, series])

  function press(event: KeyboardEvent): void {
    const from = pointed ?? (event.key === 'ArrowLeft' ? count : -1)
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      Home: 0,
      End: count - 1,
      PageUp: from + 7,
      PageDown: from - 7,
    }
    const next = steps[event.key]
    if (next !== undefined) {
      event.preventDefault()
      const index = Math.min(count - 1, Math.max(0, next))
      const made = plot.current
      made?.setCursor({ left: made.valToPos(index, 'x'), top: 0 })
      onPoint(index)
    } else if (event.key === 'Enter' && pressedBar !== undefined) {
      event.preventDefault()
      onZoom?.(pressedBar)
    }
  }

  const pressedBar = pointed !== undefined && pointed < count ? pointed : undefined
  const said =
    pressedBar === undefined
      ? 'No bar is chosen'
      : `${labels[pressedBar]}: ${shownValue(stack.totals[pressedBar] ?? 0, measure)}. ${series
          .filter((one) => one.values[pressedBar] !== 0)
          .map((one) => `${one.name} ${shownValue(one.values[pressedBar] ?? null, measure)}`)
          .join(', ')}`

  return (
    <div
      className="bar-chart"
      ref={host}
      role="slider"
      tabIndex={0}
      aria-label={`Bars by ${step}`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={(pressedBar ?? 0) + 1}
      aria-valuetext={said}
      data-zooms={onZoom === undefined ? undefined : true}
      onKeyDown={press}
      onBlur={() => onPoint(undefined)}
    />
  )
}

/** Sums from the bottom up, the highest first: each bar is drawn over the one before it. */
function dataOf(stack: Stack, series: readonly DrawnSeries[]): uPlot.AlignedData {
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
  return [stack.buckets.map((_, index) => index), ...sums] as uPlot.AlignedData
}

interface Drawing {
  readonly width: number
  readonly height: number
  readonly count: number
  readonly series: readonly DrawnSeries[]
  readonly measure: Measure
  readonly short: readonly string[]
  readonly label: (index: number) => string
  readonly point: (index: number | null | undefined) => void
}

function optionsOf(element: HTMLElement, { width, height, count, series, measure, short, label, point }: Drawing): uPlot.Options {
  const color = colorReader(element)
  const [ink, line, panel] = [color('var(--ink-2)'), color('var(--line)'), color('var(--panel)')]
  const font = `11px ${getComputedStyle(element).fontFamily}`
  const widest = Math.max(...short.map((text) => text.length), 3) * 6.4 + 14
  const bars = uPlot.paths.bars?.({ size: [0.74, 56], radius: [0.06, 0] })
  return {
    width,
    height,
    padding: [12, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false }, focus: { prox: -1 } },
    scales: {
      x: { time: false, range: [-0.6, count - 0.4] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.06 : 1] },
    },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { show: false },
        gap: 8,
        size: 30,
        // Whole bars only, from the last one backwards, so that the newest always has its name.
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
        values: (_, splits) => splits.map((value) => (value === 0 ? '0' : measure === 'cost' ? axisMoney(value, splits) : compact(value))),
      },
    ],
    series: [
      {},
      ...[...series].reverse().map(
        (one): uPlot.Series => ({
          label: one.name,
          fill: color(one.color),
          // A hairline of the panel between two colours: told apart also by who sees them alike.
          stroke: panel,
          width: 1,
          points: { show: false },
          ...(bars === undefined ? {} : { paths: bars }),
        }),
      ),
    ],
    hooks: {
      setCursor: [(self) => point(self.cursor.left === undefined || self.cursor.left < 0 ? undefined : self.cursor.idx)],
    },
  }
}

/** Cents only where the steps of the axis need them. */
function axisMoney(value: number, splits: readonly number[]): string {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  return step >= 1 ? usd(value).replace(/[.,]00(?=\D|$)/, '') : usd(value)
}

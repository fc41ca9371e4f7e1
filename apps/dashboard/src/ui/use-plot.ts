import { type KeyboardEvent, type RefObject, useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface PlotOptions {
  /** A change recreates the plot; anything else only updates its data, without flicker. */
  readonly shape: string
  /** Must be the same object while nothing in it changes. */
  readonly data: uPlot.AlignedData
  /** Options of the plot; called for each new plot. */
  readonly options: (element: HTMLElement) => Omit<uPlot.Options, 'width' | 'height' | 'padding' | 'legend'>
  readonly onCreate?: (plot: uPlot) => void
  /** Indices of hidden lines, from 0. */
  readonly hidden?: ReadonlySet<number>
  readonly pointed: number | undefined
  readonly onPoint: (index: number | undefined) => void
  /** Points that Page Up and Page Down move by. */
  readonly pageSize: number
}

export interface Plot {
  /** Ref of the element that the plot fills. */
  readonly host: RefObject<HTMLDivElement | null>
  /** Moves the selected point by keyboard. @returns whether the key was handled */
  handleKey(event: KeyboardEvent): boolean
}

/** A canvas plot for the lifetime of its component: it fills its element and follows pointer and keyboard. */
export function usePlot({ shape, data, options, onCreate, hidden, pointed, onPoint, pageSize }: PlotOptions): Plot {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const point = useEffectEvent((self: uPlot) => {
    const { left, idx } = self.cursor
    onPoint(left === undefined || left < 0 ? undefined : (idx ?? undefined))
  })
  const draw = useEffectEvent((element: HTMLDivElement) => {
    const { width, height } = element.getBoundingClientRect()
    const { hooks, ...rest } = options(element)
    const drawn = new uPlot(
      { ...rest, width, height, padding: [12, 16, 0, 0], legend: { show: false }, hooks: { ...hooks, setCursor: [(self) => point(self)] } },
      data,
      element,
    )
    onCreate?.(drawn)
    return drawn
  })

  useEffect(() => {
    const element = host.current
    if (element === null || shape === '') return
    const drawn = draw(element)
    plot.current = drawn
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) drawn.setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      drawn.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData(data)
  }, [data])

  useEffect(() => {
    const drawn = plot.current
    if (drawn === null || hidden === undefined || shape === '') return
    for (let line = 0; line < data.length - 1; line++) drawn.setSeries(line + 1, { show: !hidden.has(line) })
  }, [hidden, data, shape])

  function handleKey(event: KeyboardEvent): boolean {
    const [xs] = data
    const from = pointed ?? (event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? xs.length : -1)
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      Home: 0,
      End: xs.length - 1,
      PageUp: from + pageSize,
      PageDown: from - pageSize,
    }
    const next = steps[event.key]
    if (next === undefined || xs.length === 0) return false
    event.preventDefault()
    const index = Math.min(xs.length - 1, Math.max(0, next))
    const drawn = plot.current
    drawn?.setCursor({ left: drawn.valToPos(xs[index] ?? 0, 'x'), top: 0 })
    onPoint(index)
    return true
  }

  return { host, handleKey }
}

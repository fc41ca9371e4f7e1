import { type KeyboardEvent, type RefObject, useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface PlotParts {
  /** What makes a new drawing necessary; all else is new data in the same one, so that nothing blinks. */
  readonly shape: string
  /** The same object for as long as nothing in it changes. */
  readonly data: uPlot.AlignedData
  /** What is drawn, and how; asked for each new drawing. */
  readonly options: (element: HTMLElement) => Omit<uPlot.Options, 'width' | 'height' | 'padding' | 'legend'>
  readonly made?: (plot: uPlot) => void
  /** Lines that are not shown, counted from 0. */
  readonly hidden?: ReadonlySet<number>
  readonly pointed: number | undefined
  readonly onPoint: (index: number | undefined) => void
  /** So many points are a page. */
  readonly page: number
}

export interface Plot {
  /** For the element that the plot fills. */
  readonly host: RefObject<HTMLDivElement | null>
  /** Points at what the key leads to. @returns whether it was a key that leads anywhere */
  press(event: KeyboardEvent): boolean
}

/** A plot on a canvas for as long as its component is there: as large as its element, with the pointer and the keys to point in it. */
export function usePlot({ shape, data, options, made, hidden, pointed, onPoint, page }: PlotParts): Plot {
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
    made?.(drawn)
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

  function press(event: KeyboardEvent): boolean {
    const [xs] = data
    const from = pointed ?? (event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? xs.length : -1)
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      Home: 0,
      End: xs.length - 1,
      PageUp: from + page,
      PageDown: from - page,
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

  return { host, press }
}

import type { Row } from './panel.ts'

const WIDTH = 24
const PANEL = { w: 8, h: 7 }

/** The board of Grafana, in the format that its import takes: schema version 39, of Grafana 10.4 and later. */
export function grafanaBoard(table: readonly Row[]): object {
  const panels: object[] = []
  let id = 1
  let y = 0
  for (const row of table) {
    panels.push({ id: id++, type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y, w: WIDTH, h: 1 }, panels: [] })
    y++
    row.panels.forEach((panel, index) => {
      const perLine = WIDTH / PANEL.w
      panels.push({
        id: id++,
        type: 'timeseries',
        title: panel.title,
        description: panel.help,
        datasource,
        gridPos: { x: (index % perLine) * PANEL.w, y: y + Math.floor(index / perLine) * PANEL.h, ...PANEL },
        fieldConfig: {
          defaults: { unit: panel.unit, min: 0, custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' } },
          overrides: [],
        },
        options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
        targets: panel.queries.map(({ expr, legend }, query) => ({
          refId: String.fromCharCode(65 + query),
          datasource,
          expr,
          legendFormat: legend,
        })),
      })
    })
    y += Math.ceil((row.panels.length * PANEL.w) / WIDTH) * PANEL.h
  }
  return {
    title: 'Signalbox',
    uid: 'signalbox',
    tags: ['signalbox'],
    schemaVersion: 39,
    timezone: '',
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0, current: {} }],
    },
    annotations: { list: [] },
    panels,
  }
}

/** Whichever Prometheus the person chooses. */
const datasource = { type: 'prometheus', uid: '$' + '{datasource}' }

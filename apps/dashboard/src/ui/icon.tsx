const paths = {
  today: 'M3 12h3.5l2-6 4 12 2.5-6H21',
  sessions: 'M4 6h9M4 12h16M4 18h12M17.500 6h2.500',
  machines: 'M4 5h16v6H4zM4 13h16v6H4zM7.500 8h.1M7.500 16h.1',
  usage: 'M4 20V10M10 20V4M16 20v-8M20.5 20h-17',
  limits: 'M4.500 18.500a9 9 0 1 1 15 0M12 14.500 15.500 9M4.500 18.500h.1M19.500 18.500h.1',
  clock: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17ZM12 7.500V12l3 2',
  refresh: 'M20 12a8 8 0 1 1-2.340-5.660L20 8.500M20 4v4.500h-4.500',
  alerts: 'M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10.5 20.5h3M12 5V3',
  events: 'M4 6h.1M8 6h12M4 12h.1M8 12h8M4 18h.1M8 18h12',
  more: 'M5.500 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM18.500 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
  ask: 'M5 5h14v10.500h-7.500L7.500 19.500v-4H5ZM9 10.200h6',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14',
  down: 'M6 9.5l6 6 6-6',
  right: 'M9.5 6l6 6-6 6',
  left: 'M14.5 6l-6 6 6 6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  person:
    'M12 11.500a3.750 3.750 0 1 0 0-7.500 3.750 3.750 0 0 0 0 7.500ZM4.750 20c.6-3.400 3.400-5.500 7.250-5.500s6.650 2.100 7.250 5.500',
  unseen:
    'M4 4l16 16M9.500 5.500A9.500 9.500 0 0 1 21 12a14 14 0 0 1-2.200 3.200M6.200 7.200A13 13 0 0 0 3 12c1.700 3.700 5 6 9 6a9 9 0 0 0 3-.500',
  warning: 'M12 4 2.750 20h18.500ZM12 10v4.500M12 17.200v.1',
  pause: 'M8.500 6v12M15.500 6v12',
  close: 'M6 6l12 12M18 6 6 18',
  light:
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
} as const

export type IconName = keyof typeof paths

/** A line icon on a 24-unit grid. Hidden from screen readers: the text beside it carries the meaning. */
export function Icon({ name, size = 18 }: { readonly name: IconName /** In pixels. */; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}

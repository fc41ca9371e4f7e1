import type { ReactNode } from 'react'

/** A cell of a table that is a list on a phone: its column stands beside it there. */
export function LabelledCell({ column, children }: { readonly column: string; readonly children: ReactNode }) {
  return (
    <td data-column={column}>
      <div>{children}</div>
    </td>
  )
}

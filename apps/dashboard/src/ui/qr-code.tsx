import { encode } from 'uqr'
import './qr-code.css'

/** Modules of light around the code, without which cameras do not find it. */
const BORDER_MODULES = 4

/** A QR code, dark on light in both themes, because not every camera reads the opposite. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: BORDER_MODULES })
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" role="img" aria-label={label}>
      <rect className="qr-light" width={size} height={size} />
      <path className="qr-dark" d={toPath(data)} />
    </svg>
  )
}

/** The dark modules of each row, those beside each other in one piece. */
export function toPath(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) =>
      [
        ...row
          .map((dark) => (dark ? '1' : '0'))
          .join('')
          .matchAll(/1+/g),
      ].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`),
    )
    .join('')
}

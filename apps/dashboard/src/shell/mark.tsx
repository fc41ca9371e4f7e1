/** A semaphore signal with its arm level and its lamp lit. */
export function Mark({ size = 28 }: { /** In pixels. */ readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <path className="mark-post" d="M13 5v23M9 28h8" />
      <path className="mark-arm" d="M13 7h14v6H13z" />
      <path className="mark-band" d="M22.500 7h2v6h-2z" />
      <circle className="mark-lamp" cx="13" cy="18.500" r="3.250" />
    </svg>
  )
}

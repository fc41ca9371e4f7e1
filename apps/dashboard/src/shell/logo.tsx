/** The Signalbox logo: a railway semaphore signal. */
export function Logo({ size = 28 }: { /** In pixels. */ readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="logo">
      <path className="logo-post" d="M13 5v23M9 28h8" />
      <path className="logo-arm" d="M13 7h14v6H13z" />
      <path className="logo-band" d="M22.500 7h2v6h-2z" />
      <circle className="logo-lamp" cx="13" cy="18.500" r="3.250" />
    </svg>
  )
}

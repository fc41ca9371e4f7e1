import { CopyLine } from './copy-line.tsx'
import './waiting-for-data.css'

/** From another machine this address would lead to that machine itself. */
const onLoopback = /^(localhost|127\.|\[::1\])/.test(location.hostname)

/** Nothing has ever come in: what to run, not a row of zeros. */
export function WaitingForData() {
  return (
    <section className="waiting" aria-labelledby="waiting-title">
      <svg className="waiting-line" viewBox="0 0 320 48" aria-hidden="true">
        <path d="M0 24h320" />
        <circle cx="40" cy="24" r="6" />
        <circle cx="160" cy="24" r="6" />
        <circle cx="280" cy="24" r="6" />
      </svg>
      <h2 id="waiting-title">Waiting for data</h2>
      <p className="quiet">
        The line is clear: the hub is here, and no call of Claude Code has come in yet. They come from the collector, which reads the
        transcripts on each machine. This page fills by itself as soon as the first one arrives.
      </p>
      <dl>
        <div>
          <dt>Start hub and collector on this machine</dt>
          <dd>
            <CopyLine text="npm start" label="the command that starts hub and collector" />
          </dd>
        </div>
        <div>
          <dt>They run, and nothing comes? See what is found and what is missing</dt>
          <dd>
            <CopyLine text="npx signalbox doctor" label="the command that finds what is missing" />
          </dd>
        </div>
        {!onLoopback && (
          <div>
            <dt>Send from another machine</dt>
            <dd>
              <CopyLine text={`SIGNALBOX_URL=${location.origin} npx signalbox collector`} label="the command for another machine" />
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}

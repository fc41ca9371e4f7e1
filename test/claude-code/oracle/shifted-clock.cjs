// Preloaded into a client: its clock is ahead by SIGNALBOX_TEST_CLOCK_SHIFT_MS, so that it can live through a midnight at once.
const shift = Number(process.env.SIGNALBOX_TEST_CLOCK_SHIFT_MS ?? 0)
const now = Date.now
if (shift !== 0 && !globalThis.signalboxClockIsShifted) {
  globalThis.signalboxClockIsShifted = true
  Date.now = () => now() + shift
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
    apply: () => new Date().toString(),
  })
}

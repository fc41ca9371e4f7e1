// Preloaded (`node --import`) into a program whose clocks a test moves: the file that TEST_CLOCK names holds two doubles, the
// milliseconds since 1970 and those of the monotonic clock. The program itself knows nothing of it.
import fs from 'node:fs'

const { TEST_CLOCK } = process.env
if (TEST_CLOCK !== undefined) {
  const file = fs.openSync(TEST_CLOCK, 'r')
  const clocks = new Float64Array(2)
  const read = (index) => {
    fs.readSync(file, clocks, 0, clocks.byteLength, 0)
    return clocks[index]
  }
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      super(...(parts.length === 0 ? [read(0)] : parts))
    }
    static now() {
      return read(0)
    }
  }
  performance.now = () => read(1)
}

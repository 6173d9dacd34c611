import { Presets, SingleBar } from 'cli-progress'
import type { Bar, Io } from '../../cli/deps.ts'

const SILENT: Bar = { live: false, update: () => {}, stop: () => {} }

/** This process' terminal: results to stdout, errors and progress to stderr. */
export function consoleIo(): Io {
  // A reader that stops early (head) closes the pipe; what is left to print is then nobody's concern.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 100,
    bar: (label) => (process.stderr.isTTY ? terminalBar(label) : SILENT),
  }
}

/** A bar that appears with its first update and is wiped at the end. */
function terminalBar(label: string): Bar {
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% {value}/{total}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  let started = false
  return {
    live: true,
    update(done, total) {
      if (!started) bar.start(total, done)
      else {
        // A run goes step by step, each with chunks of its own.
        bar.setTotal(total)
        bar.update(done)
      }
      started = true
    },
    stop() {
      if (started) bar.stop()
      started = false
    },
  }
}

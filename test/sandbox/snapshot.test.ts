import { expect, it } from 'vitest'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { loadInstance } from '../../lib/sandbox/instance.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { smallSymbol } from './small-symbol.ts'

const MEMORY = 128 * 2 ** 20
const built = new URL('../../dist/engine.bin', import.meta.url)

it('the snapshot made by the build fits the instances of any other process', async () => {
  const engine = await loadEngine(built)
  expect(engine.snapshot).toBeDefined()
  const instance = await loadInstance(MEMORY, engine)
  expect(instance.snapshot).toBe(engine.snapshot)
  const own = await loadInstance(MEMORY)
  expect(own.snapshot.ask).toBe(engine.snapshot!.ask)
})

it('an instance from a snapshot decides as one that read the source itself', async () => {
  const verdicts = []
  for (const engine of [undefined, await loadEngine(built)]) {
    const sandbox = await createSandbox({ engine })
    for (let run = 0; run < 3; run++) {
      const opened = sandbox.open('export function classifySymbol(symbol) { return close.ago(1) > 13 }')
      if ('error' in opened) throw new Error(opened.error.message)
      opened.session.load(smallSymbol('A'))
      const outcome = opened.session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10 })
      verdicts.push(outcome.kind === 'done' ? outcome.answer.verdict.join('') : outcome.kind)
      opened.session.dispose()
    }
  }
  expect(verdicts).toEqual(Array(6).fill('0000011111'))
})

it('a file that is absent or of another engine is left alone', async () => {
  expect((await loadEngine(new URL('./nothing.bin', import.meta.url))).snapshot).toBeUndefined()
})

import { expect, it } from 'vitest'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { warmUp } from '../../lib/sandbox/warm-up.ts'
import { classifyAll, done } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

it('warming up ends without an error, leaves nothing behind and takes no instance away', async () => {
  const sandbox = await createSandbox()
  const ended: string[] = []
  await warmUp({
    ...sandbox,
    open: (code, limits) => {
      const opened = sandbox.open(code, limits)
      if ('error' in opened) throw new Error(opened.error.message)
      const { session } = opened
      const classify: typeof session.classify = (request) => {
        const outcome = session.classify(request)
        ended.push(outcome.kind === 'done' && outcome.answer.errorBars === 0 ? 'done' : JSON.stringify(outcome))
        return outcome
      }
      return {
        session: new Proxy(session, {
          get: (of, name) =>
            name === 'classify' ? classify : (Reflect.get(of, name).bind?.(of) ?? Reflect.get(of, name)),
        }),
      }
    },
  })
  expect(new Set(ended)).toEqual(new Set(['done']))
  const opened = sandbox.open('export function classifySymbol() { return close.ago(0) > 14 }')
  if ('error' in opened) throw new Error(opened.error.message)
  opened.session.load(smallSymbol('A'))
  expect(done(classifyAll(opened.session)).verdict.join('')).toBe('0000011111')
  expect(sandbox.spent()).toBe(false)
  opened.session.dispose()
})

/** A process that does nothing but reach its first verdict, and says how long the engine took; `npm run bench` bundles and times it. */
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'

const start = performance.now()
const sandbox = await createSandbox({ engine: await loadEngine(new URL(process.argv[2])) })
const loaded = performance.now() - start
const opened = sandbox.open('export function classifySymbol(symbol) { return close.ago(0) > close.ago(1) }')
if ('error' in opened) throw new Error(opened.error.message)
const rising = Float64Array.of(1, 2, 3)
const bars = { time: rising, open: rising, high: rising, low: rising, close: rising, volume: rising }
opened.session.load({ symbol: 'A', ...bars, cut: false })
const outcome = opened.session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 3 })
if (outcome.kind !== 'done' || outcome.answer.verdict.join('') !== '011') throw new Error('a wrong verdict')
console.log(loaded)

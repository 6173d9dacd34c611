import type { BarSeries } from '../../lib/market/bars.ts'
import type { Evaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { signature } from '../../lib/strategy/series.ts'

type Side = number | { ago(k: number): number }

/** Python's math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), with NaN equal to nothing. */
const close = (a: number, b: number) => Math.abs(a - b) <= Math.max(1e-9 * Math.max(Math.abs(a), Math.abs(b)), 1e-12)
const above = (a: number, b: number) => a > b && !close(a, b)
const below = (a: number, b: number) => a < b && !close(a, b)
const at = (side: Side, k: number) => (typeof side === 'number' ? side : side.ago(k))
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Runs a written module in V8 over the columns of an evaluator: a stand-in for the sandbox with the contract's names. */
export function runWritten(code: string, evaluator: Evaluator, series: BarSeries) {
  let bar = 0
  const handle = (text: string) => {
    let column: Float64Array | undefined
    return {
      text,
      ago: (k: number) => {
        column ??= evaluator.column(parseExpression(text))
        return bar - k < 0 ? Number.NaN : column[bar - k]
      },
    }
  }
  const globals: Record<string, unknown> = {
    Math,
    NaN: Number.NaN,
    undefined,
    isAbove: above,
    isBelow: below,
    atLeast: (a: number, b: number) => a > b || close(a, b),
    atMost: (a: number, b: number) => a < b || close(a, b),
    isEqual: close,
    crossesAbove: (a: Side, b: Side) =>
      above(at(a, 0), at(b, 0)) && (at(a, 1) < at(b, 1) || close(at(a, 1), at(b, 1))) && bar > 0,
    crossesBelow: (a: Side, b: Side) =>
      below(at(a, 0), at(b, 0)) && (at(a, 1) > at(b, 1) || close(at(a, 1), at(b, 1))) && bar > 0,
    series: (text: string) => handle(text),
  }
  const scope = new Proxy(globals, {
    has: (_, name) => typeof name === 'string',
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      if (Object.hasOwn(globals, name)) return globals[name]
      const known = signature(snake(name), true) ?? signature(snake(name), false)
      if (known === undefined) throw new ReferenceError(`${name} is not defined`)
      if (known.args === undefined) return handle(known.name)
      return (...args: (string | number | { text: string })[]) => {
        const given = args.map((arg, i) => {
          if (typeof arg === 'object') return arg.text
          return known.args![i] === 's' ? `'${arg}'` : String(arg)
        })
        return handle(`${known.name}(${given.join(', ')})`)
      }
    },
  })
  const body = `with (scope) { ${code.replaceAll('export function', 'function')}
    return {
      classify: typeof classifySymbol === 'function' ? classifySymbol : undefined,
      score: typeof scoreSymbol === 'function' ? scoreSymbol : undefined,
      exit: typeof exitPosition === 'function' ? exitPosition : undefined,
    } }`
  // a global that is not declared is asked of the proxy: typeof must not throw for the three entry points
  for (const name of ['classifySymbol', 'scoreSymbol', 'exitPosition']) globals[name] = undefined
  const module = new Function('scope', body)(scope)
  const each = <T>(call: () => T): T[] =>
    Array.from(series.close, (_, i) => {
      bar = i
      return call()
    })
  return {
    classify: () => each(() => module.classify(series.symbol) as boolean),
    score: () => each(() => module.score(series.symbol) as number),
    exit: (position: (bar: number) => object) =>
      Array.from(series.close, (_, i) => {
        bar = i
        return module.exit(series.symbol, position(i)) as boolean
      }),
  }
}

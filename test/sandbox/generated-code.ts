import fc from 'fast-check'

// Strategies that no person would write, made of everything that could mislead who rewrites their text.

/** What stands around every generated body: series, constants and functions under names the bodies read, hide and call. */
const MODULE = `const avg = sma('close', 3)
const mid = series('(high + low) / 2')
const other = close
const LIMIT = 14, SMALL = LIMIT - 2, \u00fcber = Math.max(SMALL, 3)
const ALWAYS = LIMIT > SMALL
const levels = [11, LIMIT, { high: 17 }]
const twice = (x, y = isAbove(x, 13)) => { const close = 5; return y ? x * 2 : close }
function shifted(close, by = open.ago(0)) { var open = 1; return close + by - open }
`

const joined = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((texts) => texts.join(''))
const pick = (...texts: string[]) => fc.constantFrom(...texts)

const handle = pick('close', 'open', 'avg', 'mid', 'other', 'volume', 'cl\\u006fse')
const bars = pick('0', '1', '2', '3', '12', '0x1', '1e0')
const read = fc.oneof(
  joined(
    handle,
    pick(' /* ( */ .ago', '\n.ago', ' . ago', '?.ago', "['ago']", '.ago?.'),
    pick('( ', '(/* ) */'),
    bars,
    ')',
  ),
  joined('(', handle, ').ago(', bars, ')'),
  joined(handle, '.ago(', pick('k', '1 - 1', '1, 2', '+1', '...[1]', '-1', "'1'"), ')'),
)
const compare = pick('isAbove', 'isBelow', 'atLeast', 'atMost', 'isEqual', 'is_above', 'at_most', 'is\\u0041bove')
const crossing = pick('crossesAbove', 'crossesBelow', 'crosses_above')
const between = pick(', ', ' , ', ',\n', ', /* , */ ', ',')

type Parts = {
  number: string
  truth: string
  statement: string
  block: string
}
type Part = fc.Arbitrary<string>
/** What a function returns is no bare call: the engine does not say where such a call failed. */
const RETURNED = 'ALWAYS && '

/** Numbers and truths in which no code of the strategy runs. */
const plainNumbers = (number: Part): Part[] => [
  joined(handle, '.ago(', bars, ')'),
  pick('12', '-3', '14.5', '1e400', '0', '1e-13', 'm', 'n', 'LIMIT', 'SMALL', '\u00fcber', 'late'),
  joined(number, pick(' + ', '-', ' * ', '/', ' % '), number),
  joined('(', number, ')'),
  joined('-(', number, ')'),
  joined('Math.max(', number, ', ', number, ')'),
  joined('Math.abs(', number, ')'),
]
const plainTruths = (number: Part, truth: Part): Part[] => [
  joined(compare, pick('(', '( ', ' ('), number, between, number, pick(')', ' )', ',)')),
  joined(crossing, '(', fc.oneof(handle, pick('13', '-1')), between, fc.oneof(handle, pick('15')), ')'),
  pick('true', 'ALWAYS', 'p'),
  joined('(', number, pick(' > ', '<', ' >= ', ' === ', ' != '), number, ')'),
  joined('!', truth),
  joined('(', truth, pick(' && ', '||'), truth, ')'),
]
/** Numbers and truths of other kinds, and those that call. */
const otherNumbers = (number: Part, truth: Part): Part[] => [
  read,
  pick('NaN', 'a', 'b', 'symbol.length', 'levels[1]', 'levels[2].high', 'new.target', 'this', 'undefined', 'null'),
  joined('(', number, ', ', number, ')'),
  joined('(', truth, ' ? ', number, ' : ', number, ')'),
  joined(pick('twice', 'shifted', 'f'), '(', number, ')'),
  joined('`${', number, '} 1`.length'),
  joined('[', number, '][0]'),
  joined('(() => ', number, ')()'),
  joined('(function () { return ', number, ' })()'),
  joined('({ get x() { return ', number, ' } }).x'),
  joined('({ close: ', number, ' })?.close'),
  joined('[1, 2].map((open) => ', number, ')[1]'),
  joined('(a = ', number, ')'),
]
const otherTruths = (number: Part, truth: Part, statement: Part): Part[] => [
  joined(crossing, '(', pick('[11, 16]', 'a', 'close'), ', ', number, ')'),
  pick('false', 'null', 'delete close.ago(0)'),
  joined('(', truth, ' ?? ', truth, ')'),
  joined('(', truth, ' ? ', truth, ' : ', truth, ')'),
  joined('(typeof ', number, " === 'number')"),
  joined('(() => { ', statement, '; return ', truth, ' })()'),
]
const statements = (number: Part, truth: Part, statement: Part, block: Part): Part[] => [
  fc.oneof(
    joined('return', pick(' ', '\n', '/* \n */', '// x\n'), RETURNED, truth),
    joined('return (', RETURNED, truth, pick(')', '\n)', ', 5)')),
    pick(
      'return',
      'return null',
      'return 5',
      'return { signal: true, score: close.ago(0), data: { at: close.ago(1) } }',
    ),
    joined(pick('a', 'b'), ' ', pick('=', '+='), ' ', number),
    joined('p = ', truth),
    number,
    joined('a = b\n', read),
    joined('a = twice\n', truth),
    pick('a++', '--b', 'null.x', 'nowhere', 'late', 'b\n++\na'),
  ),
  joined('if (', truth, ') ', statement),
  joined('if (', truth, ') ', block, ' else ', statement),
  block,
  joined('for (let i = 0; i < 2; i++) ', statement),
  joined('for (const close of [', number, ', 13]) ', block),
  joined('for (const k in { 1: 0, x: 0 }) ', statement),
  joined('one: for (let i = 0; i < 3; i++) { ', statement, '; if (', truth, ') continue one; break one }'),
  joined('two: { ', statement, '; if (', truth, ') break two; ', statement, ' }'),
  joined('switch (', truth, ') { case true: ', statement, '; case false: const close = 4; ', statement, '; break }'),
  joined('try { ', statement, ' } catch (close) { ', statement, ' }'),
  joined('try { ', statement, ' } catch { ', statement, ' }'),
  joined('{ const close = ((x) => ({ ago: (k) => k + x }))(m); ', statement, ' }'),
  joined('{ let avg = ', number, '; ', statement, ' }'),
  joined('{ const open = ', number, '\nconst LIMIT = open; ', statement, ' }'),
  joined('{ ', statement, '; const late = ', number, '; ', statement, ' }'),
  joined('{ function g(mid) { ', statement, '; return mid } ', statement, '; p = g(', number, ') }'),
  joined('{ let symbol = ', number, '; ', statement, ' }'),
  joined('throw new Error(', number, ')'),
]
/** What keeps a body from being the body of a loop. */
const unlooped = (number: Part, statement: Part): { numbers: Part[]; statements: Part[] } => ({
  numbers: [
    pick('arguments.length'),
    joined('(function (close = ', number, ') { ', statement, '; return close })(...arguments)'),
    joined('new (class { static { var close = 3; this.y = ', number, ' } x = ', number, ' })().x'),
  ],
  statements: [
    joined('try { ', statement, ' } finally { ', statement, ' }'),
    joined('for (;;) { try { ', statement, ' } finally { break } }'),
    pick('var seen; if (seen) return true; seen = close.ago(0) > 12'),
  ],
})

const oneOf = (list: Part[]): Part => fc.oneof({ maxDepth: 3, depthSize: 'small' }, ...list)

function grammar(kind: 'plain' | 'looped' | 'any') {
  return fc.letrec<Parts>((tie) => {
    const [number, truth, statement, block]: Part[] = [tie('number'), tie('truth'), tie('statement'), tie('block')]
    const more = unlooped(number, statement)
    const other = kind !== 'plain'
    const any = kind === 'any'
    const [first, second, ...plain] = plainNumbers(number)
    return {
      number: oneOf([
        fc.oneof(first, second),
        ...plain,
        ...(other ? otherNumbers(number, truth) : []),
        ...(any ? more.numbers : []),
      ]),
      truth: oneOf([...plainTruths(number, truth), ...(other ? otherTruths(number, truth, statement) : [])]),
      statement: oneOf([...statements(number, truth, statement, block), ...(any ? more.statements : [])]),
      block: fc.array(statement, { maxLength: 3 }).map((list) => `{ ${list.join('\n')} }`),
    }
  })
}

/** Beginnings of bodies that a loop around the body could change. */
const opening = pick(
  '',
  'function f() { return 1 }',
  'var seen; if (seen) return true; seen = close.ago(0) > 12;',
  'for (;;) { try { if (close.ago(0) > 12) return true } finally { break } }',
  'if (arguments.length > 2) return true;',
  'switch (isAbove(close, 3)) { case true: const close = 5; return true }',
  'const early = isAbove(close.ago(0), 13) && soon; const soon = close.ago(0) > 14;',
  "'use strict';",
  'let [q = close.ago(1), close2] = [];',
  'const { length: l } = symbol;',
  'function symbol() {}',
  '/* \u{1f600} */ const \u00e9 = "\u{1f600}";',
)
const LOCALS =
  'let a = 1, b = close.ago(0), k = 1, p = null, m = 3, n = close.ago(1)\nfunction f(x) { return x + close.ago(2) }\n'

const bodyOf = ({ statement, truth }: ReturnType<typeof grammar>): Part =>
  fc
    .tuple(opening, fc.array(statement, { maxLength: 4 }), truth)
    .map(([first, list, last]) => `${first}\n${LOCALS}${list.join('\n')}\nreturn ${RETURNED}${last}`)
/** A condition and the constants before it; `late` is one that is read too early, if at all. */
const conditionOf = ({ number, truth }: ReturnType<typeof grammar>): Part =>
  fc
    .tuple(number, number, truth, truth, number)
    .map(
      ([m, n, p, last, late]) =>
        `const m = ${m}, n = ${n}; const p = ${p}; const is = ${last}\nconst late = ${late}; return is${late.length % 2 === 0 ? '' : ' && late > 1'}`,
    )

const entry = pick(
  'export function classifySymbol(symbol) {',
  'export function classifySymbol(symbol) {',
  'export function classifySymbol(symbol) {',
  'export function classifySymbol( symbol , ) {',
  'export function classifySymbol(symbol)\n{',
  'export function classifySymbol(symb\\u006fl) {',
  "export const classifySymbol = function (symbol = 'none') {",
)

/** Modules with a classifySymbol; some are no JavaScript. */
export const strategies: fc.Arbitrary<string> = fc
  .tuple(
    entry,
    fc.oneof(bodyOf(grammar('any')), bodyOf(grammar('looped')), conditionOf(grammar('plain'))),
    fc.boolean(),
  )
  .map(([head, text, first]) => (first ? `${MODULE}${head} ${text}\n}` : `${head} ${text}\n}\n${MODULE}`))

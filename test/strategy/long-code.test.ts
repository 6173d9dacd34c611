// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source texts of strategies
import { describe, expect, it } from 'vitest'
import { moduleCode } from '../../lib/sandbox/module-code.ts'
import { stripTypes } from '../../lib/strategy/strip-types.ts'
import { validateCode } from '../../lib/strategy/validate.ts'

// Code is read before any limit holds: the time it takes grows with its length, whatever its shape.

const judging = (body: string) => `export function classifySymbol(symbol) { ${body} }\n`
const HONEST = judging('return close.ago(0) > 1')
/** As many pieces as make that many characters. */
const fill = (length: number, piece: (i: number) => string, between = ''): string => {
  const pieces: string[] = []
  for (let i = 0, used = 0; used < length; i++) used += pieces[pieces.push(piece(i)) - 1].length + between.length
  return pieces.join(between)
}
const nested = (length: number, open: string, close: string) => {
  const times = Math.floor(length / (open.length + close.length))
  return `${open.repeat(times)}1${close.repeat(times)}`
}

const SHAPES: [string, (length: number) => string][] = [
  [
    'constants of constants',
    (n) => `const a0 = 1\n${fill(n, (i) => `const a${i + 1}=[a${i},a${i}]`, '\n')}\n${HONEST}`,
  ],
  [
    'numbers of numbers',
    (n) => judging(`const a0=1;${fill(n, (i) => `const a${i + 1}=a${i}+a${i}`, ';')};return isAbove(a99,1)`),
  ],
  [
    'lists of lists of symbols',
    (n) =>
      `const a0='X'\n${fill(n, (i) => `const a${i + 1}=[a${i},a${i}]`, '\n')}\n${judging('return getMultipleSymbolsData(a99)')}`,
  ],
  [
    'one list of symbols in many calls',
    (n) => `const a=[${fill(n / 2, () => '"A"', ',')}]\n${judging(fill(n / 2, () => 'getPriceData(a)', ';'))}`,
  ],
  [
    'one set of filters in many calls',
    (n) =>
      `const f={${fill(n / 2, (i) => `x${i}:1`, ',')}}\n${judging(fill(n / 2, () => 'scanUniverse({filters:f})', ';'))}`,
  ],
  ['edits on one line', (n) => judging(fill(n, () => 'close.ago(1)', ';1+'))],
  ['edits on many lines', (n) => judging(`return [${fill(n, () => 'isAbove(2, close.ago(1))', ',\n')}]`)],
  ['statements of a plain condition', (n) => judging(`${fill(n, (i) => `const c${i}=1`, ';')};return true`)],
  ['exports', (n) => HONEST + fill(n, () => 'export{}', ';')],
  ['blanks in a head', (n) => `export function classifySymbol(${' '.repeat(n)}/**/symbol) { return true }`],
  [
    'names of dollars',
    (n) => judging(`const ${'$'.repeat(n / 2)}=1;return [${fill(n / 2, () => 'close.ago(1)', ',')}]`),
  ],
  ['unknown names', (n) => judging(fill(n, (i) => `anUnknownNameOfSomeLength${i}`, ';'))],
  [
    'keys of one long text',
    (n) => `const a='x',t=\`${fill(n / 2, () => '${a}')}\`\n${judging(fill(n / 2, () => 'symbol[t]', ';'))}`,
  ],
  ['functions', (n) => `${fill(n, (i) => `function f${i}(){}`, '\n')}\n${HONEST}`],
  ['parts of a template', (n) => judging(`return \`${fill(n, () => '${1}')}\`>1`)],
  ['empty statements', (n) => judging(';'.repeat(n))],
  ['members', (n) => judging(`return symbol${fill(n, () => '.a')}`)],
  [
    'other names of other names',
    (n) => judging(`const a0=symbol;${fill(n, (i) => `const a${i + 1}=a${i}`, ';')};a99.x=1`),
  ],
]

describe('time grows with length in', () => {
  const time = async (code: string): Promise<number> => {
    const before = process.cpuUsage()
    moduleCode(code)
    await validateCode(code)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }

  it.each(SHAPES)('%s', async (_, shape) => {
    await time(shape(6_000))
    const short = await time(shape(12_000))
    const long = await time(shape(96_000))
    // Eight times the length: 64 times the time would be quadratic. Short times are mostly noise.
    expect(long).toBeLessThan(30 * Math.max(short, 20))
  })
})

describe('what is nested', () => {
  it.each([
    '(',
    '[',
    '{a:',
    '`${',
    '(()=>',
    'a=>',
    'new ',
    '!',
    '- ',
    '1?',
    'if(1)',
    'for(;;)',
    'a=',
    '[a]=',
    'async(',
  ])('without end is a finding and no crash: %s', async (open) => {
    const body = (times: number) => judging(`${/^(if|for)/.test(open) ? '' : 'return '}${open.repeat(times)}`)
    for (const source of [body(20_000), `let typed: number\n${body(20_000)}`]) {
      expect(await validateCode(source)).toMatchObject({ findings: [{ reason: expect.any(String) }] })
      expect(moduleCode(source)).toMatchObject({ error: { kind: 'guest' } })
    }
    expect(await validateCode(HONEST)).toHaveProperty('code')
  })

  it.each([
    ['async(a=', ')'],
    ['<T,>(a=new A<', ')=>C'],
    ['(this:<T,>(a=f<A>(f<(a:', ']]'],
    ['using a=?(this:([a=', '}`}`'],
    ['class{a=``(async ', ')})'],
    ['import(static{(async ', '>'],
  ])('in %s does not double the compiler’s work at every depth', async (open, close) => {
    const source = `let x: number; let y = ${nested(1500, open, close)}`
    // Ended at all: at the depth of this text the work would have doubled a hundred times.
    expect(await stripTypes(source)).toHaveProperty('finding')
    expect(await stripTypes('let a: number = 1')).toEqual({ code: 'let a         = 1' })
  })

  it('so that its types take too long is refused, with what to do', async () => {
    const source = `${judging('return 1')}let x: number = ${nested(400, 'async(a=', ')')}`
    expect(await validateCode(source)).toMatchObject({
      findings: [{ reason: expect.stringMatching(/plain JavaScript/) }],
    })
  })
})

describe('code of great length', () => {
  it('is not read past 256 KB, whoever hands it over', () => {
    const long = HONEST + '/'.repeat(2) + 'x'.repeat(256 * 1024 - HONEST.length - 2)
    expect(moduleCode(long)).toHaveProperty('source')
    expect(moduleCode(`${long}x`)).toMatchObject({
      error: { kind: 'guest', message: expect.stringMatching(/262145 characters long; at most 262144 are read/) },
    })
  })
})

/**
 * How much of what is said becomes the rule that is meant: npm run eval [-- --generator offline|gemini] [--file prompts.json] [--all].
 * Prints every group's verdicts, the variations and the reading times; exit code 1 under the shares stored in shares.json.
 */
import { readFileSync } from 'node:fs'
import { understand } from '../../lib/generate/english/understand.ts'
import { judge, type Understand, VERDICTS, type Verdict } from './answers.ts'
import { type Prompt, readPrompts } from './shared-prompts.ts'
import { throughCommand } from './through-command.ts'
import { holds, nonsense, otherIndicators, otherNumbers, otherOrder, type Variation } from './variations.ts'

interface Shares {
  /** least share of the prompts, of their paraphrases and of the variations of each kind that must be right */
  prompts: number
  paraphrases: number
  number: number
  indicator: number
  order: number
  nonsense: number
  /** most milliseconds a prompt may take */
  milliseconds: number
}

const option = (name: string) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : (process.argv[at + 1] ?? '')
}

function generatorNamed(name: string): Understand {
  if (name === 'offline') return understand
  if (name === 'gemini') return throughCommand(name)
  throw new Error(`--generator is offline or gemini; found "${name}".`)
}

type Row = Record<Verdict, number> & { all: number; right: number; jaccard: number[] }
const newRow = (): Row => ({
  exact: 0,
  'not exact': 0,
  asked: 0,
  refused: 0,
  'not understood': 0,
  all: 0,
  right: 0,
  jaccard: [],
})

async function main(): Promise<number> {
  const prompts = readPrompts(option('file'))
  if (!prompts) {
    console.log('skipped: no ../shared/prompts')
    return 0
  }
  const generator = option('generator') ?? 'offline'
  const ask = generatorNamed(generator)
  const shares: Shares = JSON.parse(readFileSync(new URL('./shares.json', import.meta.url), 'utf8'))
  const rows = new Map<string, Row>()
  const totals = { prompts: newRow(), paraphrases: newRow() }
  const times: { took: number; text: string }[] = []
  for (const one of prompts)
    for (const [index, text] of [one.prompt, ...one.paraphrases].entries()) {
      const answer = await ask(text)
      // the best of three, so that a pause of the machine is not counted
      let took = Number.POSITIVE_INFINITY
      for (let run = 0; run < (ask === understand ? 3 : 0); run++) {
        const began = performance.now()
        await ask(text)
        took = Math.min(took, performance.now() - began)
      }
      times.push({ took, text })
      const judged = judge(answer, one.rule)
      const group = rows.get(one.group) ?? newRow()
      rows.set(one.group, group)
      for (const row of [group, index === 0 ? totals.prompts : totals.paraphrases]) {
        row.all++
        row[judged.verdict]++
        if (judged.right) row.right++
        else if (!Number.isNaN(judged.jaccard)) row.jaccard.push(judged.jaccard)
      }
      if (!judged.right) console.log(`${judged.verdict}: ${text}\n    ${judged.detail}`)
    }

  console.log(`\n${generator}: ${prompts.length} prompts`)
  console.log(line(['', 'all', 'right', ...VERDICTS, 'jaccard of the inexact']))
  for (const [name, row] of [...[...rows].sort(), ...Object.entries(totals)]) console.log(line(cells(name, row)))

  const failed: string[] = []
  const atLeast = (name: keyof Shares, right: number, all: number) => {
    const share = all === 0 ? 1 : right / all
    console.log(`${name}: ${right} of ${all} (${(100 * share).toFixed(1)} %, at least ${100 * shares[name]} %)`)
    if (share < shares[name]) failed.push(name)
  }
  console.log('')
  atLeast('prompts', totals.prompts.right, totals.prompts.all)
  atLeast('paraphrases', totals.paraphrases.right, totals.paraphrases.all)
  for (const [what, list] of variationsOf(prompts)) {
    let right = 0
    for (const variation of list) {
      const answer = await ask(variation.prompt)
      if (holds(answer, variation)) right++
      else if (what !== 'nonsense' || process.argv.includes('--all'))
        console.log(
          `${what}: ${variation.prompt}\n    ${JSON.stringify(answer.kind === 'rule' ? answer.clauses : answer)}`,
        )
    }
    atLeast(what, right, list.length)
  }
  times.sort((a, b) => b.took - a.took)
  const mean = times.reduce((sum, { took }) => sum + took, 0) / times.length
  const slowest = times[0]
  if (ask === understand)
    console.log(
      `time: ${mean.toFixed(1)} ms a prompt, at most ${slowest.took.toFixed(1)} ms (limit ${shares.milliseconds} ms, ${(shares.milliseconds / slowest.took).toFixed(1)} times that): ${slowest.text.slice(0, 60)}`,
    )
  if (generator === 'offline' && slowest.took > shares.milliseconds) failed.push('milliseconds')
  if (failed.length) console.log(`\nunder the share: ${failed.join(', ')}`)
  return failed.length ? 1 : 0
}

function variationsOf(prompts: readonly Prompt[]): Map<Variation['what'], Variation[]> {
  const out = new Map<Variation['what'], Variation[]>(
    (['number', 'indicator', 'order', 'nonsense'] as const).map((what) => [what, []]),
  )
  for (const { prompt, paraphrases, rule, behaviour } of prompts) {
    // an answer that leaves orders to the machine out has no word of them to vary
    if (rule === null || behaviour?.startsWith('MUST_CONTAIN')) continue
    for (const text of [prompt, ...paraphrases])
      for (const made of [
        ...otherNumbers(text, rule),
        ...otherIndicators(text, rule),
        ...otherOrder(text, rule),
        ...nonsense(text),
      ])
        out.get(made.what)!.push(made)
  }
  return out
}

function cells(name: string, row: Row): string[] {
  const mean = row.jaccard.length ? (row.jaccard.reduce((a, b) => a + b, 0) / row.jaccard.length).toFixed(3) : ''
  return [name, String(row.all), String(row.right), ...VERDICTS.map((verdict) => String(row[verdict] || '')), mean]
}

function line(parts: readonly string[]): string {
  return parts.map((part, at) => (at === 0 ? part.padEnd(18) : part.padStart(Math.max(6, at > 2 ? 15 : 6)))).join('')
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message)
  return 2
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { understand } from '../../lib/generate/english/understand.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { sameClauses, tight, unordered } from './english-expect.ts'

interface Prompt {
  id: string
  kind: 'screen' | 'backtest' | 'alert'
  prompt: string
  paraphrases: string[]
  rule: RuleClauses | null
}

withShared('the development prompts', () => {
  const prompts = (): Prompt[] => JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
  const texts = (one: Prompt) => [one.prompt, ...one.paraphrases]

  test('every prompt is its rule, and so are at least 99 % of the paraphrases', () => {
    const count = { prompts: 0, paraphrases: 0, texts: 0, exactText: 0, refused: 0 }
    const missed: string[] = []
    for (const one of prompts())
      texts(one).forEach((text, index) => {
        count.texts++
        const got = understand(text)
        if (one.rule === null) {
          if (got.kind === 'refused') count.refused++
          else missed.push(text)
          return
        }
        const right = got.kind === 'rule' && sameClauses(got.clauses, one.rule, unordered)
        if (!right) missed.push(text)
        else if (index === 0) count.prompts++
        else count.paraphrases++
        if (got.kind === 'rule' && sameClauses(got.clauses, one.rule, tight)) count.exactText++
      })
    // the one left: "exit %K > 80" is read as every bar above 80, as "exit RSI2 > 70" is
    expect(missed).toEqual(['slow stoch 14,3: buy %K cross over %D(3) w/ %K <20, exit %K > 80'])
    expect(count).toMatchObject({ texts: 135, prompts: 43, paraphrases: 85, refused: 6 })
    expect(count.exactText).toBeGreaterThanOrEqual(119)
  })

  test('the mode is the one meant', () => {
    for (const one of prompts())
      for (const text of texts(one)) {
        const got = understand(text)
        if (got.kind === 'rule') expect([text, got.intent]).toEqual([text, one.kind])
      }
  })

  test('every rule made of a prompt parses', () => {
    for (const one of prompts())
      for (const text of texts(one)) {
        const got = understand(text)
        if (got.kind === 'rule') expect(() => parseRule(got.clauses)).not.toThrow()
      }
  })

  test('the defaults taken are said back', () => {
    for (const [id, words] of [
      ['gap-01', '1.5 times'],
      ['gap-02', 'first completed bar'],
      ['rsi-01', '20 sessions before today'],
      ['rsi-04', 'crossing 70'],
      ['ma-01', '50-day average crosses above the 200-day'],
      ['ma-06', '14-session average true range'],
      ['brk-02', '252 sessions'],
      ['bb-01', '126 sessions'],
      ['val-01', 'positive earnings'],
      ['cdl-01', 'wicks do not count'],
      ['cdl-03', 'top quarter'],
      ['intr-01', 'first 20'],
      ['mf-01', '-3..3'],
      ['neg-07', 'previous close'],
    ]) {
      const got = understand(prompts().find((one) => one.id === id)!.prompt)
      expect(got.kind === 'rule' && got.assumptions.join('\n'), id).toContain(words)
    }
  })

  test('a word without meaning is quoted back in every prompt', () => {
    for (const one of prompts())
      for (const text of texts(one)) {
        if (understand(text).kind !== 'rule' || one.id === 'neg-06') continue
        const words = text.split(' ')
        for (const at of [0, Math.floor(words.length / 3), Math.floor(words.length / 2), words.length]) {
          const got = understand([...words.slice(0, at), 'zibbly', ...words.slice(at)].join(' '))
          expect(got).toMatchObject({ kind: 'questions', notUnderstood: expect.arrayContaining(['zibbly']) })
        }
      }
  })

  test('a prompt takes at most 20 ms', () => {
    const all = prompts().flatMap(texts)
    for (const text of all) understand(text)
    // the best of three, so that a pause of the machine is not counted
    for (const text of all) {
      const took = [0, 1, 2].map(() => {
        const start = performance.now()
        understand(text)
        return performance.now() - start
      })
      expect(Math.min(...took), text).toBeLessThan(20)
    }
  })
})

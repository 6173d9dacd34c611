import { expect, test } from 'vitest'
import { rankScreen, type ScreenCandidate, type ScreenOrder } from '../../lib/screener/rank.ts'

function candidate(symbol: string, score: number): ScreenCandidate {
  return { symbol, sector: 'Energy', price: 875.3, score, data: { gap_percent: 4.2, odd: Number.NaN } }
}

function ranked(scores: [string, number][], order: ScreenOrder, limit?: number) {
  const candidates = scores.map(([symbol, score]) => candidate(symbol, score))
  return rankScreen(candidates, { order, limit, universeSize: 1000 })
}

const places = (answer: ReturnType<typeof ranked>) => answer.ranked_results.map(({ symbol, score }) => [symbol, score])

test('the score of a rule is its rank as a percentile, 1 the best', () => {
  const pe: [string, number][] = [
    ['A', 12],
    ['B', 5],
    ['C', 9],
    ['D', 7],
    ['E', 14],
  ]
  expect(places(ranked(pe, 'asc'))).toEqual([
    ['B', 1],
    ['D', 0.75],
    ['C', 0.5],
    ['A', 0.25],
    ['E', 0],
  ])
  expect(places(ranked(pe, 'desc'))).toEqual([
    ['E', 1],
    ['A', 0.75],
    ['C', 0.5],
    ['D', 0.25],
    ['B', 0],
  ])
})

test('equal ranks share the mean of their places, in symbol order', () => {
  // places 0, 1, 2, 3, 4 from the best; C and A share 1 and 2: (4 - 1.5) / 4
  const answer = ranked(
    [
      ['E', 1],
      ['C', 3],
      ['A', 3],
      ['B', 9],
      ['D', 2],
    ],
    'desc',
  )
  expect(places(answer)).toEqual([
    ['B', 1],
    ['A', 0.625],
    ['C', 0.625],
    ['D', 0.25],
    ['E', 0],
  ])
})

test('a single symbol is the best', () => {
  expect(places(ranked([['A', 3]], 'asc'))).toEqual([['A', 1]])
})

test('an undefined rank comes last and has no score', () => {
  const scores: [string, number][] = [
    ['A', Number.NaN],
    ['C', 1],
    ['B', 2],
  ]
  expect(places(ranked(scores, 'asc'))).toEqual([
    ['C', 1],
    ['B', 0],
    ['A', null],
  ])
  expect(places(ranked(scores, 'desc'))).toEqual([
    ['B', 1],
    ['C', 0],
    ['A', null],
  ])
})

test('without RANK every score is 1, by symbol', () => {
  expect(
    places(
      ranked(
        [
          ['B', Number.NaN],
          ['A', 5],
        ],
        'none',
      ),
    ),
  ).toEqual([
    ['A', 1],
    ['B', 1],
  ])
})

test('what code returned is the score as it is, the largest first', () => {
  expect(
    places(
      ranked(
        [
          ['A', 0.2],
          ['B', 0.9],
          ['C', Number.NaN],
        ],
        'strategy',
      ),
    ),
  ).toEqual([
    ['B', 0.9],
    ['A', 0.2],
    ['C', null],
  ])
})

test('a list the code made keeps its order', () => {
  expect(
    places(
      ranked(
        [
          ['C', 0.2],
          ['A', 0.9],
          ['B', Number.NaN],
        ],
        'listed',
      ),
    ),
  ).toEqual([
    ['C', 0.2],
    ['A', 0.9],
    ['B', null],
  ])
})

test('the limit cuts the list, not the percentiles and not the scores', () => {
  const answer = ranked(
    [
      ['A', 1],
      ['B', 2],
      ['C', 3],
    ],
    'desc',
    1,
  )
  expect(answer).toEqual({
    ranked_results: [
      { symbol: 'C', score: 1, current_price: 875.3, sector: 'Energy', data: { gap_percent: 4.2, odd: null } },
    ],
    scores: { C: 1, B: 0.5, A: 0 },
    universe_size: 1000,
  })
})

import type { Account } from './account.ts'
import type { Candidate } from './candidate.ts'
import { Excursion } from './excursion.ts'
import { type ExitReason, hasEnded } from './exits.ts'
import type { HeldBars } from './held-bars.ts'
import { Lot } from './lot.ts'
import type { PortfolioTrade } from './portfolio-trade.ts'
import type { Leg, Trade } from './trades.ts'

export type { PairTrade, PortfolioTrade } from './portfolio-trade.ts'

/** The symbol that every position holds on the opposite side, and its last bar in the data. */
export interface PairSymbol {
  symbol: string
  last: Candidate['last']
}

/** What a position is opened from; bars that are at hand hold the bar of the fill. */
export interface Opening {
  candidate: Candidate
  trade: Trade
  bars: HeldBars | undefined
  pair: (PairSymbol & { bars: HeldBars | undefined }) | null
  /** it is held to the next rebalance, not for the default number of bars */
  rebalanced: boolean
}

/**
 * A position that is held, with its pair: replays the exits of its trade on the shares really bought. The pair goes with it in
 * proportion, at the same open or close; where a level is met within a bar, at that bar's close, the first price known to come after.
 */
export class Holding {
  readonly symbol: string
  readonly trade: Trade
  readonly main: Lot
  readonly pair: Lot | null
  /** both, the symbol's own first */
  readonly #lots: readonly Lot[]
  /** last bars in the data */
  readonly #last: Candidate['last']
  readonly #pairLast: Candidate['last'] | undefined
  readonly #opening: Opening
  readonly #account: Account
  #excursion: Excursion | undefined
  #leg = 0
  /** share of the trade that its executed legs have left */
  #share = 1
  #barsHeld = 0
  #exitReason: ExitReason | null = null
  #unfilled = 0

  constructor(opening: Opening, account: Account) {
    const { candidate, trade, bars, pair } = opening
    const { symbol, last, entry } = candidate
    const time = entry.fill?.time ?? Number.NaN
    this.symbol = symbol
    this.trade = trade
    this.main = new Lot(symbol, trade.side, bars, time, account)
    this.pair = pair && new Lot(pair.symbol, trade.side === 1 ? -1 : 1, pair.bars, time, account)
    this.#lots = this.pair === null ? [this.main] : [this.main, this.pair]
    this.#last = last
    this.#pairLast = pair?.last
    this.#opening = opening
    this.#account = account
  }

  get side(): 1 | -1 {
    return this.trade.side
  }

  /** Shares of its own symbol that no order to leave has named. */
  get shares(): number {
    return this.main.staying
  }

  get isOver(): boolean {
    return this.main.shares === 0 && (this.pair === null || this.pair.shares === 0)
  }

  /** What it adds to the account's equity. */
  value(at: 'open' | 'close'): number {
    return sum(this.#lots, (lot) => lot.side * lot.shares * lot.price(at))
  }

  /** Value at the marks, shorts counted positive too. */
  gross(): number {
    return sum(this.#lots, (lot) => lot.shares * lot.mark)
  }

  /** Cash its short lot ties up: its proceeds and as much again. */
  tied(at: 'open' | 'close'): number {
    return sum(this.#lots, (lot) => (lot.side === -1 ? 2 * lot.shares * lot.price(at) : 0))
  }

  turn(bars: ReadonlyMap<string, HeldBars>): void {
    for (const lot of this.#lots) lot.turn(bars.get(lot.symbol))
  }

  /** The session's open: splits, dividends and borrow fees, what earlier bars left of an exit, then what the last close decided. */
  open(day: number, time: number): void {
    for (const lot of this.#lots) lot.begin(day, time)
    const left = this.main.shares > 0
    for (const lot of this.#lots) lot.sellRest()
    if (left) this.#held(this.main.price('open'))
    this.#execute((leg) => leg.reason === 'exit' || leg.reason === 'hold')
  }

  /** Executes the legs that the bar's prices bring about; a symbol that has ended is sold at its last close. */
  reached(dataEnd: number): void {
    const { main, pair } = this
    const held = main.shares > 0 && main.hasBar
    this.#execute(() => true)
    if (held && main.shares > 0) this.#meetBar()
    if (main.shares > 0 && this.#isLast && hasEnded(this.#last.day, dataEnd)) {
      this.sell(this.shares, main.price('close'), 'delisted', 'close')
      main.sellOut(main.price('close'), 'delisted')
    } else if (pair?.hasBar && pair.time === this.#pairLast?.time && hasEnded(this.#pairLast.day, dataEnd)) {
      pair.sellOut(pair.price('close'), 'delisted')
      if (this.shares > 0) this.sell(this.shares, main.price('close'), 'delisted', 'close')
    }
  }

  /** Sells all of it on the last bar of its symbol, or at the last session (`last`) at what it is worth. */
  end(at: 'open' | 'close', last: boolean, dataEnd: number): void {
    // one that has stopped trading goes at its last close, whatever the end
    if (this.#isLast ? hasEnded(this.#last.day, dataEnd) : !last) return
    if (this.main.shares > 0) {
      this.#held(this.main.price(at))
      this.#exitReason = 'end'
    }
    for (const lot of this.#lots) lot.sellOut(lot.price(at), 'end')
  }

  /** Whether the session holds the last bar of its symbol. */
  get #isLast(): boolean {
    return this.main.hasBar && this.main.time === this.#last.time
  }

  #execute(isDue: (leg: Leg) => boolean): void {
    const { legs } = this.trade
    const today = this.trade.entry + this.main.passed
    while (this.#leg < legs.length && this.main.hasBar && this.shares > 0) {
      const leg = legs[this.#leg]
      if (leg.index !== today || !isDue(leg)) return
      if (leg.reason === 'delisted' || (leg.reason === 'hold' && this.#opening.rebalanced)) return
      this.#leg++
      const rest = this.#share - leg.share
      const shares = rest < 1e-12 ? this.shares : this.#account.costs.whole(this.shares * (leg.share / this.#share))
      this.#share = rest
      if (leg.at === 'bar' && leg.reason === 'target') this.#meet(this.side === 1 ? this.main.low() : this.main.high())
      else if (leg.at === 'close') this.#meetBar()
      if (shares > 0) this.sell(shares, leg.rawPrice, leg.reason, leg.at === 'open' ? 'open' : 'close')
    }
  }

  /** Opens the position or adds to it, at prices of the current bar, and as much of the pair. */
  buy(shares: number, at: 'open' | 'close', pair: number): void {
    this.main.buy(shares, this.main.price(at))
    if (pair > 0) this.pair!.buy(pair, this.pair!.price(at))
    this.#excursion ??= new Excursion(this.side, this.main.sums.executions[0].price)
    this.#barsHeld = this.main.passed + 1
  }

  /** Counts what the entry bar's volume did not fill. */
  leaveUnfilled(shares: number): void {
    this.#unfilled += shares
  }

  /** Orders a part of the position out, or all of it, and the same part of the pair; `at`: when the pair is priced. */
  sell(shares: number, price: number, reason: ExitReason, at: 'open' | 'close'): void {
    const { main, pair } = this
    const part = main.staying > 0 ? shares / main.staying : 1
    this.#exitReason = reason
    if (main.hasBar) this.#held(price)
    if (pair !== null) {
      const other = shares === main.staying ? pair.staying : this.#account.costs.whole(pair.staying * part)
      if (other > 0) pair.sell(other, pair.price(at), reason)
    }
    main.sell(shares, price, reason)
  }

  /** Goes on with what was ordered out by a rebalance and is still here. */
  keepRest(): void {
    for (const lot of this.#lots) lot.keepRest()
  }

  get leavesByRebalance(): boolean {
    return this.#exitReason === 'rebalance'
  }

  /** Values the position at the close of the current bar, if there is one. */
  atClose(): void {
    for (const lot of this.#lots) lot.atClose()
  }

  #held(price: number): void {
    this.#barsHeld = this.main.passed + 1
    this.#meet(price)
  }

  #meet(price: number): void {
    this.#excursion?.meet(price, this.main.splits)
  }

  /** All of the bar counts, but not what came before a fill at its close. */
  #meetBar(): void {
    if (this.trade.at === 'close' && this.main.passed === 0) return
    this.#meet(this.main.low())
    this.#meet(this.main.high())
  }

  /** The record: closed when nothing is left, else marked at the last close. */
  finish(): PortfolioTrade {
    const { main, pair, trade } = this
    const { candidate } = this.#opening
    const open = !this.isOver
    const factor = candidate.entry.fill!.factor
    const sums = this.#lots.map((lot) => lot.sums)
    const pnlOf = (lot: Lot) => lot.sums.cash + lot.side * lot.shares * lot.mark
    const opened = sum(sums, (each) => each.opened)
    const pnl = sum(this.#lots, pnlOf)
    return {
      symbol: this.symbol,
      side: trade.side,
      signalDay: candidate.entry.day,
      signalTime: candidate.entry.time,
      executions: main.sums.executions,
      stop: trade.stop === null ? null : trade.stop * factor,
      target: trade.target === null ? null : trade.target * factor,
      mae: this.#excursion?.mae ?? 0,
      mfe: this.#excursion?.mfe ?? 0,
      unfilled: this.#unfilled,
      dividends: sum(sums, (each) => each.dividends),
      borrow: sum(sums, (each) => each.borrow),
      commission: sum(sums, (each) => each.commission),
      slippage: sum(sums, (each) => each.slippage),
      pnl,
      return: opened > 0 ? pnl / opened : 0,
      barsHeld: main.shares > 0 ? main.passed + 1 : this.#barsHeld,
      open,
      exitReason: open ? null : this.#exitReason,
      ...(pair === null ? {} : { pair: pairTrade(pair, pnlOf(pair)) }),
    }
  }
}

function pairTrade({ symbol, side, sums }: Lot, pnl: number): PortfolioTrade['pair'] {
  const { executions, dividends, borrow, commission, slippage } = sums
  return { symbol, side, executions, dividends, borrow, commission, slippage, pnl }
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  let total = 0
  for (const each of list) total += of(each)
  return total
}

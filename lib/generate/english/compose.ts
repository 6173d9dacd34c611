import type { Part } from './cover.ts'
import { type Context, exitsOf, heldByMeasure, MEASURED_HOW, newDraft } from './draft.ts'
import { alone, counted, denied, type Linked } from './linked.ts'
import { type Condition, conditionEarlier, type Op, Unclear, type Value } from './meaning.ts'
import { type OverTime, overTime, together } from './over-time.ts'
import type { Join, Phrase } from './phrase.ts'
import { assign, type Sides, type Step } from './sides.ts'
import { spread } from './spread.ts'
import { Waiting } from './waiting.ts'

export interface Composed extends Sides {
  context: Context
  /** phrases that were read as words but have no meaning where they stand: token positions and what to ask */
  unclear: { from: number; to: number; question: string }[]
}

/** Gives the phrases their meaning in order, and every condition to the action it belongs to. */
export const compose = (parts: readonly Part[], words: ReadonlySet<string>): Composed =>
  new Composer(parts, words).composed()

class Composer {
  private readonly parts: readonly Part[]
  private readonly context: Context
  private readonly unclear: Composed['unclear'] = []
  private readonly steps: Step[] = [{ role: 'long', conditions: [] }]
  /** conditions whose measure is said after them: "short the bottom decile and buy the top decile of ..." */
  private readonly later: { part: Part; linked: Linked }[] = []
  private readonly early = new Set<Part>()
  /** a measure named apart ("12-1 momentum, top decile") */
  private loose: { from: number; to: number; value: Value } | undefined

  private link: Linked['link'] = 'and'
  private starts: Linked['starts'] = ''
  private negate = false
  private neither = false
  private shift = false
  private opens = 0
  private prefix: OverTime | 'first' | undefined
  private readonly waiting = new Waiting()
  private fresh = true
  private either: '' | 'open' | 'or' = ''
  private quorum: { op: Op; n: number; from: number; part: Part } | undefined
  private afterExit = false

  constructor(parts: readonly Part[], words: ReadonlySet<string>) {
    this.parts = parts
    this.context = { draft: newDraft(), words, alert: false }
  }

  composed(): Composed {
    this.parts.forEach((part, at) => {
      if (part.phrase) this.read(part, part.phrase, at)
    })
    this.endQuorum()
    this.endEither()
    this.endWaiting()
    for (const { part, linked } of this.later)
      this.guarded(part, () => {
        if (part.phrase?.is === 'condition') linked.condition = [part.phrase.make(this.context)].flat()[0]
      })
    this.settleLoose()
    return { context: this.context, ...assign(this.steps, this.context), unclear: this.unclear }
  }

  private get step(): Step {
    return this.steps.at(-1)!
  }

  private ask(part: { from: number; to: number }, question: string): void {
    this.unclear.push({ from: part.from, to: part.to, question })
  }

  private guarded(part: Part, act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      this.ask(part, error.message)
    }
  }

  private read(part: Part, phrase: Phrase, at: number): void {
    switch (phrase.is) {
      case 'filler':
        return
      case 'value':
        if (!this.early.has(part)) this.guarded(part, () => this.measure(part))
        return
      case 'join':
        this.join(phrase.join, part)
        this.fresh = true
        return
      case 'paren': {
        const last = this.step.conditions.at(-1)
        if (phrase.open) this.opens++
        else if (this.opens > 0) this.opens--
        else if (last) last.closes++
        return
      }
      case 'prefix':
        this.prefix = phrase.over
        this.waiting.forCondition(part, phrase.over === 'first' ? undefined : 'What is it that is so for days?')
        return
      case 'modifier':
        if (phrase.both && this.fresh) this.prefix = phrase.over
        else this.guarded(part, () => this.modify(part, phrase.over))
        return
      case 'quorum':
        this.endQuorum()
        this.quorum = { op: phrase.op, n: phrase.n, from: this.step.conditions.length, part }
        return
      case 'setting': {
        const before = exitsOf(this.context)
        this.guarded(part, () => phrase.apply(this.context))
        if (exitsOf(this.context) !== before) this.afterExit = true
        else if (this.link === 'or') this.afterExit = false
        return
      }
      case 'action':
        this.endQuorum()
        this.endEither()
        this.endWaiting()
        this.begin({ role: phrase.role, legs: phrase.legs, conditions: [] })
        if (phrase.symbols) this.context.draft.symbols.push(...phrase.symbols)
        if (phrase.role !== 'reverse') this.context.draft.intent.trade = true
        if (phrase.fill) this.context.draft.fill = phrase.fill
        return
      case 'condition': {
        // "sell after 10 days or when RSI is above 70": one more way out
        if (this.afterExit && this.link === 'or') this.begin({ role: 'exit', conditions: [] })
        this.afterExit = false
        const { make } = phrase
        this.waiting.met()
        this.guarded(part, () => this.add(part, this.made(part, make, at)))
        this.link = 'and'
        this.starts = ''
        this.negate = this.neither
        this.shift = false
        this.opens = 0
        this.prefix = this.prefix === 'first' ? 'first' : undefined
        this.fresh = false
      }
    }
  }

  private begin(step: Step): void {
    this.steps.push(step)
    this.link = 'and'
    this.starts = ''
    this.shift = false
    this.opens = 0
    this.prefix = undefined
    this.neither = false
    this.negate = false
    this.afterExit = false
    this.fresh = true
  }

  private join(join: Join, part: Part): void {
    const { link } = this
    if (join === 'or') this.link = 'or'
    else if (join === 'and') this.link = link === 'or' ? 'or' : 'and'
    else if (join === ',') this.link = link === 'or' ? 'or' : ','
    else if (join === 'not') {
      this.negate = true
      this.waiting.forCondition(part, 'Not what?')
    } else if (join === 'after') this.shift = this.step.conditions.length > 0
    else if (join === 'next') this.earlier(part)
    else if (join === 'when') this.starts = this.starts || 'when'
    else if (join === 'either') {
      this.endEither()
      this.either = 'open'
      this.opens++
    } else if (join === 'neither') this.neither = this.negate = true
    else if (join === 'nor') {
      if (!this.neither) this.ask(part, 'Neither what, nor what?')
      this.negate = true
      this.neither = false
    } else if (join === ';' || join === '.') {
      if (this.quorum && this.step.conditions.length > this.quorum.from) this.endQuorum()
      this.starts = join
      if (this.step.conditions.length === 0) return
      // a "not" at the end of a sentence says nothing of the next one
      if (this.negate && !this.neither) this.endWaiting()
      this.neither = this.negate = false
    }
  }

  /** What a condition phrase means; a measure named later in the prompt is read first where it needs one. */
  private made(part: Part, make: (context: Context) => Condition | Condition[], at: number): Condition[] {
    try {
      return [make(this.context)].flat()
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      const loose = this.parts.slice(at).find((one) => one.phrase?.is === 'value' && !this.early.has(one))
      if (loose) {
        this.early.add(loose)
        this.measure(loose)
        return [make(this.context)].flat()
      }
      const unknown: Condition = { d: '?', i: '?', notes: [], about: '' }
      const linked = { ...alone(unknown), link: this.link, starts: this.starts }
      this.step.conditions.push(linked)
      this.later.push({ part, linked })
      return []
    }
  }

  private add(part: Part, made: readonly Condition[]): void {
    if (this.either === 'or' && this.link === 'and') this.endEither()
    if (this.either === 'open' && this.link === 'or') this.either = 'or'
    const { prefix } = this
    const changed = prefix && prefix !== 'first' && made.length ? [overTime(together(made), prefix)] : made
    changed.forEach((one, index) => {
      const condition = this.shift && !one.prior ? conditionEarlier(one, 1) : one
      this.step.conditions.push({
        condition: this.negate ? denied(condition) : condition,
        denies: this.negate ? condition : undefined,
        link: index ? 'and' : this.link,
        starts: index ? '' : this.starts,
        opens: index ? 0 : this.opens,
        closes: 0,
        phrase: part,
      })
    })
  }

  private modify(part: Part, said: OverTime): void {
    const list = this.step.conditions
    if (list.length === 0) {
      this.ask(part, 'What is it that happens then?')
      return
    }
    const over: OverTime = this.prefix === 'first' && said.how === 'any' ? { how: 'first', n: said.n } : said
    if (over.how === 'first') this.prefix = this.waiting.daysSaid()
    spread(list, over)
  }

  /** "a, followed by b": what was said so far is of the session before. */
  private earlier(part: Part): void {
    const { conditions } = this.step
    if (conditions.length === 0) this.ask(part, 'What is it that is followed?')
    for (const one of conditions) {
      one.condition = conditionEarlier(one.condition, 1)
      if (one.denies) one.denies = conditionEarlier(one.denies, 1)
    }
    this.context.draft.notes.push('what follows is on the next session')
    this.waiting.forCondition(part, 'Followed by what?')
  }

  private endWaiting(): void {
    // within the day it is the first of the session, and a position is left the first time in any case
    const { role } = this.step
    const isFirst = this.context.draft.once || role === 'exit' || role === 'cover'
    for (const { part, question } of this.waiting.end(isFirst)) this.ask(part, question)
  }

  private endEither(): void {
    const last = this.step.conditions.at(-1)
    if (this.either !== '' && last) last.closes++
    this.either = ''
  }

  /** "at least two of these: a, b, c" as a sum of truth values. */
  private endQuorum(): void {
    const { quorum } = this
    this.quorum = undefined
    if (!quorum) return
    const list = this.step.conditions
    const members = list.splice(quorum.from)
    if (members.length <= quorum.n || quorum.n < 1) {
      this.ask(quorum.part, `${quorum.n} of which conditions?`)
      return
    }
    list.push({
      ...members[0],
      condition: counted(members, quorum.op, quorum.n),
      opens: 0,
      closes: 0,
      denies: undefined,
    })
  }

  private measure(part: Part): void {
    if (part.phrase?.is !== 'value') return
    if (this.loose && !this.used(this.loose.value)) this.ask(this.loose, MEASURED_HOW)
    const value = part.phrase.make(this.context)
    this.context.loose = value
    this.loose = { from: part.from, to: part.to, value }
  }

  private used(value: Value): boolean {
    return this.steps.some((step) => step.conditions.some(({ condition }) => condition.d.includes(value.d)))
  }

  private settleLoose(): void {
    const { loose } = this
    if (!loose || this.used(loose.value)) return
    const held = heldByMeasure(loose.value, this.context.draft)
    if (held) this.step.conditions.push(alone(held))
    else this.ask(loose, MEASURED_HOW)
  }
}

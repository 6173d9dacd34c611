import { parseDay } from '../core/days.ts'
import { isMoment } from '../market/new-york.ts'
import { guess } from './guess.ts'

/** How a flag's value reads; without a kind the flag is a switch. */
export type FlagKind = 'text' | 'date' | 'moment' | 'count' | 'whole' | 'number' | 'port' | 'symbols' | 'side'

export interface Flag {
  kind?: FlagKind
  /** what stands for the value in the usage */
  value?: string
  meaning: string
  /** one letter that stands for it after one dash */
  short?: string
  required?: boolean
}

export interface CommandForm {
  /** one or two words: `rule eval` */
  name: string
  about: string
  /** positional argument: its name, whether it may be left out, whether further words belong to it */
  argument?: { name: string; optional?: boolean; rest?: boolean }
  flags: Readonly<Record<string, Flag>>
  examples?: readonly string[]
}

export interface Arguments {
  argument: string | undefined
  flags: Readonly<Record<string, string | number | string[] | true>>
}

/** The command line was wrong; `form` is the command it was meant for, where that is known. */
export class UsageError extends Error {
  readonly form?: CommandForm
  constructor(message: string, form?: CommandForm) {
    super(message)
    this.form = form
  }
}

/** Flags every command takes. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  json: { meaning: 'print JSON only' },
  home: { kind: 'text', value: 'DIR', meaning: 'where data and strategies are kept (SAYWHEN_HOME, else .saywhen)' },
  url: { kind: 'text', value: 'URL', meaning: 'talk to this deployment instead of the local home' },
  key: { kind: 'text', value: 'KEY', meaning: 'the API key for --url (better: SAYWHEN_KEY, which no other user sees)' },
  help: { meaning: 'print this', short: 'h' },
}

/** Splits the words into the command they name and the rest; flags may stand anywhere. */
export function findCommand<Form extends CommandForm>(
  forms: readonly Form[],
  argv: readonly string[],
): { form: Form; words: string[] } {
  // The word after --home, --url or --key is its value, not the command.
  const isValue = (i: number) => i > 0 && COMMON_FLAGS[argv[i - 1].replace(/^--/, '')]?.kind !== undefined
  const first = argv.findIndex((word, i) => !word.startsWith('-') && !isValue(i))
  if (first < 0) throw new UsageError('No command was given.')
  const [one, two] = [argv[first], argv[first + 1]]
  const form = forms.find((candidate) => candidate.name === one || candidate.name === `${one} ${two}`)
  if (form) return { form, words: argv.toSpliced(first, form.name.split(' ').length) }
  const group = forms.filter((candidate) => candidate.name.startsWith(`${one} `)).map((candidate) => candidate.name)
  if (group.length > 0) throw new UsageError(`saywhen ${one} takes one of: ${group.join(', ')}.`)
  throw new UsageError(
    `There is no command "${one}".${guess(
      one,
      forms.map((candidate) => candidate.name.split(' ')[0]),
    )}`,
  )
}

/** Reads a command's argument and flags; throws UsageError saying what is wrong. */
export function parseArguments(form: CommandForm, words: readonly string[]): Arguments {
  const known: Readonly<Record<string, Flag>> = { ...COMMON_FLAGS, ...form.flags }
  const flags: Record<string, string | number | string[] | true> = {}
  const loose: string[] = []
  const fail = (message: string) => new UsageError(message, form)

  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word === '--') {
      loose.push(...words.slice(i + 1))
      break
    }
    // One dash before a name is an expression such as -close; the flags have two.
    const short = Object.keys(known).find((flag) => known[flag].short !== undefined && word === `-${known[flag].short}`)
    if (!word.startsWith('--') && short === undefined) {
      loose.push(word)
      continue
    }
    const [, name, given] = short !== undefined ? ['', short, undefined] : /^--([^=]*)(?:=(.*))?$/s.exec(word)!
    if (!Object.hasOwn(known, name)) throw fail(`There is no flag --${name}.${guess(name, Object.keys(known), '--')}`)
    if (Object.hasOwn(flags, name)) throw fail(`--${name} is given twice.`)
    const { kind } = known[name]
    if (!kind) {
      if (given !== undefined) throw fail(`--${name} takes no value.`)
      flags[name] = true
      continue
    }
    const text = given ?? words[++i]
    if (text === undefined || (given === undefined && text.startsWith('--')))
      throw fail(`--${name} needs a value: --${name} ${known[name].value}.`)
    flags[name] = read(kind, text, `--${name}`, fail)
  }

  if (flags.help) return { argument: undefined, flags }
  return { argument: argumentOf(form, loose, fail), flags: complete(form, flags, fail) }
}

type Fail = (message: string) => UsageError

function argumentOf({ name, argument }: CommandForm, loose: string[], fail: Fail): string | undefined {
  const most = argument ? (argument.rest ? Number.POSITIVE_INFINITY : 1) : 0
  if (loose.length > most)
    throw fail(
      `saywhen ${name} does not take "${loose[most]}".${most ? ' Put quotes around a text of several words.' : ''}`,
    )
  if (loose.length === 0 && argument && !argument.optional) throw fail(`saywhen ${name} needs ${argument.name}.`)
  if (loose.length === 0) return undefined
  const text = loose.join(' ')
  if (text.trim() === '') throw fail(`${argument?.name} is empty.`)
  return text
}

function complete(form: CommandForm, flags: Arguments['flags'], fail: Fail): Arguments['flags'] {
  for (const [name, flag] of Object.entries(form.flags))
    if (flag.required && flags[name] === undefined) throw fail(`saywhen ${form.name} needs --${name} ${flag.value}.`)
  const { start, end } = flags
  if (typeof start === 'string' && typeof end === 'string' && parseDay(end) < parseDay(start))
    throw fail(`--end ${end} is before --start ${start}.`)
  return flags
}

function read(kind: FlagKind, text: string, name: string, fail: Fail): string | number | string[] {
  if (text.trim() === '') throw fail(`${name} is empty.`)
  switch (kind) {
    case 'text':
      return text
    case 'date':
      if (Number.isNaN(parseDay(text)))
        throw fail(`${name} is not a date of the calendar: "${text}". Write YYYY-MM-DD.`)
      return text
    case 'moment':
      if (!isMoment(text))
        throw fail(
          `${name} is neither a date nor a time: "${text}". Write YYYY-MM-DD, or "YYYY-MM-DD HH:MM" (New York).`,
        )
      return text
    case 'side':
      if (text !== 'long' && text !== 'short') throw fail(`${name} is long or short, not "${text}".`)
      return text
    case 'symbols':
      return text.split(',').map((symbol) => {
        if (symbol.trim() === '') throw fail(`${name} holds an empty symbol: "${text}". Write A,B,C.`)
        return symbol.trim()
      })
    case 'number':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(+text))
        throw fail(`${name} is a number such as 0.5 or 100000, not "${text}".`)
      return +text
    default: {
      const [least, most] = { count: [1, 1_000_000], whole: [0, 4_294_967_295], port: [0, 65_535] }[kind]
      if (!/^\d{1,10}$/.test(text) || +text < least || +text > most)
        throw fail(`${name} is a whole number from ${least} to ${most}, not "${text}".`)
      return +text
    }
  }
}

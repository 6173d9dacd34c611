import { UsageError } from '../arguments.ts'
import type { IntradayOrder, LocalImports, OnProgress, Report } from '../deps.ts'
import type { Session } from '../session.ts'
import { reportText } from '../show-report.ts'
import { type Command, END, START } from './command.ts'

const FILE = { name: 'FILE' }

const SIZES = ['1m', '5m', '15m', '1h'] as const
const ZONES = ['America/New_York', 'UTC'] as const
const TIMEFRAME = { kind: 'text', value: '1d|1h|15m|5m|1m', meaning: 'of this bar size (default: 1d)' } as const

export const barsImport: Command = {
  name: 'bars import',
  about: 'store the bars of a CSV file, or of a directory of SYMBOL.csv[.gz]',
  argument: { name: 'PATH' },
  flags: {
    timeframe: TIMEFRAME,
    stamp: {
      kind: 'text',
      value: 'start|end',
      meaning: 'whether an intraday row carries the time its bar begins or ends',
    },
    tz: { kind: 'text', value: 'ZONE', meaning: `of intraday times: ${ZONES.join(' (default) or ')}` },
    actions: {
      kind: 'text',
      value: 'FILE',
      meaning: 'splits and dividends of intraday bars: symbol,date,type,value (default: the stored daily bars’)',
    },
  },
  examples: ['saywhen bars import minute/ --timeframe 1m --stamp start', 'saywhen bars import daily/'],
  run(session) {
    const intraday = intradayOrder(session)
    return act(session, 'import', (home, progress) => home.importBars(session.argument, progress, intraday))
  },
}

/** The flags of an import of intraday bars; undefined for daily ones. */
function intradayOrder(session: Session): IntradayOrder | undefined {
  const timeframe = sizeOf(session, barsImport)
  if (timeframe === undefined || timeframe === '1d') {
    const stray = ['stamp', 'tz', 'actions'].find((flag) => session.text(flag) !== undefined)
    if (stray)
      throw new UsageError(`--${stray} belongs to intraday bars: add --timeframe 1m, 5m, 15m or 1h.`, barsImport)
    return undefined
  }
  const stamp = session.text('stamp')
  if (stamp !== 'start' && stamp !== 'end')
    throw new UsageError(
      `Intraday bars need --stamp start or --stamp end: whether a row carries the time its bar begins or ends${stamp === undefined ? '' : `, not "${stamp}"`}.`,
      barsImport,
    )
  const tz = session.text('tz') ?? ZONES[0]
  const zone = ZONES.find((each) => each === tz)
  if (zone === undefined) throw new UsageError(`--tz is ${ZONES.join(' or ')}, not "${tz}".`, barsImport)
  return { timeframe, stamp, zone, actions: session.text('actions') }
}

function sizeOf(session: Session, command: Command): IntradayOrder['timeframe'] | '1d' | undefined {
  const text = session.text('timeframe')
  const size = (['1d', ...SIZES] as const).find((each) => each === text)
  if (text !== undefined && size === undefined)
    throw new UsageError(`--timeframe is 1d, 1h, 15m, 5m or 1m, not "${text}".`, command)
  return size
}

export const barsFetch: Command = {
  name: 'bars fetch',
  about: 'bring daily bars up to date from a provider; its keys are read from the environment',
  argument: { name: 'SYMBOL...', optional: true, rest: true },
  flags: {
    provider: { kind: 'text', value: 'NAME', meaning: 'whom to ask (default: alpaca)' },
    start: { ...START, meaning: 'first day, YYYY-MM-DD; needed for symbols without stored bars' },
    end: { ...END, meaning: 'last day, YYYY-MM-DD (default: the last finished session)' },
    universe: { meaning: 'every symbol of the universe file and every one with stored bars' },
  },
  examples: ['saywhen bars fetch AAPL MSFT --start 2020-01-01', 'saywhen bars fetch --universe'],
  run(session) {
    const symbols = session.argument.split(/[\s,]+/).filter((symbol) => symbol !== '')
    const universe = session.args.flags.universe === true
    if (symbols.length === 0 && !universe)
      throw new UsageError('saywhen bars fetch needs symbols, or --universe.', barsFetch)
    const order = {
      provider: session.text('provider') ?? 'alpaca',
      symbols,
      universe,
      start: session.text('start'),
      end: session.text('end'),
    }
    return act(session, 'fetch', (home, progress) => home.fetchBars(order, progress))
  },
}

export const barsList: Command = {
  name: 'bars list',
  about: 'which bars are stored',
  flags: { timeframe: TIMEFRAME },
  run(session) {
    const size = sizeOf(session, barsList)
    return act(session, 'list', (home) => home.listBars(size))
  },
}

export const barsCheck: Command = {
  name: 'bars check',
  about: 'read every stored bar and report what is odd',
  flags: { timeframe: TIMEFRAME },
  run(session) {
    const size = sizeOf(session, barsCheck)
    return act(session, 'check', (home, progress) => home.checkBars(progress, size))
  },
}

export const barsSimulate: Command = {
  name: 'bars simulate',
  about: 'make a simulated market to play with',
  flags: { seed: { kind: 'whole', value: 'N', meaning: 'which one: the same seed gives the same market' } },
  run: (session) => act(session, 'simulate', (home) => home.simulateBars({ seed: session.number('seed') })),
}

export const universeImport: Command = {
  name: 'universe import',
  about: 'names, sectors and asset classes of the symbols, from a CSV file',
  argument: FILE,
  flags: {},
  run: (session) => act(session, 'import', (home) => home.importUniverse(session.argument)),
}

export const fundamentalsImport: Command = {
  name: 'fundamentals import',
  about: 'published figures of companies, from a CSV file',
  argument: FILE,
  flags: {},
  run: (session) => act(session, 'import', (home) => home.importFundamentals(session.argument)),
}

export const constituentsImport: Command = {
  name: 'constituents import',
  about: 'when which symbol was a member of an index, from a CSV file',
  argument: FILE,
  flags: { index: { kind: 'text', value: 'NAME', meaning: 'the index (default: the file’s name up to the first _)' } },
  run: (session) => act(session, 'import', (home) => home.importConstituents(session.argument, indexName(session))),
}

function indexName(session: Session): string {
  const file = session.argument.split(/[\\/]/).at(-1) ?? ''
  const name = (session.text('index') ?? file.split(/[_.]/)[0]).toUpperCase()
  if (/^[A-Z0-9]{1,20}$/.test(name)) return name
  throw new UsageError(
    `"${name.slice(0, 40)}" is no index name: give one in letters and digits with --index.`,
    constituentsImport,
  )
}

/** Acts on the home's files, with a bar while it lasts, and prints the report. */
async function act(
  session: Session,
  label: string,
  work: (home: LocalImports, progress: OnProgress) => Promise<Report>,
): Promise<number> {
  if (session.url) throw new UsageError('Bars and companions are stored in a local home: leave --url out.')
  const bar = session.deps.io.bar(label)
  try {
    const report = await work(session.deps.imports(session.home), (done, total) => bar.update(done, total))
    bar.stop()
    if (session.json) session.printJson({ success: true, ...report })
    else session.print(...reportText(report, session.style, session.columns))
    return 'ok' in report && report.ok === false ? 1 : 0
  } finally {
    bar.stop()
  }
}

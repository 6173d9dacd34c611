/**
 * The lexicon: how words are written, as `canonical: spellings, inflections, abbreviations, slang`.
 * Only words that mean the same wherever they stand are folded together here; phrases belong to the grammar.
 */
const FOLDED = `
stock: stocks stcks stck stks stk company companies firm firms business businesses name names ticker tickers security securities equities stuff everything symbols symbol corporation corporations
share: shares shs
price: px prices quote quotes pricing priced
close: closes closed cls
open: opens opened
high: highs hi
low: lows
volume: volumes
vol: vols
avg: average averages avgs mean means ma mas
sma: smas
ema: emas
day: days d session sessions dy
week: weeks wk wks w
month: months mo mos mth mths mnth mnths
quarter: quarters qtr qtrs q
year: years yr yrs y
bar: bars candle candles candlestick candlesticks
minute: minutes min mins
hour: hours hr hrs h
below: under beneath underneath
above:
over:
each: every
gap: gaps gapped gapping
gapper: gappers
cross: crosses crossed crossing
crossover: crossovers
break: breaks broke broken breaking
breakdown: breakdowns
breakout: breakouts brkout brkouts brkt
rise: rises rose risen climb climbs climbed climbing ascend ascends
fall: falls fell fallen drop drops dropped dropping decline declines declined declining plunge plunges plunged plunging slide slides slid sliding sink sinks sank sinking slump slumps slumped tank tanks tanked tanking shed sheds crater craters cratered
gain: gains gained gaining advance advances advanced rally rallies rallied rallying jump jumps jumped jumping surge surges surged surging
lose: loses lost losing
loss: losses
gainer: gainers advancers
loser: losers decliners laggards
performer: performers
fill: filled fills filling
unfilled:
raise: raises raised raising hike hikes hiked
volatile:
microcap: microcaps
reclaim: reclaims reclaimed reclaiming regain regains regained recapture recaptures recaptured
sit: sits sitting sat
come: comes came coming
extend: extended extends
bounce: bounces bounced bouncing
slope: slopes sloped sloping
sub:
universe: universes
go: goes went going
move: moves moved moving
trade: trades traded trading
touch: touches touched touching tag tags tagged tagging test tests tested hit hits reach reaches reached
dip: dips dipped dipping pullback pullbacks
buy: buys bought buying purchase purchases purchased purchasing
sell: sells sold selling dump
exit: exits exited exiting leave leaves
cover: covers covered covering
enter: enters entered entry entries entering
long: longs
short: shorts shorted shorting
hold: holds held holding keep keeps kept
alert: alerts alerted alarm alarms notify notifies notified notification notifications tell tells ping warn message email sms text texts
find: finds show shows list lists screen screens identify search scan scans give display look filter looking
make: makes making made
finish: finishes finished ends
stop: stops stp sl stoploss
target: targets tp
trail: trails trailing trailed chandelier
risk: risks risked risking
position: positions pos
band: bands
bollinger: bb bollingers
keltner: kc
stochastic: stochastics stoch stochs
indicator: reading readings level levels
strong: solid healthy sound
balance: bal
sheet: sheets
earning: earnings
estimate: estimates est ests expectations expectation consensus forecasts
beat: beats beating beaten outperform outperforms outperforming outperformed
sales: revenue revenues
growth: growing
grow: grows grew grown
return: returns ret rets
yield: yields yld
score: scores
ratio: ratios
sector: sectors
industry: industries
financials: financial fins
utilities: utility utes utils
etf: etfs fund funds
mcap: marketcap
maxpos:
max: maximum
most:
best: strongest leading
worst: weakest
top: tops
double: doubled doubles
consecutive: straight successive
row:
yesterday: yest yday ystrdy prevday
prior: previous preceding prev
last: past latest recent
premarket: premarkt pm
range: ranges rng ranged
base: bases consolidation
zero:
line: lines
point: points pts
signal: signals
instruction: instructions
key: keys
variable: variables
reverse: opposite mirror
pair: pairs
momentum: mom
rank: ranks ranked ranking sort sorts sorted order ordered sorting ordering
expensive:
cheap: inexpensive undervalued
dividend: dividends div divs
yoy:
spike: spikes spiking spiked
squeeze: squeezes squeezed
soldier: soldiers
crow: crows
engulf: engulfs engulfed
hammer: hammers
decile: deciles
quintile: quintiles
atr: atrs
dryup:
sp500:
minimum:
centre: center
setting: settings
following: follows followed follow
environment: env environments
exclude: excluding excludes excl except ex
profit: profits
half: halve
breakeven:
become: becomes became becoming turn turns turned
get: gets got
rebalance: rebalanced rebalancing rebalances
bullish: bull
bearish: bear
up: ups upside
letmeknow: lmk
initial: init
onthesame: simultaneously
regime:
uptrend: uptrends uptrending
downtrend: downtrends downtrending
take: takes taken
fast:
spend: spends spent
stack: stacked stacks
stretch: stretched
tight: tighter
narrow: narrower narrowest
shallow: shallower
deep: deeper
market: markets mkt
cap: capitalization capitalisation
debt: debts
asset: assets
equal: equals equally
weight: weighted weights weighting
dma:
overbought: ob
oversold: os
rotation: rotate rotates rotating
today: todays tdy
tenth: tenths
third: thirds
quarterly:
report: reports reported reporting
surprise: surprises surprised
react: reacts reaction
drift:
instead: place
atmost:
`

/** Several words that are one word of the grammar, written in canonical words. */
const JOINED = `
atleast: at least | no less than | not less than | no fewer than | at minimum | at_least
atmost: at most | no more than | not more than | at max
avg: move avg | movingaverage | moving average
price: stock price | share price
atr: avg true range | average true range
rsi: relative strength index | rel strength index
ema: exponential avg | exponential moving avg | exp avg
sma: simple avg | simple moving avg
macd_hist: macd histogram | macd hist
crossover: cross over
vwap: volume weight avg price
overbought: over bought | overbought territory | overbought zone
oversold: over sold | oversold territory | oversold zone
orb: opening range break
halfyear: half year | half a year
premarket: pre market
breakeven: break even
yoy: year over year | year on year | y y | from year ago | compared with year ago | versus year ago | against same quarter year earlier | vs same quarter last year | vs year ago
onthesame: at same time | same time | simultaneously
lookfor: look for
last: most last | most recent
firsttouch: whichever come first | whichever first | whichever happen first | whichever sooner | whichever earlier | whatever come first
inarow: in row | in succession | running | on trot | back to back
letmeknow: let know
dip: pull back
dryup: dry up | drying up | dries up
mcap: market cap | market value | mkt cap
freecashflow: free cash flow | fcf
pricetosales: price to sale | price sale | price to sales | price sales | price to sales ratio
pe: price to earning | price earning | pe ratio | price to earning ratio | price earning ratio
pb: price to book | price book | pb ratio | price to book ratio | price book ratio
roe: return on equity
roa: return on asset
roic: return on capital | return on invested capital
ic: invest capital | invested capital | invested cap | capital invested
ebit: operating income
eps: earning per share
debttoequity: debt to equity | debt equity | debt to equity ratio | debt equity ratio
currentratio: current ratio
earningyield: earning yield
divyield: dividend yield
grossmargin: gross margin
balancesheet: balance sheet
fscore: piotroski fscore | piotroski score | piotroski f | f score | piotroski
alltime: all time
healthcare: health care
sp500: s p 500 | standard and poors 500
minusdi: minus di | negative di
plusdi: plus di | positive di
willr: williams percent r | williams willr | williams r | williams
bandwidth: band width | bb width | bollinger width | bollinger bandwidth | bollinger band width
`

/** Words that carry no condition: left out before the grammar reads. */
export const SILENT = new Set(
  `the a an is are was were be been being its their his that those these this such which who whose there theres has have having had do does did
  doing currently now right just already also really very simply please kindly i we you would like want wants wanted could can me my your our
  own any some all so far much whatever what whats ones they them he she us im am id ill lets here still case cases actually basically roughly about
  recently respective corresponding then`.split(/\s+/),
)

/** Words that may stand between phrases without meaning of their own; they are never skipped inside one. */
export const FILLERS: readonly string[] =
  `of in on at to by for from as into when whenever if once where wherever because day stock share price today time it chart
  rule strategy system setup idea trade style classic simple help interested calculate only together according daily regular
  ever know happened happens happen came come having upon during american usa listed given basis per condition conditions
  criteria stay stays get onthesame indicator signal each bar soon become`.split(/\s+/)

function table(text: string): Map<string, string> {
  const map = new Map<string, string>()
  for (const line of text.trim().split('\n')) {
    const [canonical, others] = line.split(':')
    map.set(canonical, canonical)
    for (const other of others.trim().split(/\s+/)) if (other) map.set(other, canonical)
  }
  return map
}

/** Abbreviations of figures that are not known here: they are no symbols. */
export const NO_SYMBOLS: ReadonlySet<string> = new Set(
  'peg ebitda pcf hma wma tema dema kama vwma psar cmf ppo tsi cmo stc dpo kst eom vpt lsma alma zlema roce roi fda ceo cfo ipo dcf nav roce ytd ath atl qoq mom cagr hv iv sar trix beta vix usd eur ai gdp cpi fed eod hod lod otc nyse amex nasdaq dow usa'.split(
    ' ',
  ),
)

/** Canonical form by spelling. */
export const CANONICAL: ReadonlyMap<string, string> = table(FOLDED)

/** [canonical words, what they become], longest first. */
export const COMPOUNDS: readonly (readonly [string[], string])[] = JOINED.trim()
  .split('\n')
  .flatMap((line) => {
    const at = line.indexOf(':')
    return line
      .slice(at + 1)
      .split('|')
      .map((words) => [words.trim().split(/\s+/), line.slice(0, at)] as const)
  })
  .sort((a, b) => b[0].length - a[0].length)

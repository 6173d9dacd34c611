import { normal } from '../core/random.ts'
import type { Listing } from './market.ts'
import { GICS_SECTORS } from './universe.ts'

/** Per sector: how a company calls itself, and its industry. */
const TRADES: Record<(typeof GICS_SECTORS)[number], readonly (readonly [string, string])[]> = {
  'Communication Services': [
    ['Broadcasting', 'Broadcasting'],
    ['Interactive', 'Interactive Media & Services'],
    ['Wireless', 'Wireless Telecommunication Services'],
    ['Studios', 'Movies & Entertainment'],
  ],
  'Consumer Discretionary': [
    ['Apparel', 'Apparel, Accessories & Luxury Goods'],
    ['Motors', 'Automobile Manufacturers'],
    ['Hotels', 'Hotels, Resorts & Cruise Lines'],
    ['Stores', 'Broadline Retail'],
  ],
  'Consumer Staples': [
    ['Foods', 'Packaged Foods & Meats'],
    ['Beverages', 'Soft Drinks & Non-alcoholic Beverages'],
    ['Household', 'Household Products'],
    ['Markets', 'Food Retail'],
  ],
  Energy: [
    ['Petroleum', 'Oil & Gas Exploration & Production'],
    ['Pipelines', 'Oil & Gas Storage & Transportation'],
    ['Refining', 'Oil & Gas Refining & Marketing'],
  ],
  Financials: [
    ['Bancorp', 'Regional Banks'],
    ['Insurance', 'Property & Casualty Insurance'],
    ['Capital', 'Asset Management & Custody Banks'],
    ['Payments', 'Transaction & Payment Processing Services'],
  ],
  'Health Care': [
    ['Pharma', 'Pharmaceuticals'],
    ['Biosciences', 'Biotechnology'],
    ['Medical', 'Health Care Equipment'],
    ['Diagnostics', 'Life Sciences Tools & Services'],
  ],
  Industrials: [
    ['Aerospace', 'Aerospace & Defense'],
    ['Freight', 'Cargo Ground Transportation'],
    ['Machinery', 'Industrial Machinery & Supplies & Components'],
    ['Engineering', 'Construction & Engineering'],
  ],
  'Information Technology': [
    ['Software', 'Application Software'],
    ['Semiconductor', 'Semiconductors'],
    ['Systems', 'Technology Hardware, Storage & Peripherals'],
    ['Networks', 'Communications Equipment'],
  ],
  Materials: [
    ['Chemicals', 'Specialty Chemicals'],
    ['Steel', 'Steel'],
    ['Packaging', 'Paper & Plastic Packaging Products & Materials'],
  ],
  'Real Estate': [
    ['Properties', 'Retail REITs'],
    ['Storage Trust', 'Self-Storage REITs'],
    ['Office Trust', 'Office REITs'],
  ],
  Utilities: [
    ['Electric', 'Electric Utilities'],
    ['Water', 'Water Utilities'],
    ['Gas', 'Gas Utilities'],
  ],
}

/** A hundred invented first names of companies, one each; none is an index or a fund. */
const ROOTS = (
  'Armitage Alderbrook Brightwell Calloway Dunmore Eastgate Fairhaven Glenrock Harrowgate Ironvale Juniper Kestrel Larkspur ' +
  'Meridale Northwick Oakhurst Pinecrest Quillon Redfern Silverton Thornbury Umberland Valecrest Westbrook Xandria Yarrow ' +
  'Zephyrine Ashdown Birchmere Coldwater Draycott Elmswell Foxglove Greystone Hollis Inverleigh Jadestone Kingsford ' +
  'Lochmoor Marlowe Netherby Orchard Pemberton Quarrier Rosemont Stanwick Trelawney Upton Verity Winslow Abernathy Bexhill ' +
  'Cranleigh Dovetail Everly Farrow Galloway Hathersage Ivybridge Jessamine Kelvedon Lindale Montclair Nightingale ' +
  'Ormsby Prescott Quantock Ravenswood Saltmarsh Tamarind Underhill Vantage Wolverton Yewtree Ambleside Blackthorn Cedarline ' +
  'Dartmoor Eskdale Fenwick Goldcrest Heathrow Islay Jasperton Kirkwall Langford Mapleton Norwood Osprey Portland Rushmore ' +
  'Sandringham Tidewater Ullswater Vickery Wexcombe Yorvale Zenithal Aldgate Bramford'
).split(' ')

/** What a simulated company is made of; all of it drawn once from the seed. */
export interface Company {
  listing: Listing
  sector: number
  /** sensitivity to the market, and the size of its own daily moves */
  beta: number
  volatility: number
  price: number
  /** shares outstanding at the start */
  shares: number
  /** share of the shares that trades on a quiet day */
  turnover: number
  /** cash paid per year over the starting price; 0: none */
  dividendYield: number
  /** session of the first bar: later than 0 for a company that went public on the way */
  listedAt: number
  /** days after the end of a quarter on which it reports */
  reportLag: number
  figures: CompanyFigures
}

/** Ratios its reports are built around. */
export interface CompanyFigures {
  priceToEarnings: number
  loses: boolean
  priceToBook: number
  debtToEquity: number
  currentRatio: number
  netMargin: number
  grossMargin: number
  growth: number
}

/** A ticker of three or four letters from a name, none twice. */
function ticker(root: string, taken: Set<string>): string {
  const letters = root.toUpperCase()
  const consonants = letters[0] + letters.slice(1).replace(/[AEIOU]/g, '')
  const tries = [letters.slice(0, 3), consonants.slice(0, 4), letters.slice(0, 4), `${consonants.slice(0, 3)}X`]
  const found = tries.find((candidate) => !taken.has(candidate)) ?? `${letters.slice(0, 3)}${taken.size % 10}`
  taken.add(found)
  return found
}

/** The hundred companies of a seed, spread evenly over the sectors. */
export function inventCompanies(uniform: () => number, sessions: number): Company[] {
  const between = (low: number, high: number) => low + (high - low) * uniform()
  const spread = (middle: number, sigma: number) => middle * Math.exp(sigma * normal(uniform))
  const taken = new Set(['SPY', 'ALL', 'AND', 'FOR', 'NOT', 'RSI', 'SMA', 'EMA', 'ATR', 'ADX'])
  return ROOTS.map((root, i) => {
    const sector = (i + 7) % GICS_SECTORS.length
    const trades = TRADES[GICS_SECTORS[sector]]
    const [trade, industry] = trades[Math.floor(i / GICS_SECTORS.length) % trades.length]
    const symbol = ticker(root, taken)
    const quiet = ['Consumer Staples', 'Real Estate', 'Utilities'].includes(GICS_SECTORS[sector])
    const pays = uniform() < (quiet ? 0.95 : 0.5)
    return {
      listing: { symbol, name: `${root} ${trade}`, sector: GICS_SECTORS[sector], industry, assetClass: 'stock' },
      sector,
      beta: quiet ? between(0.4, 0.8) : between(0.7, 1.6),
      volatility: quiet ? between(0.007, 0.011) : between(0.01, 0.022),
      price: Math.min(Math.max(spread(60, 0.8), 8), 480),
      shares: Math.round(spread(2.5e8, 0.9)),
      turnover: between(0.002, 0.009),
      dividendYield: pays ? between(0.008, quiet ? 0.045 : 0.03) : 0,
      listedAt: i % 25 === 13 ? Math.floor(sessions * between(0.2, 0.6)) : 0,
      reportLag: Math.floor(between(22, 52)),
      figures: {
        priceToEarnings: Math.min(Math.max(spread(19, 0.5), 5), 90),
        loses: uniform() < 0.1,
        priceToBook: Math.min(Math.max(spread(2.6, 0.6), 0.6), 15),
        debtToEquity: Math.min(spread(0.55, 0.9), 4),
        currentRatio: Math.min(Math.max(spread(1.6, 0.4), 0.6), 5),
        netMargin: between(0.03, 0.22),
        grossMargin: between(0.28, 0.65),
        growth: between(-0.02, 0.14),
      },
    }
  })
}

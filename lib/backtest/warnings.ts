import type { Coverage, Receipt } from './receipt.ts'

/** What went wrong inside the strategy's code, and which symbols were not scanned. */
export function scanWarnings(scanned: {
  coverage: Coverage
  errors: Receipt['errors']
  skipped: Receipt['skipped']
  members: number
}): string[] {
  const warnings: string[] = []
  const errors = scanned.coverage.guest_errors
  if (errors > 0) {
    const [first] = scanned.errors
    const place = first.error.line === undefined ? '' : ` (line ${first.error.line})`
    warnings.push(
      `The code threw an error on ${errors} bars, which count as no signal; first on ${first.symbol}, ${first.date}: ${first.error.message}${place}`,
    )
  }
  if (scanned.members === 0) warnings.push('UNIVERSE matches no symbol on any bar of the window: nothing was tested.')
  if (scanned.skipped.length > 0)
    warnings.push(`${scanned.skipped.length} symbols were skipped; the receipt names them.`)
  return warnings
}

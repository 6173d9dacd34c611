/** The number, or null where JSON has no word for it. */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/** The value as plain JSON: NaN and infinities become null at any depth. */
export function plain(value: unknown): unknown {
  if (typeof value === 'number') return finite(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

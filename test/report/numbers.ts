/** A small seeded generator of numbers in [0, 1), for made data (Park and Miller's). */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

import { expect, it } from 'vitest'
import { limitsOf } from '../../functions/limits.ts'

it('limits come from the environment, and only numbers that make sense', () => {
  expect(limitsOf({})).toEqual({})
  expect(limitsOf({ SAYWHEN_CPU_MS: '2000', SAYWHEN_WALL_MS: '4000', SAYWHEN_MEMORY_MB: '64' })).toEqual({
    cpuMs: 2000,
    wallMs: 4000,
    memoryBytes: 64 * 2 ** 20,
  })
  for (const bad of ['0', '-1', '1.5', '2s', '9999999999'])
    expect(() => limitsOf({ SAYWHEN_CPU_MS: bad })).toThrow(/SAYWHEN_CPU_MS/)
  expect(() => limitsOf({ SAYWHEN_MEMORY_MB: '8' })).toThrow(/32 to 4096/)
})

import { expect, test } from 'vitest'
import { modelOf } from '../../functions/generator.ts'

const key = { SAYWHEN_GEMINI_KEY: 'k' }
const secret = async (name: string) => (name === 'SAYWHEN_GEMINI_KEY' ? 's' : undefined)

test.each([
  ['no key', {}, undefined],
  ['a key', key, 'gemini-2.5-flash'],
  ['a key and a model', { ...key, SAYWHEN_GEMINI_MODEL: 'gemini-9' }, 'gemini-9'],
  ['a key that is not to be used', { ...key, SAYWHEN_GENERATOR: 'offline' }, undefined],
  ['a key, and auto', { ...key, SAYWHEN_GENERATOR: 'auto' }, 'gemini-2.5-flash'],
  ['a key, and gemini', { ...key, SAYWHEN_GENERATOR: 'gemini' }, 'gemini-2.5-flash'],
])('with %s in the environment words are given to the right one', async (_, env, name) => {
  expect((await modelOf(env))?.name).toBe(name)
})

test('a secret of the deployment is a key, and is read only when it is needed', async () => {
  expect(await modelOf({}, secret)).toBeDefined()
  const never = () => Promise.reject(new Error('asked for'))
  expect(await modelOf({ SAYWHEN_GENERATOR: 'offline' }, never)).toBeUndefined()
  expect(await modelOf(key, never)).toBeDefined()
})

test('a key is taken without the blanks around it, and one that no header can hold is named and not shown', async () => {
  expect(await modelOf({ SAYWHEN_GEMINI_KEY: ' k\n' })).toBeDefined()
  const error = await modelOf({ SAYWHEN_GEMINI_KEY: 'se cret' }).catch((error: Error) => error)
  expect(error).toMatchObject({ code: 'bad_request', message: expect.stringMatching(/^SAYWHEN_GEMINI_KEY /) })
  expect(String(error)).not.toContain('cret')
})

test.each([
  ['gemini without a key', { SAYWHEN_GENERATOR: 'gemini' }, /SAYWHEN_GEMINI_KEY/],
  ['another generator', { SAYWHEN_GENERATOR: 'gpt' }, /offline, gemini, auto/],
])('%s is an error that says what to do', async (_, env, message) => {
  await expect(modelOf(env)).rejects.toMatchObject({ code: 'bad_request', message: expect.stringMatching(message) })
})

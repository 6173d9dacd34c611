import { newSecret, SECRET_BYTES, secretHash } from '../../access/secrets.ts'
import { type KeyShown, keyAnswer, keysAnswer, newKeyAnswer, shown } from '../answers.ts'
import { facts, table } from '../text.ts'
import { type Command, given } from './command.ts'

const day = (instant: string | null, none: string) => instant?.slice(0, 10) ?? none

export const keysCreate: Command = {
  name: 'keys create',
  about: 'make an API key; its text is shown once and kept nowhere',
  argument: { name: 'NAME' },
  flags: {
    'expires-in': { kind: 'count', value: 'DAYS', meaning: 'refuse it after so many days (never)' },
    owner: { kind: 'text', value: 'O', meaning: 'whose key it is; for a deployment’s operator' },
  },
  examples: ['saywhen keys create laptop --expires-in 90'],
  async run(session) {
    const body = given({
      name: session.argument,
      owner: session.text('owner'),
      expires_in_days: session.number('expires-in'),
    })
    const answer = await session.api('POST', '/keys', body)
    if (session.json) session.printJson(answer)
    else {
      const { key, secret } = shown(newKeyAnswer, answer)
      const entries: [string, string][] = [
        ['Key', secret],
        ['Id', key.key_id],
        ['Owner', key.owner],
        ['Expires', day(key.expires_at, 'never')],
      ]
      session.print(
        ...facts(entries, session.columns),
        '',
        'Keep it now: it is not shown again. Use it with SAYWHEN_KEY.',
      )
    }
    return 0
  },
}

export const keysList: Command = {
  name: 'keys list',
  about: 'your API keys, without their texts',
  flags: {},
  async run(session) {
    const answer = await session.api('GET', '/keys')
    if (session.json) {
      session.printJson(answer)
      return 0
    }
    const { keys } = shown(keysAnswer, answer)
    const titles = ['id', 'name', 'ends in', 'created', 'expires', 'revoked']
    const row = (key: KeyShown) => [
      key.key_id,
      key.name,
      `...${key.hint}`,
      day(key.created_at, '-'),
      day(key.expires_at, 'never'),
      day(key.revoked_at, '-'),
    ]
    if (keys.length === 0) session.print('No key yet. Make one: saywhen keys create NAME.')
    else
      session.print(
        ...table(
          titles.map((title) => ({ title })),
          keys.map(row),
          session.style,
        ),
      )
    return 0
  },
}

export const keysRevoke: Command = {
  name: 'keys revoke',
  about: 'refuse an API key from now on',
  argument: { name: 'ID' },
  flags: {},
  async run(session) {
    const answer = await session.api('DELETE', `/keys/${encodeURIComponent(session.argument)}`)
    if (session.json) session.printJson(answer)
    else {
      const { key } = shown(keyAnswer, answer)
      session.print(`Key ${key.key_id} (${key.name}, ...${key.hint}) is revoked since ${key.revoked_at}.`)
    }
    return 0
  },
}

export const keysOperator: Command = {
  name: 'keys operator',
  about: 'make the key with which a deployment’s operator creates its owners’ first keys',
  flags: {},
  async run(session) {
    const secret = newSecret('operator', session.deps.randomBytes(SECRET_BYTES))
    const hash = secretHash(secret)
    if (session.json) session.printJson({ success: true, secret, hash })
    else {
      const entries: [string, string][] = [
        ['Key', secret],
        ['Hash', hash],
      ]
      session.print(
        ...facts(entries, session.columns),
        '',
        'Configure the deployment with SAYWHEN_OPERATOR_KEY_HASH=<hash>; keep the key: it is not shown again.',
      )
    }
    return 0
  },
}

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface SigningKey {
  kid: string
  alg: string
  privateKey: CryptoKey
  publicKey: CryptoKey
  jwk: JWK
}

export async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface TestIssuer {
  url: string
  /** the paths that were asked for, in order */
  asked: string[]
  /** what it publishes now */
  keys: JWK[]
  /** answers in place of the usual ones, by path */
  answers: Record<string, (response: ServerResponse) => void>
  close(): Promise<void>
}

/** An OIDC issuer on loopback: its discovery document and its keys. */
export async function startIssuer(keys: JWK[]): Promise<TestIssuer> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    issuer.asked.push(path)
    if (issuer.answers[path]) return issuer.answers[path](response)
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
      '/keys': { keys: issuer.keys },
    }
    response.writeHead(documents[path] ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(documents[path] ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    keys,
    answers: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return issuer
}

/** A token signed by the key; `claims` and `header` replace the usual ones. */
export function tokenOf(
  { kid, alg, privateKey }: SigningKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
}

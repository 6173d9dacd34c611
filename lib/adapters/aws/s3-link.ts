import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { AppError } from '../../core/errors.ts'
import { type Bucket, safeKey } from './s3-objects.ts'

/** The longest a signature of this kind holds: 7 days. Credentials of a Lambda end earlier, and the link with them. */
const LONGEST_SECONDS = 7 * 24 * 3600

/** A link by which anybody reads the object for so many seconds, without other rights. The object need not exist. */
export async function signedLink({ client, name }: Bucket, key: string, seconds: number): Promise<string> {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS)
    throw new AppError('internal', `A link holds for 1 to ${LONGEST_SECONDS} whole seconds, not ${seconds}.`)
  const command = new GetObjectCommand({ Bucket: name, Key: safeKey(key) })
  return getSignedUrl(client, command, { expiresIn: seconds })
}

/** How many bytes an object holds; undefined when there is none. */
export async function objectBytes({ client, name }: Bucket, key: string): Promise<number | undefined> {
  try {
    return (await client.send(new HeadObjectCommand({ Bucket: name, Key: safeKey(key) }))).ContentLength
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return undefined
    throw error
  }
}

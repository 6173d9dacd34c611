/** Where bytes are kept: a directory here, a bucket on AWS. Keys are slash-separated and relative. */
export interface ObjectStore {
  /** The object's bytes, or undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Writes the whole object atomically: a reader sees the old or the new bytes, never a part. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** Writes only when no object has this key; says whether it did. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>
  /** Writes only while the object holds the expected bytes, whoever else writes meanwhile; says whether it did. */
  replace(key: string, bytes: Uint8Array, expected: Uint8Array): Promise<boolean>
  /** Removes the object; no error when there is none. */
  delete(key: string): Promise<void>
  /** Keys that start with the prefix, in code-unit order. */
  list(prefix: string): Promise<string[]>
}

/** Reads that tell which content of a key they saw, and spare the body of content that is known. */
export interface TaggedReads {
  /** The object and its tag; `same` when it still is what `known` names; undefined when there is none. */
  getTagged(key: string, known?: string): Promise<{ bytes: Uint8Array; tag: string } | 'same' | undefined>
}

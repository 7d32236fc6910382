import { createHash, randomUUID } from 'node:crypto'
import type { Call, Reply } from './service.ts'

/** What EventBridge says of a new object. */
export type ObjectCreated = {
  readonly source: 'aws.s3'
  readonly 'detail-type': 'Object Created'
  readonly id: string
  readonly time: string
  readonly detail: {
    readonly version: '0'
    readonly bucket: { readonly name: string }
    readonly object: {
      readonly key: string
      readonly size: number
      readonly etag: string
      readonly 'version-id': string
      readonly sequencer: string
    }
    readonly reason: 'PutObject'
  }
}

/** The bucket with the nightly files. */
export type Bucket = {
  readonly name: string
  /** Puts a version of an object. @returns the event that EventBridge would deliver */
  put(key: string, content: string | Uint8Array): ObjectCreated
}

/** S3 with one versioned bucket, path-style. Over HTTP, objects can only be read, by version; the stack itself puts them. */
export function s3(name: string) {
  const versions = new Map<string, Uint8Array>()
  let puts = 0

  function put(key: string, content: string | Uint8Array): ObjectCreated {
    const [body, version] = [Buffer.from(content), randomUUID().replaceAll('-', '')]
    versions.set(`${key}?${version}`, body)
    puts += 1
    const etag = createHash('md5').update(body).digest('hex')
    const sequencer = (0x617f08299329d000n + BigInt(puts)).toString(16).toUpperCase().padStart(18, '0')
    const object = { key, size: body.length, etag, 'version-id': version, sequencer }
    return {
      ...{ source: 'aws.s3', 'detail-type': 'Object Created', id: randomUUID() },
      time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      detail: { version: '0', bucket: { name }, object, reason: 'PutObject' },
    } as const
  }

  async function service({ operation, path = '' }: Call): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://s3')
    const [, bucket, ...key] = decodeURIComponent(pathname).split('/')
    if (operation !== 'GetObjectVersion') return s3Error('NotImplemented', 501)
    if (bucket !== name) return s3Error('NoSuchBucket', 404)
    const body = versions.get(`${key.join('/')}?${searchParams.get('versionId')}`)
    if (!body) return s3Error('NoSuchVersion', 404)
    const headers = { 'content-type': 'binary/octet-stream', 'content-length': body.length }
    return { status: 200, headers, body: Buffer.from(body).toString('latin1'), encoding: 'latin1' }
  }

  return { service, bucket: { name, put } satisfies Bucket }
}

/** An error as S3 writes it. */
export function s3Error(code: string, status: number): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body }
}

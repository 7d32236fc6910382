import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'

/** Reads files of one bucket by their version, so that nobody changes a file while it is read. */
export function s3Files({ client, bucket }: { readonly client: S3Client; readonly bucket: string }) {
  return {
    bucket,
    /** @throws if there is no such version */
    async open(key: string, version: string): Promise<AsyncIterable<Uint8Array>> {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version })
      const { Body, ContentLength } = await client.send(command)
      if (!Body) throw new Error('Cannot read a file: S3 answered without a body')
      return whole(Body as unknown as AsyncIterable<Uint8Array>, ContentLength)
    },
  }
}

/** @throws if the connection ended before the file did: half a roster would pass for a whole one */
async function* whole(body: AsyncIterable<Uint8Array>, length: number | undefined) {
  let read = 0
  for await (const piece of body) {
    read += piece.length
    yield piece
  }
  if (length !== undefined && read !== length)
    throw new Error(`Cannot read a file: ${read} of ${length} bytes came`)
}

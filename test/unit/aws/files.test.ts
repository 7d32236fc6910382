import { GetObjectCommand, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { s3Files } from '../../../lib/aws/files.ts'

const PIECES = ['name,', 'left\n'].map((text) => Buffer.from(text))

function setUp(answer: object) {
  const client = new S3Client({})
  const s3 = mockClient(client)
  s3.on(GetObjectCommand).resolves(answer as GetObjectCommandOutput)
  return { s3, files: s3Files({ client, bucket: 'rosters' }) }
}

async function* body() {
  yield* PIECES
}

test('open() reads one version of a file, piece by piece', async () => {
  const { s3, files } = setUp({ Body: body(), ContentLength: 10 })

  expect(await Array.fromAsync(await files.open('workday/a.csv', 'v-1'))).toEqual(PIECES)
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
    ...{ Bucket: 'rosters', Key: 'workday/a.csv', VersionId: 'v-1' },
  })
})

test.each([9, 11])('a file of %i bytes of which 10 came is not read to its end', async (ContentLength) => {
  const { files } = setUp({ Body: body(), ContentLength })

  const reading = Array.fromAsync(await files.open('workday/a.csv', 'v-1'))

  await expect(reading).rejects.toThrow(`10 of ${ContentLength} bytes came`)
})

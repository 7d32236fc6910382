import { describe, expect, test } from 'vitest'
import { readList, writeList } from '../../../lib/sweep/lists.ts'
import { ORG, sweepWorld } from './sweep-world.ts'

function namesOf(count: number, domain = 'example.com'): Map<string, string> {
  return new Map(
    Array.from({ length: count }, (_, n) => [
      `5e4bc367c6b0f41b${n.toString(16).padStart(8, '0')}`,
      `person.number.${n}@${domain}`,
    ]),
  )
}

const listKeys = (keys: Iterable<string>) => [...keys].filter((key) => key.startsWith('list#'))

describe('writeList()', () => {
  test('keeps 100,000 members in items under 100 KB, which readList() reads again', async () => {
    const { deps, memories } = sweepWorld()
    const names = namesOf(100_000)

    await writeList(deps.ledger, ORG, names)

    const sizes = [...memories.values()].map(({ state }) => Buffer.byteLength(JSON.stringify(state)))
    expect(Math.max(...sizes)).toBeLessThan(100_000)
    expect(await readList(deps.ledger, ORG)).toEqual(names)
  })

  test('writes only the items that say something else', async () => {
    const { deps, written } = sweepWorld()
    const names = namesOf(20_000)
    await writeList(deps.ledger, ORG, names)
    written.length = 0

    await writeList(deps.ledger, ORG, names)
    expect(written).toEqual([])
    await writeList(deps.ledger, ORG, new Map([...names].slice(1)))
    expect(written).toHaveLength(1)
  })

  test('forgets who left, and keeps nothing where nobody is', async () => {
    const { deps, memories } = sweepWorld()
    await writeList(deps.ledger, ORG, namesOf(3))
    await writeList(deps.ledger, ORG, namesOf(1))

    expect(await readList(deps.ledger, ORG)).toEqual(namesOf(1))
    expect(listKeys(memories.keys())).toHaveLength(3)
  })

  test('loses nobody wherever it ends while a list grows', async () => {
    const [small, large] = [namesOf(5_000), namesOf(20_000, 'new.example.com')]
    for (let writes = 0; writes <= 64; writes += 16) {
      const { deps } = sweepWorld()
      await writeList(deps.ledger, ORG, small)
      let left = writes
      const { change } = deps.ledger
      const ledger: typeof deps.ledger = {
        ...deps.ledger,
        change: async (...args) => {
          left -= 1
          if (left < 0) throw new Error('ended')
          return await change(...args)
        },
      }
      await writeList(ledger, ORG, large).catch(() => undefined)

      const read = await readList(deps.ledger, ORG)
      const lost = [...small.keys()].filter((userId) => !read?.has(userId))
      expect(lost, `after ${writes} writes`).toEqual([])
    }
  })
})

test('readList() knows nothing before the first list', async () => {
  expect(await readList(sweepWorld().deps.ledger, ORG)).toBeUndefined()
})

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
  test('keeps 100,000 members in items under 300 KB, which readList() reads again', async () => {
    const { deps, memories } = sweepWorld()
    const names = namesOf(100_000)

    await writeList(deps.ledger, ORG, names)

    const sizes = [...memories.values()].map(({ state }) => Buffer.byteLength(JSON.stringify(state)))
    expect(sizes.length).toBeGreaterThan(20)
    expect(Math.max(...sizes)).toBeLessThan(300_100)
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

  test('forgets who left, and keeps an organization of a few in one item', async () => {
    const { deps, memories } = sweepWorld()
    await writeList(deps.ledger, ORG, namesOf(3))
    await writeList(deps.ledger, ORG, namesOf(1))

    expect(await readList(deps.ledger, ORG)).toEqual(namesOf(1))
    expect(listKeys(memories.keys())).toEqual([`list#${ORG}#0`])
  })

  test('loses nobody wherever it ends while a list grows', async () => {
    const [small, large] = [namesOf(5_000), namesOf(20_000, 'new.example.com')]
    for (let writes = 0; writes <= 8; writes += 1) {
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

test('readList() believes the newer of two parts that know a member', async () => {
  const { deps, remember } = sweepWorld()
  const userId = '5e4bc367c6b0f41b00000001'
  remember(`list#${ORG}#0`, { of: 2, members: { [userId]: 'old@example.com' } })
  remember(`list#${ORG}#1`, { of: 4, members: { [userId]: 'new@example.com' } })
  expect(await readList(deps.ledger, ORG)).toEqual(new Map([[userId, 'new@example.com']]))

  remember(`list#${ORG}#0`, { of: 4, members: { [userId]: 'new@example.com' } })
  remember(`list#${ORG}#1`, { of: 2, members: { [userId]: 'old@example.com' } })
  expect(await readList(deps.ledger, ORG)).toEqual(new Map([[userId, 'new@example.com']]))
})

test('readList() knows nothing before the first list', async () => {
  expect(await readList(sweepWorld().deps.ledger, ORG)).toBeUndefined()
})

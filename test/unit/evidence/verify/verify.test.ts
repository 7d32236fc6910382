import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { archivedIn } from '../../../../lib/evidence/verify/archived.ts'
import type { CommittedPage } from '../../../../lib/evidence/verify/committed.ts'
import type { Finding } from '../../../../lib/evidence/verify/findings.ts'
import { archivedText, OWNER } from '../../../support/archive-double.ts'
import { recordsOf, UNTIL, verified } from './records.ts'

async function bothOf(cases: number) {
  const records = await recordsOf(cases)
  const pages = await records.pages()
  return { pages, lines: records.taken.map((event, index) => archivedText(event, index)) }
}

const { pages: ALL_PAGES, lines: ALL_LINES } = await bothOf(2_500)
const { pages: PAGES, lines: LINES } = await bothOf(100)
const SEED = 20_261_129

function uidIn(line: string): string {
  return JSON.parse(line).detail.metadata.uid
}

/** @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}

const CHANGES = {
  change: (bytes: Buffer, at: number, by: number) =>
    Buffer.from(bytes).fill((bytes[at] ?? 0) ^ by, at, at + 1),
  deletion: (bytes: Buffer, at: number) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
  insertion: (bytes: Buffer, at: number, by: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.of(by), bytes.subarray(at)]),
  swap: (bytes: Buffer, at: number) =>
    Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(bytes.subarray(at, at + 2)).reverse(),
      bytes.subarray(at + 2),
    ]),
} as const
type Change = keyof typeof CHANGES

/** Compares what digests cover: not the id of the envelope, nor how EventBridge rounds its time to seconds. */
function hasSameContent(one: Uint8Array, other: Uint8Array): boolean {
  const read = (bytes: Uint8Array) => {
    try {
      const { id, time, ...rest } = JSON.parse(new TextDecoder().decode(bytes))
      return { ...rest, isTimed: Math.abs(Date.parse(time) - rest.detail.time) <= 1_000 }
    } catch {
      return undefined
    }
  }
  return isDeepStrictEqual(read(one), read(other))
}

const namedUids = (findings: readonly Finding[]) => new Set(findings.map(({ uid }) => uid))

describe('verify()', () => {
  test('finds nothing in 10,000 events on which both records agree', async () => {
    const result = await verified(ALL_LINES, ALL_PAGES)
    expect(ALL_LINES.length).toBeGreaterThan(10_000)
    expect(result).toMatchObject({ findings: 0, named: [], waiting: 0, vouched: 0, days: 4 })
    expect(result.archived).toBe(result.committed)
  })

  test('finds nothing in copied events and reordered files', async () => {
    const lines = [...LINES.toReversed(), ...LINES.slice(0, 50)]
    expect(await verified(lines, PAGES)).toMatchObject({ findings: 0, repeated: 50 })
  })

  test.each(Object.keys(CHANGES) as Change[])(
    'names every event in 10,000 with a %s of one byte',
    async (kind) => {
      const roll = dice(SEED + kind.length)
      const changed = new Map<string, boolean>()
      const lines = ALL_LINES.map((line, index) => {
        if (index % 5 !== 0) return line
        const bytes = Buffer.from(line)
        // Never a line end (10): it would split the line in two.
        const other = CHANGES[kind](bytes, roll(bytes.length - 1), 1 + roll(9))
        changed.set(uidIn(line), !hasSameContent(bytes, other))
        return other
      })
      const named = namedUids((await verified(lines, ALL_PAGES)).named)

      const unnamed = [...changed].filter(([uid, isChanged]) => isChanged && !named.has(uid))
      expect(unnamed, `seed ${SEED}`).toEqual([])
      const innocent = ALL_LINES.filter((_, index) => index % 5 !== 0)
        .map(uidIn)
        .filter((uid) => named.has(uid))
      // A changed uid may be another event's.
      expect(innocent.length).toBeLessThan(5)
      expect([...changed.values()].filter(Boolean).length).toBeGreaterThan(1_500)
    },
  )

  test('notices a change of one byte anywhere in an event of each kind', () => {
    const samples = ['Offboarding Outcome', 'Offboarding Notice'].map(
      (type) => LINES.find((line) => line.includes(type)) ?? '',
    )
    for (const line of samples) {
      const bytes = Buffer.from(line)
      const [original] = archivedIn(line, 'a:1', OWNER)
      for (const [kind, change] of Object.entries(CHANGES))
        for (let at = 0; at < bytes.length - 1; at += 1)
          for (const by of [1, 0x20]) {
            const other = change(bytes, at, by)
            const read = archivedIn(new TextDecoder().decode(other), 'a:1', OWNER)
            const isSame = read.length === 1 && isDeepStrictEqual(read[0], original)
            if (isSame) expect(hasSameContent(bytes, other), `${kind} at ${at}: ${other}`).toBe(true)
          }
    }
  })

  test('names every event that is missing, forged, or in the archive with two contents', async () => {
    const [lost, forged, second] = [LINES[10] ?? '', LINES[20] ?? '', LINES[30] ?? '']
    const invented = forged.replace(uidIn(forged), `${uidIn(forged).split('/')[0]}/9`)
    const other = second.replace('"severity_id":', '"severity_id":9')
    // The second content comes before the original, and must not mask it.
    const lines = [other, invented, ...LINES.filter((line) => line !== lost)]
    const { named } = await verified(lines, PAGES)

    expect(named).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'missing', uid: uidIn(lost), changed: 'archive' }),
        expect.objectContaining({ kind: 'extra', uid: uidIn(invented), where: 'a:2' }),
        expect.objectContaining({ kind: 'second_content', uid: uidIn(second), where: 'a:1' }),
      ]),
    )
    expect(named.filter(({ kind }) => kind !== 'day_differs')).toHaveLength(3)
  })

  test('names two events whose contents were exchanged', async () => {
    const [one, other] = [LINES[0] ?? '', LINES[3] ?? '']
    const as = (line: string, like: string) => line.replaceAll(uidIn(line), uidIn(like))
    const { named } = await verified(
      [as(one, other), as(other, one), ...LINES.filter((line) => line !== one && line !== other)],
      PAGES,
    )
    expect(named.map(({ kind, uid }) => [kind, uid])).toEqual(
      expect.arrayContaining([
        ['altered', uidIn(one)],
        ['altered', uidIn(other)],
      ]),
    )
  })

  test('names each line of the archive that is no event of ours, and where it is', async () => {
    const stranger = (LINES[0] ?? '').replace('"atlas.offboarding"', '"atlas.offboardinh"')
    const twice = (LINES[1] ?? '').replace('"status_id":', '"status_id":1,"status_id":')
    const { named } = await verified(['{"half":', stranger, twice, ...LINES], PAGES)
    expect(named.map(({ kind, where }) => [kind, where])).toEqual(
      [1, 2, 3].map((line) => ['unreadable', `a:${line}`]),
    )
  })
})

/** The ledger's pages with some records changed by hand. */
function altered(change: (record: CommittedPage['records'][number]) => object): readonly CommittedPage[] {
  return PAGES.map((page) => ({
    ...page,
    records: page.records.map((record) => ({ ...record, ...change(record) })),
  }))
}

describe('verify() of a ledger that was changed', () => {
  const TASK = PAGES[0]?.records.find(({ entries }) => entries.length === 3)
  const only = (change: (record: NonNullable<typeof TASK>) => object) =>
    altered((record) => (record.record === TASK?.record ? change(record) : {}))
  const uid = `${TASK?.record}/2`

  test('names the event whose digest was changed, and knows from the manifest that it was the ledger', async () => {
    const [first, second, third] = TASK?.entries ?? []
    const pages = only(() => ({ entries: [first, { ...second, digest: first?.digest }, third] }))
    expect((await verified(LINES, pages)).named).toMatchObject([{ kind: 'altered', uid, changed: 'ledger' }])
  })

  test('names events whose digests were exchanged as out of sequence', async () => {
    const [first, second, third] = TASK?.entries ?? []
    const pages = only(() => ({
      entries: [{ ...first, digest: second?.digest }, { ...second, digest: first?.digest }, third],
    }))
    expect((await verified(LINES, pages)).named).toMatchObject([
      { kind: 'out_of_sequence', uid: `${TASK?.record}/1`, changed: 'ledger' },
      { kind: 'out_of_sequence', uid, changed: 'ledger' },
    ])
  })

  test('names the sequence number of a lost digest, and an event that was made up', async () => {
    const [first, , third] = TASK?.entries ?? []
    const lost = only(() => ({ entries: [first, third], lost: [2] }))
    expect((await verified(LINES, lost)).named).toMatchObject([
      { kind: 'lost_digest', record: TASK?.record, sequence: 2 },
    ])

    const made = only(({ entries }) => ({
      entries: [...entries, { ...third, uid: `${TASK?.record}/4`, digest: first?.digest }],
    }))
    expect((await verified(LINES, made)).named).toMatchObject([
      { kind: 'missing', sequence: 4, changed: 'ledger' },
    ])
  })

  test('names a case whose outcome differs from that of its last event', async () => {
    const pages = only(({ closed }) => ({ closed: { ...closed, verdict: 'cancelled   ' } }))
    expect((await verified(LINES, pages)).named).toMatchObject([
      { kind: 'contradicts', uid: `${TASK?.record}/3`, changed: 'ledger' },
    ])
  })

  test('names a day whose manifest was changed or is gone', async () => {
    const [first, ...others] = PAGES[0]?.manifests ?? []
    const changed = [{ ...PAGES[0], manifests: [{ ...first, root: 'x' }, ...others] }, ...PAGES.slice(1)]
    const gone = [{ ...PAGES[0], manifests: others }, ...PAGES.slice(1)]
    expect((await verified(LINES, changed as never)).named.map(({ kind }) => kind)).toEqual([
      'day_differs',
      'manifest_differs',
    ])
    expect((await verified(LINES, gone as never)).named).toMatchObject([
      { kind: 'manifest_differs', day: first?.day },
    ])
  })

  test('counts events that left the ledger as vouched for by a manifest, unless the archive lost one too', async () => {
    const kept = (one: CommittedPage['records'][number]) => one.record !== TASK?.record
    const expired = PAGES.map((page) => ({ ...page, records: page.records.filter(kept) }))
    expect(await verified(LINES, expired)).toMatchObject({ findings: 0, vouched: 3 })

    const day = new Date(TASK?.entries[0]?.at ?? 0).toISOString().slice(0, 10)
    const { named } = await verified(
      LINES.filter((line) => uidIn(line) !== uid),
      expired,
    )
    expect(named.map(({ kind }) => kind)).toEqual(['extra', 'extra', 'day_differs'])
    expect(named.at(-1)?.day).toBe(day)
  })
})

test('verify() leaves out events outside the period, and counts those that wait to be published', async () => {
  const until = new Date(UNTIL.getTime() - 3 * 24 * 3_600_000)
  const { archived, findings, days } = await verified(LINES, PAGES, { until })
  expect([findings, days]).toEqual([0, 1])
  expect(archived).toBeLessThan(LINES.length / 2)

  const [first] = PAGES[0]?.records ?? []
  const waits = first?.entries[0]?.uid ?? ''
  const waiting = altered((record) => (record.record === first?.record ? { waiting: [waits] } : {}))
  const lines = LINES.filter((line) => uidIn(line) !== waits)
  expect(await verified(lines, waiting)).toMatchObject({ findings: 0, waiting: 1 })
})

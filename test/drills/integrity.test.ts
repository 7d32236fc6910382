import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { archivedText, firehose, type Taken, writeArchive } from '../support/archive-double.ts'
import { rowSays } from './runbook.ts'
import { ADA, DAY, HOUR, type Scene, startScene, ZOE } from './scene.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Ada left, was held, released and removed; on the day after, the manifest was published. */
async function lived(): Promise<Scene> {
  const scene = startScene({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
  scene.world.org().members = [ADA, ZOE]
  await scene.departs()
  await scene.run(`release ${scene.world.cases()[0]?.id} --because HR-1042`)
  await scene.passing(5 * 60_000)
  await scene.idle(DAY)
  await scene.daily()
  await scene.idle(2 * HOUR)
  return scene
}

const takenIn = ({ world }: Scene) => world.aws.published as readonly Taken[]
const uidOf = ({ detail }: Taken) => (detail as { metadata: { uid: string } }).metadata.uid

/** Types what the runbook says, with a copy of the archive. */
async function verifies(
  scene: Scene,
  events: readonly Taken[],
  { also = [], since = '30d' }: { also?: readonly string[]; since?: string } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'))
  folders.push(folder)
  writeArchive(
    folder,
    new Map([...firehose(events), ...(also.length > 0 ? [['audit/9999/12/31/z.gz', also] as const] : [])]),
  )
  const [typed = ''] = rowSays('the archive or the ledger does not agree')
  return await scene.run(`${typed.replace(/s3:\/\/\S+/, folder).replace('30d', since)} --json`)
}

describe('the archive or the ledger does not agree', () => {
  test('nobody touched them: verify says so and exits 0', async () => {
    const scene = await lived()
    const { out, status, err } = await verifies(scene, takenIn(scene))
    expect([status, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({
      findings: 0,
      days: expect.any(Number),
      archived: expect.any(Number),
    })
    expect(JSON.parse(out).archived).toBeGreaterThan(2)
  })

  test('the archive altered: the event is named, and the manifest says which side', async () => {
    const scene = await lived()
    const removed = takenIn(scene).find(({ detail }) => JSON.stringify(detail).includes('"removed"'))
    const forged = takenIn(scene).map((event) =>
      event === removed ? JSON.parse(JSON.stringify(event).replace('"removed"', '"already_absent"')) : event,
    )
    const { out, status } = await verifies(scene, forged)
    expect(status).toBe(1)
    expect(JSON.parse(out).named).toMatchObject([
      { kind: 'altered', uid: removed && uidOf(removed), changed: 'archive' },
    ])
  })

  test('the ledger altered: a case that says another outcome is named', async () => {
    const scene = await lived()
    const [item] = scene.world.table.items().filter(({ pk }) => pk.startsWith('case#'))
    if (!item) throw new Error('no case')
    const body = item.body.replace('"kind":"removed"', '"kind":"already_absent"')
    expect(body).not.toBe(item.body)
    await scene.world.table.update({ ...item, version: item.version + 1, writeId: 'attacker', body })

    const { out, status } = await verifies(scene, takenIn(scene))
    expect(status).toBe(1)
    expect(JSON.parse(out).named).toMatchObject([{ kind: 'contradicts', changed: 'ledger' }])
  })

  test('an event forged on the bus first, under the uid that the real one will have: the forged one is named', async () => {
    const scene = await lived()
    const real = takenIn(scene).find(({ detail }) => JSON.stringify(detail).includes('"removed"'))
    if (!real) throw new Error('no removal')
    const detail = { ...real.detail, message: 'Nobody was removed' }
    const { out, status } = await verifies(scene, takenIn(scene), {
      also: [archivedText({ ...real, detail }, 'forged')],
    })
    expect(status).toBe(1)
    expect(JSON.parse(out).named).toMatchObject([
      { kind: 'second_content', uid: uidOf(real), where: expect.stringContaining('9999/12/31/z.gz:1') },
    ])
  })

  test('a person was forgotten in between: nothing to find, and nothing hidden', async () => {
    const scene = await lived()
    await scene.idle(29 * DAY)
    await scene.run(`forget ${ADA.username} --because HR-1`)
    await scene.daily()
    await scene.idle(2 * HOUR)
    const whole = await verifies(scene, takenIn(scene), { since: '40d' })
    expect([whole.status, JSON.parse(whole.out).findings]).toEqual([0, 0])

    const cut = takenIn(scene).filter(({ detail }) => !JSON.stringify(detail).includes('"removed"'))
    expect(JSON.parse((await verifies(scene, cut, { since: '40d' })).out).named).toMatchObject([
      { kind: 'missing' },
    ])
  })

  test('a report is checked too: as it was made, and after somebody made it look better', async () => {
    const scene = await lived()
    const files: Record<string, string> = {}
    expect((await scene.run('report --since 5d --html report.html', { files })).status).toBeLessThan(4)
    const folder = mkdtempSync(join(tmpdir(), 'archive-'))
    folders.push(folder)
    writeArchive(folder, firehose(takenIn(scene)))
    const line = `verify --archive ${folder} --report report.html --json`

    const whole = await scene.run(line, { files })
    expect([whole.status, JSON.parse(whole.out).findings]).toEqual([0, 0])
    expect(files['report.html']).toMatch(
      /in account 111122223333.*enforce, 10 removals a day.*UTC on, version 1.2.3: enforce/s,
    )

    const better = {
      'report.html': (files['report.html'] ?? '').replace('>1 case<', '>0 cases<').replace('ada@', 'eve@'),
    }
    const { out, status } = await scene.run(line, { files: better })
    expect([status, JSON.parse(out).named]).toMatchObject([1, [{ kind: 'report_page' }]])
  })

  test('a place that is none, or empty, is a wrong command line', async () => {
    const scene = await lived()
    expect(await scene.run('verify --archive /nowhere/at/all')).toMatchObject({ status: 2 })
    expect((await verifies(scene, [])).status).toBe(2)
    expect(await scene.run('verify')).toMatchObject({ status: 2 })
  })
})

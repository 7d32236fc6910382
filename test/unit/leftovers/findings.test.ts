import { expect, test } from 'vitest'
import { bounded, counted, type Finding, invitationFinding } from '../../../lib/leftovers/findings.ts'
import { INVITATION } from './search-world.ts'

const PLACE = { id: 'p', name: 'payments' }

function finding(action: Finding['action'], note?: string): Finding {
  return invitationFinding(INVITATION, PLACE, { action, ...(note && { note }) })
}

test('counted() counts by what was done', () => {
  const findings = [finding('deleted'), finding('failed'), finding('deleted')]

  expect(counted(findings)).toEqual({ deleted: 2, reported: 0, failed: 1 })
})

test('bounded() keeps everything that fits, what a human must act on first', () => {
  const all = [finding('deleted'), finding('reported'), finding('failed')]

  expect(bounded(all)).toEqual({ findings: [all[1], all[2], all[0]], omitted: 0 })
  expect(bounded([])).toEqual({ findings: [], omitted: 0 })
})

test('bounded() omits what one item cannot hold, and never what a human must act on before what is done', () => {
  const deleted = Array.from({ length: 500 }, () => finding('deleted', 'x'.repeat(200)))
  const { findings, omitted } = bounded([...deleted, finding('failed')])

  expect(findings[0]?.action).toBe('failed')
  expect(omitted).toBe(501 - findings.length)
  expect(omitted).toBeGreaterThan(0)
  expect(Buffer.byteLength(JSON.stringify(findings))).toBeLessThan(61_000)
})

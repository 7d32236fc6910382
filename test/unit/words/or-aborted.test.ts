import { expect, test, vi } from 'vitest'
import { orAborted } from '../../../lib/words/or-aborted.ts'

const never = () => new Promise<never>(() => {})

test('orAborted() gives up with the reason of the signal, whatever the work does', async () => {
  const controller = new AbortController()
  const waiting = orAborted(controller.signal, never())

  controller.abort(new Error('late'))

  await expect(waiting).rejects.toThrow('late')
  await expect(orAborted(controller.signal, never())).rejects.toThrow('late')
})

test('orAborted() gives back what the work comes to, and leaves nothing at the signal', async () => {
  const { signal } = new AbortController()
  const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]

  const later = new Promise((resolve) => setImmediate(resolve, 7))
  expect(await orAborted(signal, later)).toBe(7)
  await expect(orAborted(signal, Promise.reject(new Error('reset')))).rejects.toThrow('reset')

  expect(removed.mock.calls).toEqual(added.mock.calls)
})

import { expect } from 'vitest'
import type { Stack } from './stack.ts'

/** Lets the sweep's minute come, and asserts that no part of it failed. */
export async function swept({ sweep }: Stack): Promise<void> {
  expect((await sweep.invoke({ job: 'minute' })).functionError).toBeUndefined()
}

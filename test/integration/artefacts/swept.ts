import { expect } from 'vitest'
import type { Stack } from './stack.ts'

/** Lets the sweep's minute come, and asserts that none of its jobs failed. */
export async function swept({ sweep }: Stack): Promise<void> {
  expect((await sweep.invoke({})).functionError).toBeUndefined()
}

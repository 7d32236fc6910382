import { describe, expect, test } from 'vitest'
import { askedIn, playPlain, publishedIn, sweptIn } from './plain.ts'
import { STORIES } from './stories.ts'

describe('a story in which nothing goes wrong but what it says itself', () => {
  test.each(STORIES)('$name', async (story) => {
    const run = await playPlain(story)

    expect(publishedIn(run)).toEqual(story.publishes)
    expect(askedIn(run)).toEqual(story.asks ?? expect.anything())
    expect(sweptIn(run)).toBe(story.swept ?? 0)
    expect(run.violations).toEqual([])
  })

  test('has a name of its own', () => {
    const names = STORIES.map(({ name }) => name)

    expect(new Set(names).size).toBe(names.length)
  })
})

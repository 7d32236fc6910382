import { vi } from 'vitest'

/** What is written to the log meanwhile, line by line. */
export function printed(act: () => void): readonly string[] {
  const texts: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0)
  try {
    act()
  } finally {
    write.mockRestore()
  }
  return texts.join('').split('\n')
}

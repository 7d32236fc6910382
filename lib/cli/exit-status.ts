/** What each exit status means. The help and the pages say the same. */
export const EXIT_STATUS = {
  0: 'done',
  1: 'something is still held, refused, deferred or pending, was not changed, or orphans were found',
  2: 'the command line, the request or the roster is wrong; nothing was done',
  3: 'a function or an organization could not be reached',
  4: 'a file could not be written',
  130: 'interrupted at a question',
} as const

export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 130

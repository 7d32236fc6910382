/** For whom an answer is shown: at what time, and on how many columns; `undefined` cuts nothing. */
export type View = { readonly now: Date; readonly width: number | undefined }

/** An answer in words, and what it means for whoever called. */
export type Report = {
  readonly text: string
  /** 1: something is held, refused, deferred, pending, or was not changed. 3: a function, or an organization, could not be asked. */
  readonly status: 0 | 1 | 3
  /** What nobody may overlook. */
  readonly warning?: string
}

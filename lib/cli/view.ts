/** For whom an answer is shown: at what time, and on how many columns; `undefined` wraps nothing. */
export type View = { readonly now: Date; readonly width: number | undefined }

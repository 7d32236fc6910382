import { describe, expect, test } from 'vitest'
import { type RosterRow, readRoster } from '../../../lib/people/roster.ts'

/** Reads a roster in pieces of so many bytes; the names by line. */
async function read(content: string | Uint8Array, pieceBytes = 7) {
  const taken: (readonly string[])[] = []
  const result = await readRoster(
    pieces(Buffer.from(content), pieceBytes),
    ({ names }) => void taken.push(names),
  )
  return { taken, result }
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function refusalOf(content: string | Uint8Array): Promise<string> {
  const { result } = await read(content)
  return result.kind === 'refused' ? result.error : `read ${result.lines} lines`
}

const [ADA, BOB] = ['ada@example.com', 'bob@example.com']

describe('readRoster()', () => {
  test.each([
    ['userName', `userName\n${ADA}\n${BOB}\n`],
    ['USERNAME', `USERNAME\n${ADA}\n${BOB}\n`],
    ['email among others', `id,Contact,email\n1,x,${ADA}\n2,y,${BOB}\n`],
    ['mail, quoted, with spaces', `" Mail ","Name"\n"${ADA}","Byron, Ada"\n"${BOB}",""\n`],
    ['CRLF', `mail\r\n${ADA}\r\n${BOB}\r\n`],
    ['a lone return, as old Macs write', `mail\r${ADA}\r${BOB}\r`],
    ['no line end at the end', `mail\n${ADA}\n${BOB}`],
    ['blank lines', `mail\n\n${ADA}\n \n${BOB}\n\n\n`],
    ['a byte order mark', `\ufeffmail\n${ADA}\n${BOB}\n`],
    ['semicolons', `name;mail\n"Byron; Ada";${ADA}\nBob;${BOB}\n;\n`],
    ['tabs', `name\tmail\nByron, Ada\t${ADA}\nBob\t${BOB}\n`],
    ['the separator that a spreadsheet is told', `sep=;\r\nmail;a,b,c\r\n${ADA};1\r\n${BOB};2\r\n`],
    ["PowerShell's type", `#TYPE Selected.ADUser\r\n"mail"\r\n"${ADA}"\r\n"${BOB}"\r\n`],
    ['line breaks and quotes in a field', `note,mail\n"a ""b"",\r\nc\n",${ADA}\n"",${BOB}\n`],
    ['a quote in the middle of a field', `note,mail\n5" disk,${ADA}\n6",${BOB}\n`],
    ['empty fields too many', `mail,name,,\n${ADA},Ada,,,\n${BOB},Bob,\n`],
    ['letters that are not ASCII', `name,mail\nJosé 🙂,${ADA}\nŁukasz,${BOB}\n`],
  ])('reads %s, however it is cut into pieces', async (_, content) => {
    for (const size of [1, 2, 3, 7, 1_000]) {
      const { taken, result } = await read(content, size)

      expect(result).toMatchObject({ kind: 'roster', lines: 2, nameless: 0 })
      expect(taken).toEqual([[ADA], [BOB]])
    }
  })

  test.each(['utf-16le', 'utf-16be'])('reads %s with a byte order mark', async (encoding) => {
    const bytes = Buffer.from(`\ufeffmail\tname\r\n${ADA}\tŁ\r\n`, 'utf16le')
    if (encoding === 'utf-16be') bytes.swap16()

    for (const size of [1, 3, 1_000]) expect((await read(bytes, size)).taken).toEqual([[ADA]])
  })

  test.each([
    [
      "Workday's report",
      `{"Report_Entry":[{"Email_-_Work":"${ADA}"},\n{"Email_-_Work":"${BOB}","x":{"y":["}"]}}]}\n`,
    ],
    ['an array', ` [ {"mail":"${ADA}","n":1}\n,\n{"mail":"${BOB}","s":"a \\" {"} ]`],
    ['one object a line', `{"mail":"${ADA}"}\n{"mail":"${BOB}","name":"José"}\n`],
    ['references', `[{"mail":{"Descriptor":"${ADA}"}},{"mail":{"descriptor":"${BOB}"},"x":null}]`],
  ])('reads JSON: %s', async (_, content) => {
    for (const size of [1, 2, 7, 1_000]) expect((await read(content, size)).taken).toEqual([[ADA], [BOB]])
  })

  test('reads a list or an object of JSON that it does not know as something, never as an empty cell', async () => {
    const rows: RosterRow[] = []
    const content = `[{"mail":["${ADA}"],"status":["Terminated"],"lastDay":{"date":"2026-11-28"},"id":{}}]`
    await readRoster(pieces(Buffer.from(content), 99), (row) => void rows.push(row))

    expect(rows).toEqual([
      {
        names: [ADA],
        work: [ADA],
        ids: [],
        statuses: [{ column: 'status', text: 'Terminated' }],
        dates: ['{"date":"2026-11-28"}'],
      },
    ])
  })

  test.each([1, 2, 3, 7, 1_000])('reads Windows-1252, as Excel writes it, in pieces of %i', async (size) => {
    const { taken } = await read(Buffer.from(`mail;name\r\n${ADA};José\r\n${BOB};Zoë\r\n`, 'latin1'), size)

    expect(taken).toEqual([[ADA], [BOB]])
  })

  test.each([
    ['work before others', 'mail,Work Email', `x@private.example,${ADA}`, [ADA]],
    ['nobody where the work address is empty', 'mail,Email_-_Work', 'x@private.example,', []],
    ['what is a whole address', 'userName,mail', `u1,${ADA}`, [ADA]],
    ['each whole address', 'userName,mail', `${BOB},${ADA}`, [BOB, ADA]],
    ['nobody where a cell holds several', 'mail', `"${ADA};${BOB}"`, []],
    ['nobody where a cell holds more than an address', 'mail', `Ada <${ADA}>`, []],
  ])('names a leaver by %s', async (_, header, line, work) => {
    const rows: RosterRow[] = []
    await readRoster(pieces(Buffer.from(`${header}\n${line}\n`), 99), (row) => void rows.push(row))

    expect(rows.map((row) => row.work)).toEqual([work])
  })

  test('reads the columns that it is told, and refuses a file without them', async () => {
    const rows: RosterRow[] = []
    const content = `who,gone,nr,mail\n${ADA},raus,7,\n`
    const columns = { email: 'Who', status: 'gone', id: 'nr' }
    await readRoster(pieces(Buffer.from(content), 99), (row) => void rows.push(row), columns)

    expect(rows).toEqual([
      { names: [ADA], work: [ADA], ids: ['7'], statuses: [{ column: 'gone', text: 'raus' }], dates: [] },
    ])
    expect(await readRoster(pieces(Buffer.from(content), 99), () => undefined, { date: 'end' })).toEqual({
      kind: 'refused',
      error: expect.stringContaining('line 1: there is no column "end", as configured'),
    })
  })

  test('takes a line by all its names, and a cell by all its addresses', async () => {
    const { taken } = await read(`userName,mail\nu1,"Ada <${ADA}>; ada@old.example.com"\n${BOB},\n`)

    expect(taken).toEqual([['u1', `Ada <${ADA}>; ada@old.example.com`, ADA, 'ada@old.example.com'], [BOB]])
  })

  test.each([
    ['marks of direction that a copied name carries', `mail\n\u202a${ADA}\u202c\n`],
    ['a space of no width', `mail\n\u200b${ADA}\n`],
    ['a soft hyphen', `mail\n${ADA.replace('a', 'a\u00ad')}\n`],
    ['quotes in the cell', `mail\n"""${ADA}"""\n`],
    ['apostrophes around it', `mail\n'${ADA}'\n`],
    ["a spreadsheet's apostrophe before it", `mail\n'${ADA}\n`],
    ['brackets', `mail\nAda Byron [${ADA}]\n`],
    ['parentheses', `mail\nAda Byron (${ADA})\n`],
    ['a link', `mail\nmailto:${ADA}\n`],
    ["Exchange's prefix", `mail\nSMTP:${ADA}\n`],
    ['a bar between two', `mail\n${BOB}|${ADA}\n`],
    ['a formula', `mail\n"=HYPERLINK(""mailto:${ADA}"",""Ada"")"\n`],
  ])('finds the address behind %s', async (_, content) => {
    const { taken } = await read(content)

    expect(taken.flat()).toContain(ADA)
  })

  test.each([
    ['apostrophe', 'o\u2019brien@example.com', "o'brien@example.com"],
    ['hyphen', 'jean\u2011luc@example.com', 'jean-luc@example.com'],
    ['dash', 'jean\u2013luc@example.com', 'jean-luc@example.com'],
  ])('takes a typographic %s, as word processors put it, for the plain one', async (_, written, meant) => {
    const { taken } = await read(`mail\n${written}\n`)

    expect(taken).toEqual([[written, meant]])
  })

  test('takes an apostrophe inside of a name for a part of it: behind it is somebody else', async () => {
    const { taken } = await read(`mail\no'brien@example.com\n`)

    expect(taken).toEqual([["o'brien@example.com"]])
  })

  test('takes the same columns named again for nobody: two files in one', async () => {
    const { taken, result } = await read(`mail,name\n${BOB},Bob\nmail,name\n${ADA},Ada\n`)

    expect(result).toMatchObject({ kind: 'roster', lines: 2, nameless: 0 })
    expect(taken).toEqual([[BOB], [ADA]])
  })

  test('counts lines without a name, and names columns that it does not read', async () => {
    const { result } = await read(`mail,Enabled,x\n${ADA},TRUE,1\n,FALSE,2\n`)

    const columns = { status: false, date: false }
    expect(result).toEqual({
      kind: 'roster',
      lines: 1,
      nameless: 1,
      unread: ['Enabled'],
      unsure: [],
      columns,
      hasActive: false,
      isEnded: true,
    })
  })

  test.each([
    ['nothing', '', 'it names nobody'],
    ['a byte order mark alone', '\ufeff', 'it names nobody'],
    ['a header alone', 'userName\n\n\n', 'it names nobody'],
    ['lines without names', 'userName,x\n,1\n,2\n', 'it names nobody'],
    [
      'no such column',
      'Login,Name\nada,Ada\n',
      /^line 1: no column is named userName.*names "Login", "Name"$/,
    ],
    ['names and no header', `${ADA}\n${BOB}\n`, /^line 1: no column is named .*"ada@example.com"$/],
    ['many other columns', `${Array.from({ length: 12 }, (_, i) => `c${i}`).join()}\n`, /"c7", …$/],
    ['a field too many', `mail,name\n${ADA},Byron, Ada\n`, /^line 2: 3 fields, where .* 2 columns/],
    [
      'two files in one, the second with other columns',
      `mail,name\n${BOB},Bob\nname,mail\nAda,${ADA}\n`,
      /^line 3: it names columns, and others than the first line/,
    ],
    ['a line cut off', `name,mail\nAda,${ADA}\nBo`, /^line 3: 1 field, where .* is the file cut off\?$/],
    ['a quote never closed', `mail\n${ADA}\n"${BOB}\n`, 'line 3: a quote of this record is never closed'],
    [
      'a quote that swallows the rest',
      `mail\n"${ADA}\n${`${BOB}\n`.repeat(10_000)}`,
      /^line 2: the record that begins here does not end/,
    ],
    [
      'text behind a quote',
      `mail,x\n"a\nb",1\n"${ADA}"x,1\n`,
      'line 4, column 18: expected a delimiter after a closing quote',
    ],
    ['one endless line', 'x'.repeat(200_000), 'line 1: this line does not end'],
    [
      'UTF-8 first and something else later',
      Buffer.concat([Buffer.from(`mail,name\n${ADA},José\n`), Buffer.from(`${BOB},José\n`, 'latin1')]),
      /^line \d: it is not UTF-8.*CSV UTF-8"$/,
    ],
    [
      'Windows-1252 first and bytes that it does not have later',
      Buffer.from(`mail,name\n${ADA},José\n${BOB},\x81\n`, 'latin1'),
      /^line \d: it is not WINDOWS-1252/,
    ],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00]), /another archive/],
    [
      'letters of UTF-8 read as Windows-1252',
      `mail\njosÃ©@example.com\n`,
      /^line 2: an address .* export the file again$/,
    ],
    ['letters that were lost', `mail\njos\ufffd@example.com\n`, /^line 2: an address/],
    ['a JSON report cut off', `{"Report_Entry":[{"mail":"${ADA}"}`, /^line 1: it ends before its end/],
    ['a JSON report cut off in a row', `[{"mail":"${ADA}"},{"mail":"bo`, /^line 1: it ends before its end/],
    [
      'a key twice in one row',
      `[{"mail":"${ADA}","status":"Active","status":"Terminated"}]`,
      /^line 1: the object that begins here is no JSON, or has a key twice/,
    ],
    [
      'two columns of one name',
      `Manager,E-mail,Employee,Email\nBo,${BOB},Ada,${ADA}\n`,
      /^line 1: the columns "E-mail", "Email" have one name: which of them counts\?/,
    ],
    ['JSON that is none', `[{"mail":"${ADA}",}]`, /^line 1: the object that begins here is no JSON/],
    ['JSON without the column', `[{"login":"${ADA}"}]`, /^no column is named/],
    [
      'a report with other keys in every row',
      Array.from({ length: 600 }, (_, row) => `{"mail${row}":"x","id${row}":"1"}\n`).join(''),
      /^line 501: by this line it has more than 1000 columns/,
    ],
    ['an empty report', '{"Report_Entry":[]}', 'it names nobody'],
    ['text behind JSON', `[{"mail":"${ADA}"}] x`, /^line 1: expected rows alone, as /],
    [
      'an endless object',
      `[{"mail":"${'x'.repeat(200_000)}"}]`,
      /^line 1: the object that begins here does not end/,
    ],
    [
      'half a letter at the end',
      Buffer.concat([Buffer.from('mail\nx'), Buffer.from([0xc3])]),
      /it is not UTF-8/,
    ],
    ['UTF-16 without a mark', Buffer.from(`mail\n${ADA}\n`, 'utf16le'), /^line 1: it holds NUL characters/],
    ['half of UTF-16', Buffer.from(`\ufeffmail\n${ADA}`, 'utf16le').subarray(0, -1), /it is not UTF-16LE/],
    ['a workbook', Buffer.from('PK\x03\x04rest of it'), /^line 1: it is an Excel workbook/],
  ])('refuses %s, and says where and what to do', async (_, content, says) => {
    expect(await refusalOf(content)).toMatch(
      typeof says === 'string' ? new RegExp(`^${escaped(says)}$`) : says,
    )
  })

  test('hands every line on before it asks for the next piece: of 100,000 lines none is kept', async () => {
    const LINES = 100_000
    let taken = 0
    let most = 0
    async function* roster() {
      yield Buffer.from('userName,name\n')
      for (let line = 0; line < LINES; line += 100) {
        most = Math.max(most, line - taken)
        yield Buffer.from(
          Array.from({ length: 100 }, (_, at) => `person.${line + at}@example.com,"A, B"\n`).join(''),
        )
      }
    }

    const result = await readRoster(roster(), () => {
      taken += 1
    })

    expect(result).toMatchObject({ kind: 'roster', lines: LINES })
    expect(most).toBe(0)
  })
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

import * as z from 'zod/mini'
import { HOLD_REASONS } from '../words/outcome.ts'

const WHO = 'expected 1 to 200 printable characters'
const Text = z.string(WHO).check(z.regex(/^\P{C}{1,200}$/u, WHO))

/** Who says that they act. It proves nothing: the invocation's request id says who it was. */
export const By = z.optional(Text)
/** Who says that they act, and why they do. */
export const CLAIM = { by: By, because: Text }

const CASE = 'expected a case ID (c-…)'
/** The id of a case. */
export const CaseId = z.string(CASE).check(z.regex(/^c-[a-f0-9]{20}$/, CASE))

const CASES = 'expected 1 to 1000 case IDs'
/** The ids of cases. */
export const CaseIds = z.array(CaseId, CASES).check(z.minLength(1, CASES), z.maxLength(1_000, CASES))

const ORG_ID = 'expected 24 hexadecimal digits in lower case'
/** The id of an organization. */
export const OrgId = z.string(ORG_ID).check(z.regex(/^[a-f0-9]{24}$/, ORG_ID))

const ORG_IDS = 'expected 1 to 1000 organization IDs'
/** The ids of organizations. */
export const OrgIds = z.array(OrgId, ORG_IDS).check(z.minLength(1, ORG_IDS), z.maxLength(1_000, ORG_IDS))

const USER_ID = 'expected a user ID: 24 hexadecimal digits in lower case'
/** The id of a member. */
export const UserId = z.string(USER_ID).check(z.regex(/^[a-f0-9]{24}$/, USER_ID))

const BOOLEAN = 'expected true or false'
/** Yes or no, never guessed from a text. */
export const YesNo = z.boolean(BOOLEAN)

/** A rule that can hold a case. */
export const Rule = z.enum(HOLD_REASONS, `expected one of ${HOLD_REASONS.join(', ')}`)

const CURSOR = 'expected `next` of the page before'
/** Where a list of cases continues: a part of it, and after which case of that part. */
export const CaseCursor = z
  .string(CURSOR)
  .check(z.regex(/^(open|\d{4}-\d\d-\d\d|events)(\/c-[a-f0-9]{20})?$/, CURSOR))

/** Where a list of members continues: at an organization, and after which userId of it. */
export const MemberCursor = z.string(CURSOR).check(z.regex(/^[a-f0-9]{24}(\/[a-f0-9]{24})?$/, CURSOR))

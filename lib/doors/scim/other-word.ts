import { asText, isObject, type JsonObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** A value in a user, and its name with those of the objects around it: `account.enabled`. `isBeside`: a text beside it may be its name. */
type Said = { readonly name: string; readonly value: unknown; readonly isBeside?: true }

/** Words that surround an attribute's name, in a path or in the way somebody writes it. */
const AROUND =
  /^(urn|ietf|params|scim|schemas|core|extension|enterprise|[\d.]+|users?|accounts?|resources?|meta|attributes?|profile|data|values?|eq|is|true|false)$/
const BEFORE =
  '(?:is|has|was|not|non|ns|new|current|user|account|acct|log|sign|in|on|access|person|employee|employment|worker|member|membership|directory|scim|soft|lifecycle)*'
const STATE =
  '(?:(?:in|de|re|un)?activ(?:e|ated?|ation|ity)|(?:en|dis)abled?|status|state|suspen(?:d|ded|sion)|(?:b|un)?lock(?:ed)?(?:out)?|terminat(?:ed?|ion)|deleted?|removed?|archived?|(?:de)?provision(?:ed)?|offboard(?:ed)?|revoked?|expired|retired|frozen|leaver|departed|left)'
const IS_STATE = new RegExp(`^${BEFORE}${STATE}(?:user|account|status|state|flag)*$`)
/** When an account ends or a person leaves: `deletedAt`, `terminationDate`, `lastDay`, `validUntil`. */
const IS_INSTANT =
  /^(?:employment|contract|work|account|user)?[_-]?(?:valid|expir|deactivat|suspend|delet|disabl|terminat|leav|end|exit|separat).*(?:at|on|date|day|until|to|s)$|last[_-]?(?:working[_-]?)?day/
const IS_LEAVER =
  /^\s*(?:inactive|disabled|deactivated|suspended|terminated|departed|left|leavers?|deleted|offboarded|resigned|retired|dismissed|(?:former|ex)(?:[ -]employee)?)\s*$/i
const MARK = '(?:left|leaver|former|deleted|disabled|inactive|terminated)'
/** `Ada Lovelace (left)`, `zz_DELETED Ada`. */
const IS_MARKED = new RegExp(`[([]${MARK}[)\\]]|^z+[_-]${MARK}|^${MARK}[_:-]`, 'i')
/** Attributes of RFC 7643 that have nothing to do with it: a language may be `no`, a cost center `0`. */
const IS_STANDARD =
  /(?:^|[.:])(?:externalid|id|meta|schemas|username|(?:display|nick)?name|title|usertype|preferredlanguage|locale|timezone|password|profileurl|emails|phonenumbers|ims|photos|addresses|groups|entitlements|roles|x509certificates|employeenumber|costcenter|organization|division|department|manager)(?:[.[]|$)/i
const IS_WORD_FOR_ON_OR_OFF = /^(?:yes|no|on|off|[yn01])$/i
const IS_ON_OR_OFF = /^(true|false|yes|no|on|off|[tfyn01])$/

/** The words of a name without the generic ones around it: `urn:…:User:account_Enabled` has one, `account_enabled`. */
export function ownWordsOf(name: string): readonly string[] {
  const words = asciiLowerCase(name).split(/[^a-z0-9_-]+/)
  return words.filter((word) => word !== '' && !AROUND.test(word))
}

/**
 * Tells whether a user, or a part of one, says in another way than `active` that the account is on or off: `disabled: true`,
 * `status: "inactive"`, `{ "name": "active", "value": false }`. Used only where nothing says `active`, which overrides all of these.
 */
export function saysInOtherWords(user: JsonObject): boolean {
  return saidIn(user).some(({ name, value }) => isOfState(name) && isOnOrOff(value))
}

/**
 * Tells whether a user says anything, at any depth, that may mean off or on: true or false; `off` or `no` under an unknown name; a state,
 * such as `disabled: 1`; a last day; or a word for a leaver.
 */
export function mayMeanActive(user: JsonObject): boolean {
  return saidIn(user).some(({ name, value, isBeside }) => {
    const own = asciiLowerCase(name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('.')) + 1))
    if (isTruthValue(value)) return own !== 'primary'
    const isUnknown = !isBeside && !IS_STANDARD.test(name)
    if (isUnknown && [value].flat().some((one) => IS_WORD_FOR_ON_OR_OFF.test(asText(one).trim()))) return true
    // In an address, `state` is a region, such as `NO`.
    if (isOfState(own) && isOnOrOff(value) && !/^addresses\b/i.test(name)) return true
    return (
      typeof value === 'string' &&
      (IS_LEAVER.test(value) || IS_MARKED.test(value) || (IS_INSTANT.test(own) && /\d/.test(value)))
    )
  })
}

/** Lists every value in a user under its name, and under each text beside it that may be its name. */
function saidIn(object: JsonObject, within = ''): readonly Said[] {
  const entries = Object.entries(object)
  const isNamed = ownWordsOf(within).length === 0
  return entries.flatMap(([key, value]) => {
    const name = within === '' ? key : `${within}.${key}`
    const inside = [value]
      .flat()
      .filter(isObject)
      .flatMap((one) => saidIn(one, name))
    const beside = isNamed && typeof value === 'string' ? entries.filter(([other]) => other !== key) : []
    return [
      { name, value },
      ...inside,
      ...beside.map(([, other]) => ({ name: value as string, value: other, isBeside: true as const })),
    ]
  })
}

function isOfState(name: string): boolean {
  return [name, name.slice(name.lastIndexOf(':') + 1)].some((text) => {
    const [word = '', ...others] = ownWordsOf(text)
    return others.length === 0 && IS_STATE.test(word.replace(/[_-]/g, ''))
  })
}

function isOnOrOff(value: unknown): boolean {
  if (isTruthValue(value) || value === 0 || value === 1) return true
  if (typeof value !== 'string') return Array.isArray(value) && value.length === 1 && isOnOrOff(value[0])
  const word = asciiLowerCase(value).replace(/[^a-z0-9]/g, '')
  return IS_ON_OR_OFF.test(word) || IS_STATE.test(word)
}

function isTruthValue(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/i.test(value.trim()))
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DatabaseUser, namedAfter } from '../../../lib/leftovers/database-user.ts'
import { sameUsername } from '../../../lib/words/username.ts'

const ADA = 'ada@example.com'
const NAMES = [ADA, 'ada@old.example.com']

function user(username: string, more: Partial<DatabaseUser> = {}): DatabaseUser {
  return { username, databaseName: 'admin', isX509: false, isIam: false, ...more }
}
const x509 = (username: string) => user(username, { databaseName: '$external', isX509: true })
const iam = (username: string) => user(username, { databaseName: '$external', isIam: true })

test.each([
  [user(ADA), 'its name is the username (database admin)'],
  [user('ADA@Example.COM'), 'its name is the username (database admin)'],
  [user('ada@old.example.com'), 'its name is an alias (database admin)'],
  [x509(`CN=${ADA}`), 'the CN of its X.509 name is the username (database $external)'],
  [
    x509(`O=Example,CN=${ADA.toUpperCase()},C=GB`),
    'the CN of its X.509 name is the username (database $external)',
  ],
  [x509(`2.5.4.3=${ADA}`), 'the CN of its X.509 name is the username (database $external)'],
  [x509(`CN=ada\\40example.com`), 'the CN of its X.509 name is the username (database $external)'],
  [x509(`CN="${ADA}"`), 'the CN of its X.509 name is the username (database $external)'],
  [x509(`commonName=${ADA}`), 'the CN of its X.509 name is the username (database $external)'],
  [x509(`email=${ADA}`), 'the e-mail address in its X.509 name is the username (database $external)'],
  [x509(`OU=x+CN=${ADA}`), 'the CN of its X.509 name is the username (database $external)'],
  [
    x509(`emailAddress=${ADA},CN=Ada`),
    'the e-mail address in its X.509 name is the username (database $external)',
  ],
  [x509(`CN=Ada+E=${ADA}`), 'the e-mail address in its X.509 name is the username (database $external)'],
  [
    x509(`1.2.840.113549.1.9.1=${ADA}`),
    'the e-mail address in its X.509 name is the username (database $external)',
  ],
  [
    x509(`CN=Ada,E=ada@old.example.com`),
    'the e-mail address in its X.509 name is an alias (database $external)',
  ],
  [
    iam(`arn:aws:iam::123456789012:user/${ADA}`),
    'the last part of its IAM ARN is the username (database $external)',
  ],
  [
    iam(`arn:aws:iam::123456789012:role/a/b/${ADA}`),
    'the last part of its IAM ARN is the username (database $external)',
  ],
  [
    iam(`arn:aws-us-gov:iam::123456789012:user/${ADA}`),
    'the last part of its IAM ARN is the username (database $external)',
  ],
])('namedAfter() tells why $username matches', (one, why) => {
  expect(namedAfter(one, NAMES)).toBe(why)
})

test.each([
  user(`${ADA}.evil.org`),
  user(`not-${ADA}`),
  user('ada'),
  user('ada+ci@example.com'),
  user(` ${ADA}`),
  user(`${ADA}\u0000`),
  user('ada@example.com '),
  user('\u212Ada@example.com'),
  user('ada\uFF20example.com'),
  user('ad\u0430@example.com'),
  user(`CN=${ADA}`),
  user(`arn:aws:iam::123456789012:user/${ADA}`),
  user(`0123456789abcdef01234567/${ADA}`),
  x509(`CN=${ADA}2`),
  x509(`CN=${ADA}.evil.org,O=x`),
  x509(`OU=${ADA},CN=payments`),
  x509(`DC=${ADA}`),
  x509(`CN=${ADA}\\,O=x`),
  x509(`CN=x\\,CN=${ADA}`),
  x509(`CN="x,CN=${ADA}"`),
  x509(`CN=${ADA},`),
  x509(`CN=${ADA}\\20`),
  x509(`CN=\u212Ada@example.com`),
  x509(`arn:aws:iam::123456789012:user/${ADA}`),
  iam(`arn:aws:iam::123456789012:user/not-${ADA}`),
  iam(`arn:aws:iam::123456789012:user/${ADA}/deploy`),
  iam(`arn:aws:iam::123456789012:user/${ADA}/`),
  iam(`arn:aws:iam::123456789012:user:${ADA}`),
  iam(`arn:aws:s3::123456789012:user/${ADA}`),
  iam(`arn:aws:iam::1:user/${ADA}`),
  iam(`x:arn:aws:iam::123456789012:user/${ADA}`),
  iam(`arn:evil:iam::123456789012:user/${ADA}`),
  iam(`CN=${ADA}`),
])('namedAfter() does not take $username for Ada', (one) => {
  expect(namedAfter(one, NAMES)).toBeUndefined()
})

const name = fc
  .tuple(fc.stringMatching(/^[a-zA-Z0-9._+-]{1,12}$/), fc.stringMatching(/^[a-zA-Z0-9-]{1,10}\.(com|org)$/))
  .map((parts) => parts.join('@'))
const written = fc.constantFrom<(text: string) => DatabaseUser>(
  (text) => user(text),
  (text) => x509(`CN=${text.replace(/\+/g, '\\+')},O=Example`),
  (text) => x509(`CN=somebody+emailAddress="${text}"`),
  (text) => iam(`arn:aws:iam::123456789012:user/team/${text}`),
)

test('namedAfter() finds a person however the name is written, and never anybody whose name is another', () => {
  fc.assert(
    fc.property(name, name, written, (theirs, other, write) => {
      expect(namedAfter(write(theirs), [theirs]) !== undefined).toBe(true)
      expect(namedAfter(write(other), [theirs]) !== undefined).toBe(sameUsername(other, theirs))
    }),
  )
})

test('namedAfter() never takes a name with more or less of it for the person', () => {
  const more = fc.stringMatching(/^[a-z0-9.@/-]{1,6}$/)

  fc.assert(
    fc.property(name, more, written, (theirs, beside, write) => {
      const longer = [`${theirs}${beside}`, `${beside}${theirs}`].filter(
        (text) => !text.endsWith(`/${theirs}`),
      )
      for (const text of [...longer, theirs.slice(0, -1), theirs.slice(1)])
        expect(namedAfter(write(text), [theirs])).toBeUndefined()
    }),
  )
})

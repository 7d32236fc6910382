/** Runs the emulator by itself: `node infra/local/atlas/main.ts [port]`. Ctrl-C ends it. */
import { startAtlasEmulator } from './emulator.ts'
import { exampleOrg } from './example-org.ts'

const org = exampleOrg()
const emulator = await startAtlasEmulator({ orgs: [org], port: Number(process.argv[2] ?? 0) })

console.log(`Atlas emulator on ${emulator.url}, organization ${org.orgId}`)
for (const { clientId, clientSecret, role } of org.serviceAccounts)
  console.log(`${role}: ${clientId} ${clientSecret}`)
for (const { publicKey, privateKey, role } of org.apiKeys) console.log(`${role}: ${publicKey} ${privateKey}`)
for (const { id, username } of emulator.state.org(org.orgId).members.all()) console.log(`${id} ${username}`)

process.once('SIGINT', () => void emulator.close())

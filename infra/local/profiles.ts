import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LocalAws } from './aws/local-aws.ts'

/** Variables that make the AWS CLI and SDKs use the local callers and not your `~/.aws`, and the shell find this `atlas-offboarding`. */
export type Profiles = {
  readonly AWS_CONFIG_FILE: string
  readonly AWS_SHARED_CREDENTIALS_FILE: string
  readonly PATH: string
}

/**
 * Writes an AWS profile for each caller, and a script `atlas-offboarding` that runs the packaged command. They are the same for every
 * stack.
 */
export async function writeProfiles(
  folder: string,
  { profiles, env }: Pick<LocalAws, 'profiles' | 'env'>,
): Promise<Profiles> {
  await mkdir(folder, { recursive: true })
  const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')]
  const names = Object.keys(profiles)
  await writeFile(config, names.map((name) => `[profile ${name}]\nregion = ${env.AWS_REGION}\n`).join(''))
  const keys = Object.entries(profiles).map(
    ([name, { accessKeyId, secretAccessKey }]) =>
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  )
  await writeFile(credentials, keys.join(''))
  const command = `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/cli/cli.mjs')}' "$@"\n`
  await writeFile(join(folder, 'atlas-offboarding'), command, { mode: 0o755 })
  const PATH = `${resolve(folder)}:$PATH`
  return { PATH, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials }
}

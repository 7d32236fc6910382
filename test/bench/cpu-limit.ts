import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'

export type CpuLimit = {
  /** Holds a process and all its threads to the limit from now on. */
  confine(pid: number): void
  /** To be called when no confined process is alive. */
  close(): void
}

/** Lambda gives a function one vCPU at 1,769 MB, and less in proportion. */
const FULL_VCPU_MB = 1_769
const PERIOD_US = 20_000

/**
 * Limits the CPU as Lambda does: by the kernel's own quota, so much in every 20 ms, which waiting does not use up.
 *
 * @returns `undefined` where this process may not make control groups (Linux, as root)
 */
export function cpuLimit(memoryMb: number): CpuLimit | undefined {
  const quotaUs = Math.round((PERIOD_US * memoryMb) / FULL_VCPU_MB)
  const name = `atlas-offboarding-bench-${process.pid}`
  return (
    controlGroup(`/sys/fs/cgroup/${name}`, { 'cpu.max': `${quotaUs} ${PERIOD_US}` }) ??
    controlGroup(`/sys/fs/cgroup/cpu/${name}`, {
      'cpu.cfs_period_us': String(PERIOD_US),
      'cpu.cfs_quota_us': String(quotaUs),
    })
  )
}

function controlGroup(dir: string, settings: Readonly<Record<string, string>>): CpuLimit | undefined {
  try {
    mkdirSync(dir)
  } catch {
    return undefined
  }
  const close = () => rmdirSync(dir)
  if (!Object.keys(settings).every((file) => existsSync(`${dir}/${file}`))) {
    close()
    return undefined
  }
  for (const [file, value] of Object.entries(settings)) writeFileSync(`${dir}/${file}`, value)
  return { confine: (pid) => writeFileSync(`${dir}/cgroup.procs`, String(pid)), close }
}

/** Adds the optional packages of other platforms to package-lock.json, when the registry left them out. */
import { writeFileSync } from 'node:fs'

import { lockPath, missingOptional, readLock } from './lock-file.ts'

const systems = ['darwin', 'win32', 'linux', 'android', 'freebsd', 'openharmony', 'netbsd', 'openbsd', 'sunos', 'aix']
const processors: readonly (readonly [RegExp, string])[] = [
  [/wasm32/, 'wasm32'],
  [/arm64|aarch64/, 'arm64'],
  [/x64|amd64/, 'x64'],
  [/ia32/, 'ia32'],
  [/ppc64/, 'ppc64'],
  [/riscv64/, 'riscv64'],
  [/s390x/, 's390x'],
  [/loong64/, 'loong64'],
  [/arm/, 'arm'],
]

/** What the name of such a package says: `@oxlint/binding-linux-arm64-musl`. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const os = systems.filter((system) => name.includes(system))
  const cpu = processors.filter(([pattern]) => pattern.test(name)).slice(0, 1)
  const libc = /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : ''
  return { os, cpu: cpu.map(([, word]) => word), ...(libc === '' ? {} : { libc: [libc] }) }
}

const lock = readLock()
const missing = missingOptional(lock)
for (const { name, version, of } of missing) {
  const platform = platformOf(name)
  if (platform.os.length + platform.cpu.length === 0) throw new Error(`${name} does not say which platform it is for`)
  const { license, dev } = of
  const entry = {
    version,
    ...(dev === true ? { dev } : {}),
    ...(license === undefined ? {} : { license }),
    optional: true,
  }
  lock.packages[`node_modules/${name}`] = { ...entry, ...platform }
}
const [first, ...rest] = Object.entries(lock.packages)
if (first !== undefined)
  lock.packages = Object.fromEntries([first, ...rest.toSorted(([a], [b]) => a.localeCompare(b, 'en'))])
writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${missing.length} packages added`)

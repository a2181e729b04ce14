import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'
import { BmcNetworks } from '../bmc-networks.ts'
import { createIpmiPower, type IpmiPowerOptions } from './ipmi-power.ts'

const access: IpmiAccess = {
  protocol: 'ipmi',
  address: '10.1.3.17',
  port: 623,
  username: 'admin',
  password: 'hunter2',
  cipherSuite: 17,
}

const networks = new BmcNetworks(['10.0.0.0/8'])

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fake-ipmitool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A program that notes how it was called, and then does what the script says. */
function fake(script: string, options: Partial<IpmiPowerOptions> = {}) {
  const program = join(folder, 'ipmitool')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${folder}/args\nenv >> ${folder}/env\n${script}\n`)
  chmodSync(program, 0o755)
  return createIpmiPower({ networks, program, ...options })
}

const says = (status: string, guid = '00112233445506478899AABBCCDDEEFF') =>
  fake(`case "$*" in *status) printf '%s\\n' "${status}" ;; *guid*) echo "System GUID   : ${guid}" ;; esac`)
const noted = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

describe('a reading', () => {
  test('tells power and identity', async () => {
    expect(await says('Chassis Power is on').read(access)).toEqual({
      power: 'On',
      systemUUID: '33221100-5544-4706-8899-aabbccddeeff',
    })
    expect(await says('Chassis Power is off').read(access)).toMatchObject({ power: 'Off' })
  })

  test('is none where the answer is neither on nor off, or identifies nobody', async () => {
    await expect(says('Chassis Power is \u001b[2Jfine').read(access)).rejects.toThrow(
      "tells no power status, but 'Chassis Power is \\u001b[2Jfine'",
    )
    await expect(says('Chassis Power is on', 'n/a').read(access)).rejects.toThrow('tells no system UUID')
  })
})

test('the password goes through an environment of its own and never into arguments', async () => {
  const power = says('Chassis Power is on')
  await power.read(access)
  await power.turnOff(access)
  await power.turnOn(access)
  const where = '-v -I lanplus -C 17 -L OPERATOR -N 1 -R 2 -H 10.1.3.17 -p 623 -U admin -E'
  expect(noted('args')).toEqual([
    `${where} chassis power status`,
    `${where} mc guid dump`,
    `${where} chassis power off`,
    `${where} chassis power on`,
  ])
  const names = noted('env').map((line) => line.split('=')[0])
  expect(noted('env').filter((line) => line === 'IPMI_PASSWORD=hunter2')).toHaveLength(4)
  expect(new Set(names).difference(new Set(['PWD', '_', 'SHLVL', 'OLDPWD']))).toEqual(
    new Set(['PATH', 'LC_ALL', 'IPMI_PASSWORD']),
  )
})

describe('one BMC', () => {
  /** Would see another of its kind between its begin and its end. */
  const slow = 'mkdir $0.busy || exit 9; sleep 0.1; rmdir $0.busy'

  test('is talked to by one call at a time', async () => {
    const power = fake(slow)
    await Promise.all([power.turnOff(access), power.turnOn(access), power.turnOff(access)])
    expect(noted('args').map((line) => line.split(' ').at(-1))).toEqual(['off', 'on', 'off'])
  })

  test('that keeps a caller waiting for its turn is not sent a command too late', async () => {
    const power = fake('exec sleep 60', { timeoutMs: 400 })
    const [first, second] = await Promise.allSettled([power.turnOff(access), power.turnOn(access)])
    expect(first).toMatchObject({ reason: expect.any(TimeoutError) })
    expect(second).toMatchObject({ reason: expect.any(UnavailableError) })
    expect(noted('args')).toHaveLength(1)
  })
})

test('a call that hangs is killed, and its outcome unknown', async () => {
  const startedAt = performance.now()
  await expect(fake('exec sleep 60', { timeoutMs: 300 }).turnOff(access)).rejects.toThrow(TimeoutError)
  expect(performance.now() - startedAt).toBeLessThan(4_000)
})

test('a call that says too much has an unknown outcome', async () => {
  await expect(fake('head -c 100000 /dev/zero').turnOff(access)).rejects.toThrow(TimeoutError)
})

test('a program that is not there is told', async () => {
  const power = createIpmiPower({ networks, program: join(folder, 'absent') })
  await expect(power.read(access)).rejects.toThrow(RefusedError)
  await expect(power.read(access)).rejects.toThrow('ipmitool is not installed')
})

test('what ipmitool says of a failure decides', async () => {
  const power = fake('echo "> RAKP 2 HMAC is invalid" >&2; exit 1')
  await expect(power.turnOff(access)).rejects.toThrow(RefusedError)
})

test('a BMC outside of the networks is told nothing', async () => {
  const power = fake('')
  await expect(power.turnOff({ ...access, address: '192.0.2.1' })).rejects.toThrow('lies outside of `bmcNetworks`')
  expect(existsSync(join(folder, 'args'))).toBe(false)
})

test('a name is looked up once, and the call goes to the address that was judged', async () => {
  const named = new BmcNetworks(['10.0.0.0/8'], { lookup: async () => ['10.9.9.9'] })
  await fake('', { networks: named }).turnOff({ ...access, address: 'bmc-1.example' })
  expect(noted('args')[0]).toContain('-H 10.9.9.9 ')
})

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { BmcAccess } from '../../ports/power.ts'
import { ipmiPower } from './ipmi-power.ts'

const access: BmcAccess = {
  protocol: 'ipmi',
  address: '10.1.3.17',
  port: 623,
  username: 'admin',
  password: 'hunter2',
  cipherSuite: 17,
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fake-ipmitool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A program of this name that notes how it was called, and then does what the script says. */
function fake(script: string, timeoutMs?: number) {
  const program = join(folder, 'ipmitool')
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> ${folder}/args\necho "$IPMI_PASSWORD" >> ${folder}/passwords\n${script}\n`,
  )
  chmodSync(program, 0o755)
  const path = program
  return ipmiPower(timeoutMs === undefined ? { path } : { path, timeoutMs })
}

const says = (status: string, guid = '00112233445506478899AABBCCDDEEFF') =>
  fake(`case "$*" in *status) echo "${status}" ;; *guid*) echo "System GUID   : ${guid}" ;; esac`)
const fails = (stderr: string) =>
  fake(`printf '%s\\n' "${stderr}" "Error: Unable to establish IPMI v2 / RMCP+ session" >&2; exit 1`)
const noted = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

test('a reading tells power and identity', async () => {
  expect(await says('Chassis Power is on').read(access)).toEqual({
    power: 'On',
    systemUUID: '33221100-5544-4706-8899-aabbccddeeff',
  })
  expect(await says('Chassis Power is off').read(access)).toMatchObject({ power: 'Off' })
})

test('the password goes through the environment and never into arguments', async () => {
  const power = says('Chassis Power is on')
  await power.read(access)
  await power.turnOff(access)
  await power.turnOn(access)
  expect(noted('args')).toEqual([
    '-v -I lanplus -C 17 -N 1 -R 2 -H 10.1.3.17 -p 623 -U admin -E chassis power status',
    '-v -I lanplus -C 17 -N 1 -R 2 -H 10.1.3.17 -p 623 -U admin -E mc guid dump',
    '-v -I lanplus -C 17 -N 1 -R 2 -H 10.1.3.17 -p 623 -U admin -E chassis power off',
    '-v -I lanplus -C 17 -N 1 -R 2 -H 10.1.3.17 -p 623 -U admin -E chassis power on',
  ])
  expect(new Set(noted('passwords'))).toEqual(new Set(['hunter2']))
})

test.each([
  ['> RAKP 2 HMAC is invalid', RefusedError, 'BMC 10.1.3.17:623 refuses the session: wrong user name or password'],
  ['RAKP 2 message indicates an error : unauthorized name', RefusedError, 'wrong user name or password'],
  ['lanplus: password is longer than 20 bytes.', RefusedError, 'wrong user name or password'],
  [
    'Error in open session response message : invalid authentication algorithm',
    RefusedError,
    'refuses cipher suite 17',
  ],
  [
    'Address lookup for nohost.invalid failed\nCould not open socket!',
    UnavailableError,
    'its address cannot be resolved',
  ],
  ['Get Auth Capabilities error', UnavailableError, 'BMC 10.1.3.17:623 does not answer'],
])('%s is told by its class and in words', async (stderr, kind, message) => {
  const failure = fails(stderr).turnOff(access)
  await expect(failure).rejects.toThrow(kind)
  await expect(failure).rejects.toThrow(message)
})

test('a command that the BMC denies was not obeyed', async () => {
  const denied = fake(
    'echo "Set Chassis Power Control to Down/Off failed: Invalid data field in request" >&2; exit 1',
  ).turnOff(access)
  await expect(denied).rejects.toThrow(RefusedError)
  await expect(denied).rejects.toThrow('refuses `chassis power off`: Invalid data field in request')
})

test('a call that broke off in its middle may have been obeyed', async () => {
  await expect(fake('echo "Close Session command timed out" >&2; exit 1').turnOff(access)).rejects.toThrow(TimeoutError)
})

test('an answer that is neither on nor off is no reading', async () => {
  await expect(says('Chassis Power is \\033[2Jfine').read(access)).rejects.toThrow(
    "tells no power status, but 'Chassis Power is \\u001b[2Jfine'",
  )
  await expect(says('Chassis Power is on', 'n/a').read(access)).rejects.toThrow('tells no system UUID')
})

test('a program that is not there is told', async () => {
  await expect(ipmiPower({ path: join(folder, 'ipmitool') }).read(access)).rejects.toThrow('ipmitool is not installed')
})

test('a call that hangs is killed, and its outcome unknown', async () => {
  const startedAt = performance.now()
  await expect(fake('exec sleep 60', 300).turnOff(access)).rejects.toThrow(TimeoutError)
  expect(performance.now() - startedAt).toBeLessThan(4_000)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BmcNetworks } from '../adapters/bmc-networks.ts'
import { readConfig } from './operator-config.ts'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'prunella-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'config.yaml')
  writeFileSync(path, text)
  return path
}

test('BMCs may be in private networks unless somebody says where they are', async () => {
  const networks = new BmcNetworks(readConfig(undefined).bmcNetworks)
  for (const inside of ['10.1.3.17', '172.31.0.1', '192.168.1.1', 'fd00::1']) {
    expect(await networks.resolve(inside)).toBe(inside)
  }
  for (const outside of ['127.0.0.1', '169.254.169.254', '172.32.0.1', '8.8.8.8', '::1', 'fe80::1']) {
    await expect(networks.resolve(outside)).rejects.toThrow('lies outside')
  }
})

test.each(['10.1.0.0', '10.1.0.0/33', 'bmc.example/8', '10.1/16'])(
  '%s is no network, and what is allowed is said',
  (text) => {
    const path = fileWith(`bmcNetworks: ["${text}"]\n`)
    expect(() => readConfig(path)).toThrow(`${path}: bmcNetworks.0: must be a CIDR, as in 10.1.0.0/16 or fd00:b::/64`)
  },
)

test('networks of both families may be named, or none at all', () => {
  expect(readConfig(fileWith('bmcNetworks: [10.1.0.0/16, "fd00:b::/64"]\n')).bmcNetworks).toHaveLength(2)
  expect(readConfig(fileWith('bmcNetworks: []\n')).bmcNetworks).toEqual([])
})

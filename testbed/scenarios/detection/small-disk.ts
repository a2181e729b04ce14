import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../process/run.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'

/** The machine as its node sees it, for checks and exporters that are told where it is. */
export const rootOf = ({ folder }: Pick<SickNode, 'folder'>): string => join(folder, 'root')

/** Where a small disk of its own is mounted. */
const kubeletFolder = (node: SickNode): string => join(rootOf(node), 'var/lib/kubelet')

const diskBytes = 32 * 2 ** 20
const inodes = 256

/** A file with a filesystem in it, mounted by way of a loop device. */
export async function mountSmallDisk(node: SickNode): Promise<void> {
  const [image, target] = [join(node.folder, 'disk.img'), kubeletFolder(node)]
  mkdirSync(target, { recursive: true })
  mkdirSync(join(rootOf(node), 'var/lib/containerd'), { recursive: true })
  writeFileSync(image, '')
  truncateSync(image, diskBytes)
  await run('mkfs.ext4', ['-q', '-m', '0', '-N', String(inodes), image])
  await run('mount', ['-o', 'loop', image, target])
  node.afterwards(() => run('umount', [target]))
}

/** Writes until there is no room left. */
export function fillSmallDisk(node: SickNode): void {
  const file = openSync(join(kubeletFolder(node), 'filling'), 'w')
  const piece = Buffer.alloc(2 ** 20, 'x')
  try {
    for (;;) writeSync(file, piece)
  } catch (error) {
    if (!isFull(error)) throw error
  } finally {
    closeSync(file)
  }
}

/** Makes files until there can be no more. */
export function useUpInodes(node: SickNode): void {
  try {
    for (let number = 0; ; number += 1) writeFileSync(join(kubeletFolder(node), `file-${number}`), '')
  } catch (error) {
    if (!isFull(error)) throw error
  }
}

export const remountReadOnly = (node: SickNode): Promise<string> =>
  run('mount', ['-o', 'remount,ro', kubeletFolder(node)])

const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC'

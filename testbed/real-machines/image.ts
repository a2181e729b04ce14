import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../src/kernel/json.ts'
import { findProgram } from '../prerequisites.ts'
import { run, runToEnd } from '../process/run.ts'

/** What stories let their pods run: busybox, and as long as nobody says otherwise it waits to be ended. */
const workloadImage = 'registry.testbed/workload:1'
export const pauseImage = 'registry.testbed/pause:1'
const nodeJobName = 'registry.testbed/node-job'

export interface Images {
  /** An OCI layout as one file, for `ctr images import`: no registry was asked. */
  readonly archive: string
  /** The workload by its digest, as the operator wants its node jobs to be named. */
  readonly nodeJobImage: string
}

/** The same busybox makes the same images, digest for digest. */
export async function buildImages(folder: string): Promise<Images> {
  const [rootfs, oci, archive] = [join(folder, 'rootfs'), join(folder, 'oci'), join(folder, 'images.tar')]
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(oci, 'blobs/sha256'), { recursive: true })
  await fillRoot(rootfs)
  const layer = join(folder, 'layer.tar')
  await run('tar', [...reproducible, '-C', rootfs, '-cf', layer, '.'])
  const put = (content: Buffer | string): Blob => {
    const blob = blobOf(content)
    writeFileSync(join(oci, 'blobs', blob.digest.replace(':', '/')), content)
    return blob
  }
  const base = put(readFileSync(layer))
  const imageOf = (command: readonly string[]): Blob =>
    put(JSON.stringify(manifestOf(put(JSON.stringify(configOf(base, command))), base)))
  const workload = imageOf(workloadCommand)
  const nodeJobImage = `${nodeJobName}@${workload.digest}`
  const names = { [workloadImage]: workload, [nodeJobImage]: workload, [pauseImage]: imageOf(pauseCommand) }
  writeFileSync(join(oci, 'index.json'), JSON.stringify(indexOf(names)))
  writeFileSync(join(oci, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await run('tar', [...reproducible, '-C', oci, '-cf', archive, '.'])
  return { archive, nodeJobImage }
}

/** A shell keeps no promise to end when asked, unless it is told how. */
const workloadCommand = [
  '/bin/sh',
  '-c',
  'trap "exit 0" TERM; echo "the workload has started"; while :; do sleep 1; done',
]
const pauseCommand = ['/bin/sleep', '100000000']

const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=go-w']

async function fillRoot(rootfs: string): Promise<void> {
  const busybox = findProgram('busybox') ?? 'busybox'
  if ((await runToEnd('ldd', [busybox])).code === 0) {
    throw new Error(`${busybox} needs libraries: apt-get install busybox-static`)
  }
  for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'root'])
    mkdirSync(join(rootfs, name), { recursive: true })
  copyFileSync(busybox, join(rootfs, 'bin/busybox'))
  const applets = (await run(busybox, ['--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox')
  for (const name of applets) symlinkSync('busybox', join(rootfs, 'bin', name))
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n')
}

export interface Blob {
  readonly digest: string
  readonly size: number
}

export const blobOf = (content: Buffer | string): Blob => ({
  digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
  size: Buffer.byteLength(content),
})

/** A PATH as on other systems: what enters the namespaces of a node with it finds the node's programs. */
const configOf = (layer: Blob, command: readonly string[]): Json => ({
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  os: 'linux',
  config: { Cmd: [...command], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
  rootfs: { type: 'layers', diff_ids: [layer.digest] },
})

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

export const manifestOf = (config: Blob, layer: Blob): Json => ({
  schemaVersion: 2,
  mediaType: manifestType,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
  layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
})

/** The name that containerd gives to each. */
export const indexOf = (images: Readonly<Record<string, Blob>>): Json => ({
  schemaVersion: 2,
  manifests: Object.entries(images).map(([name, blob]) => ({
    mediaType: manifestType,
    ...blob,
    annotations: { 'io.containerd.image.name': name },
  })),
})

import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'
import { measureChild } from './measure.ts'

// Without TLS, as for ours: it wants to be told that nothing is verified.
const config = new KubeConfig()
config.loadFromClusterAndUser({ name: 'bench', server: process.argv[2] ?? '', skipTLSVerify: true }, { name: 'bench' })
const pods = config.makeApiClient(CoreV1Api)
const informer = makeInformer(config, '/api/v1/pods', async () => await pods.listPodForAllNamespaces())

informer.on('error', (error) => {
  throw new Error('the informer of client-node failed', { cause: error })
})

await measureChild(async () => {
  await informer.start()
  return informer.list().length
})

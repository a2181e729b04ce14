import { type JsonObject, textAt } from '../../../kernel/json.ts'
import { type Instant, later, parseTime, seconds } from '../../../kernel/time.ts'
import { withConditions } from '../conditions.ts'
import { isTerminating, keyOf, nameOf, nodeNameOf, refFromKey, refOf, taintsOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { toleratedSeconds } from './tolerations.ts'

/** Deletes the pods that do not tolerate a NoExecute taint any longer: no budget is asked, no UID compared. */
export function runTaintEviction(nature: Nature): void {
  const { objects, timers } = nature
  const api = nature.as(controllerUser('node-controller'))
  const queue = new KeyQueue(nature, { actor: 'taint eviction', reconcile })
  objects.on('nodes', ({ object }) => {
    if (noExecute(object).length === 0) return
    for (const pod of objects.podsOn(nameOf(object))) queue.add(keyOf(pod))
  })
  objects.on('pods', ({ type, object }) => {
    const node = objects.get('nodes', { name: nodeNameOf(object) })
    if (type !== 'DELETED' && node !== undefined && noExecute(node).length > 0) queue.add(keyOf(object))
  })

  function reconcile(key: string): void {
    const pod = objects.get('pods', refFromKey(key))
    if (pod === undefined || isTerminating(pod)) return
    const node = objects.get('nodes', { name: nodeNameOf(pod) })
    const ends = (node === undefined ? [] : noExecute(node)).map((taint) => endOfToleration(pod, taint))
    if (ends.length === 0) return
    const leftMs = Math.min(...ends) - timers.now()
    if (leftMs <= 0) evict(pod)
    else if (leftMs < Number.POSITIVE_INFINITY) queue.add(key, leftMs)
  }

  function evict(pod: JsonObject): void {
    const said = [
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      },
    ] as const
    api.patchStatus('pods', refOf(pod), { status: { conditions: withConditions(pod, said, { now: timers.now() }) } })
    api.delete('pods', refOf(pod))
  }

  function endOfToleration(pod: JsonObject, taint: JsonObject): Instant {
    const since = parseTime(textAt(taint, 'timeAdded')) ?? timers.now()
    return later(since, seconds(toleratedSeconds(pod, taint)))
  }
}

const noExecute = (node: JsonObject): readonly JsonObject[] =>
  taintsOf(node).filter(({ effect }) => effect === 'NoExecute')

import { at, textAt } from '../../../kernel/json.ts'
import { finalizersOf, isTerminating, nameOf, refOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { attachments, driver } from './volume-names.ts'

const finalizer = `external-attacher/${driver.replaceAll('.', '-')}`

/** Does for the driver what a VolumeAttachment asks for. It attaches wherever it is told to: who else writes it cannot know. */
export function runExternalAttacher(nature: Nature): void {
  const { objects, timings } = nature
  const api = nature.as('system:serviceaccount:kube-system:csi-attacher')
  const queue = new KeyQueue(nature, { actor: 'external attacher', reconcile })
  objects.on(attachments, ({ type, object }) => {
    if (type === 'DELETED' || textAt(object, 'spec', 'attacher') !== driver) return
    if (isTerminating(object) || at(object, 'status', 'attached') !== true)
      queue.add(nameOf(object), timings.volumeAttachMs)
  })

  function reconcile(name: string): void {
    const attachment = objects.get(attachments, { name })
    if (attachment === undefined) return
    const others = finalizersOf(attachment).filter((other) => other !== finalizer)
    if (isTerminating(attachment)) {
      api.patch(attachments, refOf(attachment), { metadata: { finalizers: others } })
      return
    }
    if (at(attachment, 'status', 'attached') === true) return
    api.patch(attachments, refOf(attachment), { metadata: { finalizers: [...others, finalizer] } })
    api.patchStatus(attachments, refOf(attachment), { status: { attached: true } })
  }
}

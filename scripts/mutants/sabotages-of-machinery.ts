import type { Sabotage } from './sabotage.ts'

const runtime = (file: string): string => `src/runtime/${file}`
const controllers = (file: string): string => `src/controllers/${file}`

/** What carries decisions out: reads, writes, fences, queues, watches. */
export const sabotagesOfMachinery: readonly Sabotage[] = [
  {
    name: 'M1 ledger-blind-write',
    invariant: 'I1',
    file: runtime('client.ts'),
    cut: 'resourceVersion: patch.resourceVersion',
    paste: '',
  },
  {
    name: 'M22 unfenced-effect',
    invariant: 'I19',
    file: runtime('fenced.ts'),
    cut: 'if (remainingMs < travelMaxMs)',
    paste: 'if (remainingMs < Number.NEGATIVE_INFINITY)',
  },
  {
    name: 'the fence forgets that effects travel',
    invariant: 'I19',
    file: runtime('fenced.ts'),
    cut: 'if (remainingMs < travelMaxMs)',
    paste: 'if (remainingMs < 0)',
  },
  {
    name: `power is not fenced`,
    invariant: 'I19',
    file: runtime('fenced.ts'),
    cut: `await power.turnOff(bmc, beforeCommand())`,
    paste: `await power.turnOff(bmc, this.#ports.clock.mono() as Mono)`,
  },
  {
    name: 'steps and slots are not fenced',
    invariant: 'I19',
    file: runtime('fenced.ts'),
    cut: 'await writer().patch(kind, ref, patch)',
    paste: 'await clusterOver(transport).patch(kind, ref, patch)',
  },
  {
    name: `what was read may be as old as it likes`,
    invariant: 'I6',
    file: runtime('fenced.ts'),
    cut: `if (staleAt !== undefined && now > staleAt)`,
    paste: `if (staleAt !== undefined && now > staleAt + 1e12)`,
  },
  {
    name: 'a new leader switches power at once',
    invariant: 'I19',
    file: runtime('fenced.ts'),
    cut: 'if (ledMs >= guardGapMs) return',
    paste: 'if (ledMs >= 0) return',
  },
  {
    name: `the lease is counted from the answer`,
    invariant: 'I19',
    file: runtime('leader-election.ts'),
    cut: `const askedAt = this.#moment()
    this.#lease = undefined
    this.#lease = await this.#write(lease, { ...this.#renewal(), ...first })
    this.#extend(askedAt)`,
    paste: `this.#lease = undefined
    this.#lease = await this.#write(lease, { ...this.#renewal(), ...first })
    this.#extend(this.#moment())`,
  },
  {
    name: 'a candidate does not wait for silence',
    invariant: 'I19',
    file: runtime('leader-election.ts'),
    cut: 'silentMs > Math.max(leaseMs, seconds(leaseDurationSeconds))',
    paste: 'silentMs > Math.max(leaseMs, seconds(leaseDurationSeconds)) / 2',
  },
  {
    name: 'the retry overtakes a lost effect',
    invariant: 'I18',
    file: runtime('failure.ts'),
    cut: 'Math.max(clusterTravelMaxMs, powerTravelMaxMs) + seconds(1)',
    paste: 'seconds(1)',
  },
  {
    name: 'M24 retry-after-ignored',
    invariant: 'I21',
    file: runtime('failure.ts'),
    cut: "if (error instanceof ThrottledError) return { kind: 'Outage', wait: hold(error.retryAfterMs) }",
    paste: "if (error instanceof ThrottledError) return { kind: 'NotNow', wait: hold(0) }",
  },
  {
    name: 'every sick node is read live at every change of the ledger',
    invariant: 'I21',
    file: controllers('triage/reconcile.ts'),
    cut: 'if (!begins(cached)) return',
    paste: 'if (cached.decision === undefined) return',
  },
  {
    name: 'every claim lists all runs',
    invariant: 'I21',
    file: controllers('ledger-custody.ts'),
    cut: 'version === this.#version',
    paste: "version === '' && version === this.#version",
    tests: ['src/controllers/remediation/read-room.test.ts'],
  },
  {
    name: 'an event cuts a hold short',
    invariant: 'I21',
    file: runtime('work-queue.ts'),
    cut: 'mono(Math.max(dueAt, heldUntil))',
    paste: 'mono(dueAt)',
  },
  {
    name: 'two workers share a key',
    invariant: 'I18',
    file: runtime('work-queue.ts'),
    cut: 'dueAt === undefined || takenAt !== undefined ? undefined',
    paste: 'dueAt === undefined ? undefined',
  },
  {
    name: 'M9 no-watch-watchdog',
    invariant: 'I7',
    file: runtime('watch-stream.ts'),
    cut: 'void this.#guard()',
    paste: '',
  },
  {
    name: 'a list may show the past',
    invariant: 'I7',
    file: runtime('reflector.ts'),
    cut: 'if (isOlder(resourceVersion, this.#resourceVersion)) {',
    paste: "if (resourceVersion === 'never') {",
  },
  {
    name: 'M12 uid-dropped',
    invariant: 'I14',
    file: runtime('client.ts'),
    cut: 'preconditions: { uid }, ',
    paste: '',
  },
  {
    name: 'M7 no-live-read',
    invariant: 'I6',
    file: runtime('client.ts'),
    cut: "{ method: 'GET', path, timeoutMs: readTimeoutMs, lane }",
    paste: "{ method: 'GET', path, query: { resourceVersion: '0' }, timeoutMs: readTimeoutMs, lane }",
  },
  {
    name: 'the run is read from a cache',
    invariant: 'I6',
    file: controllers('remediation/observe.ts'),
    cut: 'const run = await reader.get(runKind, { name })',
    paste: 'const run = ports.runs.get({ name })',
  },
  {
    name: 'the node is read from a cache',
    invariant: 'I6',
    file: controllers('remediation/observe.ts'),
    cut: 'readNode(reader, spec, step),',
    paste: `readNode(
      {
        ...reader,
        get: async (kind, ref) =>
          kind.project === (nodeKind.project as unknown) ? (ports.nodes.get(ref) as never) : await reader.get(kind, ref),
      },
      spec,
      step,
    ),`,
  },
  {
    name: 'the step is written without a version',
    invariant: 'I18',
    file: controllers('remediation/reconcile.ts'),
    cut: "{ type: 'Merge', resourceVersion, body: { status: patch }, subresource: 'status' }",
    paste: `{ type: 'Merge', body: { status: patch }, subresource: 'status', ...({} as { resourceVersion: string }) }`,
  },
  {
    name: 'the ledger is written without a version',
    invariant: 'I1',
    file: controllers('ledger-clerk.ts'),
    cut: "{ type: 'Merge', resourceVersion, body: { spec: { ...spec } } }",
    paste: `{ type: 'Merge', body: { spec: { ...spec } }, ...({} as { resourceVersion: string }) }`,
  },
  {
    name: 'M21 effect-before-intent',
    invariant: 'I18',
    file: 'src/domain/remediation/draining.ts',
    cut: 'if (drained && held === undefined) return begin(seen, treatment, step)',
    paste: `if (drained && held === undefined && seen.power.kind === 'Known' && seen.power.power === 'On')
    return stay('too early', {
      commands: [{ kind: 'TurnOff', nodeName: seen.run.spec.node.name, systemUUID: seen.power.systemUUID, mapping: seen.power.mapping }],
      wakeAfterMs: treatPollMs,
    })
  if (drained && held === undefined) return begin(seen, treatment, step)`,
  },
  {
    name: 'the mapping of a BMC may change under the order',
    invariant: 'I10',
    file: controllers('node-power.ts'),
    cut: 'mapped.mapping.fingerprint !== mapping',
    paste: 'mapped.mapping.fingerprint === undefined',
  },
  {
    name: 'M26 observe-mode-cordons',
    invariant: 'I23',
    file: 'src/domain/triage/decide.ts',
    cut: "if (first.gate !== 'ModeActs') return hold(first)",
    paste:
      "if (first.gate === 'ModeActs') return { kind: 'Start', run: newRun(seen, shared.policy, { node, diagnosis, dryRun: false }) }",
  },
  {
    name: 'a gate that nobody answers passes',
    invariant: 'I3',
    file: 'src/domain/triage/decide.ts',
    cut: "gate, result: 'NotReached', message: 'nobody has answered it'",
    paste: "gate, result: 'Pass', message: 'nobody has answered it'",
  },
  {
    name: 'runs on the way to a slot are not counted',
    invariant: 'I1',
    file: 'src/domain/triage/decide.ts',
    cut: 'const slots = [...ledger.spec.slots, ...coming]',
    paste: 'const slots = ledger.spec.slots',
  },
  {
    name: 'a run has a random name',
    invariant: 'I11',
    file: 'src/domain/triage/decide.ts',
    cut: "dryRun ? 'dry' : 'run', ended]",
    paste: "dryRun ? 'dry' : 'run', ended, health.metadata.resourceVersion]",
  },
  {
    name: 'M29 conflict-resends-body',
    invariant: 'L3',
    file: runtime('failure.ts'),
    cut: 'if (isMoved(error)) return',
    paste: 'if (isMoved(error) && !(error instanceof ConflictError)) return',
  },
  {
    name: 'pauses are known from the watch alone',
    invariant: 'I13',
    file: controllers('remediation/reconcile.ts'),
    cut: 'if (!mayEnd && !begins(decision)) return',
    paste: 'if (!mayEnd) return',
  },
  {
    name: 'a slot that is given back wakes nobody',
    invariant: 'L3',
    file: controllers('remediation/wake.ts'),
    cut: 'if (mayFree(change)) return waitsForSlot\n',
    paste: '',
  },
  {
    name: 'who waits for the ledger hears of no pause',
    invariant: 'I13',
    file: controllers('remediation/wish.ts'),
    cut: 'pauses: [...observation.pauses, ...ports.shared.pauses()],',
    paste: '',
  },
  {
    name: 'a claim is decided on the ledger of the look',
    invariant: 'I2',
    file: controllers('remediation/wish.ts'),
    cut: 'decide(heardSince(ports, seen, ledger))',
    paste: 'decide(seen.observation)',
  },
  {
    name: 'a claim trusts a ledger that others wrote',
    invariant: 'I2',
    file: controllers('remediation/wish.ts'),
    cut: '!knowsAll(ports, seen, ledger) || ',
    paste: '',
  },
  {
    name: 'a step into a treatment may be of any age',
    invariant: 'I1',
    file: controllers('remediation/reconcile.ts'),
    cut: "decision.next.name === 'Treating' ? ports.onEvidenceOf(readAt)",
    paste: "decision.next.name === 'Done' ? ports.onEvidenceOf(readAt)",
  },
  {
    name: 'who waits too long for the ledger is served all the same',
    invariant: 'L3',
    file: controllers('ledger-clerk.ts'),
    cut: 'wish.readAt >= staleBefore)',
    paste: 'wish.readAt >= 0)',
  },
  {
    name: 'the floor forgets who is about to be cordoned',
    invariant: 'I4',
    file: controllers('remediation/read-room.ts'),
    cut: 'promised: promisedIn(ledger, run, ports.nodes),',
    paste: 'promised: 0,',
  },
]
